//! Standardizes the spelling of aircraft models: PA28-140 and PA 28 140 become PA-28-140.
//!
//! For all manufacturers, the standard spelling is in capitals with single blanks, without the name of
//! the manufacturer and without remarks in parentheses or about a missing series. [`SERIES`] contains
//! the rules of each manufacturer.

/// A model series of one or more manufacturers: letters, a number and a suffix.
struct Series {
    makers: &'static [&'static str],
    /// The possible letters before the number. `?` is any one or two letters, which are kept.
    prefixes: &'static [&'static str],
    /// The standard letters before the number.
    standard_prefix: &'static str,
    /// The possible lengths of the number.
    digits: std::ops::RangeInclusive<usize>,
    /// The possible numbers. Empty: any number.
    numbers: &'static [&'static str],
    suffix: SuffixStyle,
}

/// How a suffix is appended to the number. In every style, one or two letters alone are appended
/// directly (172-M is 172M), and words are separated by a blank.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SuffixStyle {
    /// With hyphens: PA-28R-201, 737-800.
    Hyphen,
    /// With blanks: R44 II, SR22 G2.
    Blank,
    /// Directly: AS350B3.
    Direct,
    /// Directly, with a hyphen before each number: 206L-4, 47G-3B-1.
    Numbered,
}

const fn series(
    makers: &'static [&'static str],
    prefixes: &'static [&'static str],
    standard_prefix: &'static str,
    digits: std::ops::RangeInclusive<usize>,
    suffix: SuffixStyle,
) -> Series {
    Series { makers, prefixes, standard_prefix, digits, numbers: &[], suffix }
}

const BOEING_NUMBERS: &[&str] =
    &["707", "717", "720", "727", "737", "747", "757", "767", "777", "787"];
const AIRBUS_NUMBERS: &[&str] =
    &["300", "310", "318", "319", "320", "321", "330", "340", "350", "380"];
const GRUMMAN_MAKERS: &[&str] = &[
    "American General",
    "Grumman",
    "Grumman American",
    "Grumman-Schweizer",
    "Gulfstream",
    "Gulfstream American",
    "Gulfstream-Schweizer",
    "Schweizer",
];
const EUROCOPTER_MAKERS: &[&str] = &["Aerospatiale", "Airbus", "Airbus Helicopters", "Eurocopter"];
const HUGHES_MAKERS: &[&str] = &["Hughes", "MD Helicopters", "McDonnell Douglas", "Schweizer"];

/// The series, of which the first match applies. The digits and numbers are chosen so that military
/// types (C-45, T-34, L-19) do not match.
const SERIES: &[Series] = &[
    Series {
        numbers: &["145", "165"],
        ..series(&["Cessna"], &["C-"], "C-", 3..=3, SuffixStyle::Blank)
    },
    series(&["Cessna"], &["CE", "C"], "", 3..=3, SuffixStyle::Blank),
    series(&["Cessna"], &["?", ""], "", 3..=3, SuffixStyle::Blank),
    series(&["Piper"], &["PA"], "PA-", 2..=2, SuffixStyle::Hyphen),
    series(&["Piper"], &["J"], "J", 1..=1, SuffixStyle::Hyphen),
    series(&["Beech"], &["BE"], "", 2..=4, SuffixStyle::Hyphen),
    Series {
        numbers: &[
            "17", "18", "19", "23", "24", "33", "35", "36", "50", "55", "56", "58", "60", "65",
            "76", "77", "80", "88", "90", "95", "99", "100", "200", "300", "350",
        ],
        ..series(&["Beech"], &["?"], "", 2..=3, SuffixStyle::Hyphen)
    },
    series(&["Robinson"], &["R"], "R", 2..=2, SuffixStyle::Blank),
    series(&["Bell"], &["UH"], "UH-", 1..=2, SuffixStyle::Hyphen),
    series(&["Bell"], &["OH"], "OH-", 1..=2, SuffixStyle::Hyphen),
    series(&["Bell"], &["TH"], "TH-", 1..=2, SuffixStyle::Hyphen),
    series(&["Bell"], &["B", ""], "", 2..=3, SuffixStyle::Numbered),
    Series {
        numbers: BOEING_NUMBERS,
        ..series(&["Boeing"], &["B", ""], "", 3..=3, SuffixStyle::Hyphen)
    },
    Series {
        numbers: &["75"],
        ..series(&["Boeing", "Stearman"], &["?"], "", 2..=2, SuffixStyle::Direct)
    },
    series(&["Boeing", "Stearman"], &["PT"], "PT-", 2..=2, SuffixStyle::Hyphen),
    Series {
        numbers: AIRBUS_NUMBERS,
        ..series(&["Airbus"], &["A", ""], "A", 3..=3, SuffixStyle::Hyphen)
    },
    series(EUROCOPTER_MAKERS, &["AS"], "AS", 3..=3, SuffixStyle::Direct),
    series(EUROCOPTER_MAKERS, &["EC"], "EC", 3..=3, SuffixStyle::Direct),
    series(EUROCOPTER_MAKERS, &["SA"], "SA", 3..=4, SuffixStyle::Direct),
    series(&["Boeing", "Douglas", "McDonnell Douglas"], &["DC"], "DC-", 1..=2, SuffixStyle::Hyphen),
    series(&["Boeing", "Douglas", "McDonnell Douglas"], &["MD"], "MD-", 2..=2, SuffixStyle::Hyphen),
    series(HUGHES_MAKERS, &["OH"], "OH-", 1..=1, SuffixStyle::Hyphen),
    series(HUGHES_MAKERS, &["TH"], "TH-", 2..=2, SuffixStyle::Hyphen),
    series(HUGHES_MAKERS, &["MD", "H", ""], "", 3..=3, SuffixStyle::Hyphen),
    Series {
        numbers: &["164"],
        ..series(GRUMMAN_MAKERS, &["G", ""], "G-", 3..=3, SuffixStyle::Hyphen)
    },
    series(GRUMMAN_MAKERS, &["G"], "G-", 2..=4, SuffixStyle::Hyphen),
    series(GRUMMAN_MAKERS, &["AA"], "AA-", 1..=1, SuffixStyle::Hyphen),
    series(GRUMMAN_MAKERS, &["AG"], "AG-", 1..=1, SuffixStyle::Hyphen),
    series(GRUMMAN_MAKERS, &["GA"], "GA-", 1..=1, SuffixStyle::Hyphen),
    series(&["Mooney"], &["M", "MO", "MK"], "M", 2..=2, SuffixStyle::Blank),
    Series { numbers: &["20"], ..series(&["Mooney"], &[""], "M", 2..=2, SuffixStyle::Blank) },
    series(&["Air Tractor"], &["AT", ""], "AT-", 3..=3, SuffixStyle::Hyphen),
    series(&["Cirrus"], &["SR"], "SR", 2..=2, SuffixStyle::Blank),
    series(&["Van's"], &["RV"], "RV-", 1..=2, SuffixStyle::Hyphen),
    series(&["Bellanca"], &["BL", ""], "", 2..=2, SuffixStyle::Hyphen),
    series(&["Maule"], &["M"], "M-", 1..=1, SuffixStyle::Hyphen),
    series(&["Maule"], &["MX"], "MX-", 1..=1, SuffixStyle::Hyphen),
    series(&["Maule"], &["MXT"], "MXT-", 1..=1, SuffixStyle::Hyphen),
    series(&["Aeronca", "Champion", "Luscombe"], &[""], "", 1..=2, SuffixStyle::Blank),
    series(&["Taylorcraft"], &["BC"], "BC", 2..=2, SuffixStyle::Blank),
    series(&["Ayres", "Rockwell", "Thrush"], &["S"], "S-", 1..=1, SuffixStyle::Hyphen),
    series(&["de Havilland", "Bombardier"], &["DHC"], "DHC-", 1..=1, SuffixStyle::Hyphen),
    series(&["Bombardier", "Canadair"], &["CL"], "CL-", 3..=3, SuffixStyle::Hyphen),
    series(&["Embraer"], &["EMB"], "EMB-", 3..=3, SuffixStyle::Hyphen),
    series(&["Embraer"], &["ERJ"], "ERJ-", 3..=3, SuffixStyle::Hyphen),
    series(
        &["Fairchild", "Fairchild Swearingen", "Swearingen"],
        &["SA"],
        "SA",
        3..=3,
        SuffixStyle::Hyphen,
    ),
];

const SEPARATORS: [char; 2] = [' ', '-'];

/// Beginnings of remarks about a missing series.
const REMARKS: &[&str] = &["NO SERIES", "UNDESIGNAT"];

/// Standardizes a model. The manufacturer must be standardized by [`super::standardize_make`].
/// Returns `None` if the model has no letter or digit.
pub fn standardize_model(make: &str, raw: &str) -> Option<String> {
    let text = to_capitals(raw);
    let text = strip_maker(strip_remark(&text), make);
    let apply = |s: &Series| s.makers.contains(&make).then(|| s.rewrite(text)).flatten();
    let model = SERIES.iter().find_map(apply).unwrap_or_else(|| text.to_owned());
    model.contains(char::is_alphanumeric).then_some(model)
}

/// Converts a model to capitals, with single blanks and none around a hyphen.
fn to_capitals(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for word in raw.split_whitespace() {
        if !out.is_empty() && !out.ends_with('-') && !word.starts_with('-') {
            out.push(' ');
        }
        out.extend(word.chars().map(|c| c.to_ascii_uppercase()));
    }
    out
}

fn strip_remark(text: &str) -> &str {
    let mut end = text.find('(').unwrap_or(text.len());
    for remark in REMARKS {
        end = text.find(remark).map_or(end, |at| at.min(end));
    }
    match text.get(..end).map(|t| t.trim_end_matches(SEPARATORS)) {
        Some(model) if model.contains(char::is_alphanumeric) => model,
        _ => text,
    }
}

fn strip_maker<'t>(mut text: &'t str, make: &str) -> &'t str {
    while let Some(start) = text.get(..make.len())
        && !make.is_empty()
        && start.eq_ignore_ascii_case(make)
        && let Some(rest) = text.get(make.len()..)
        && let rest = rest.trim_start_matches(SEPARATORS)
        && text.len() - make.len() > rest.len()
        && rest.contains(char::is_alphanumeric)
    {
        text = rest;
    }
    text
}

impl Series {
    /// Rewrites a model in the standard spelling. Returns `None` if it is not of this series.
    fn rewrite(&self, text: &str) -> Option<String> {
        self.prefixes.iter().find_map(|prefix| {
            let (letters, rest) = split_prefix(prefix, text)?;
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, suffix) = rest.split_at_checked(length)?;
            let is_known = self.numbers.is_empty() || self.numbers.contains(&number);
            if !is_known || !self.digits.contains(&length) {
                return None;
            }
            let suffix = self.suffix.format(suffix);
            Some(format!("{letters}{}{number}{suffix}", self.standard_prefix))
        })
    }
}

/// Splits a model into the letters that are kept and the rest after the prefix.
fn split_prefix<'t>(prefix: &str, text: &'t str) -> Option<(&'t str, &'t str)> {
    match prefix {
        "" => Some(("", text)),
        "?" => {
            let length = text.bytes().take_while(u8::is_ascii_uppercase).count();
            let (letters, rest) = text.split_at_checked(length)?;
            (1..=2).contains(&length).then(|| (letters, rest.trim_start_matches(SEPARATORS)))
        }
        _ => Some(("", text.strip_prefix(prefix)?.trim_start_matches(SEPARATORS))),
    }
}

impl SuffixStyle {
    fn format(self, suffix: &str) -> String {
        let mut parts = suffix.split(SEPARATORS);
        let mut out = parts.next().unwrap_or("").to_owned();
        for part in parts.filter(|p| !p.is_empty()) {
            match self {
                _ if is_word(part) => out.push(' '),
                _ if out.is_empty() && is_variant(part) => {}
                SuffixStyle::Hyphen => out.push('-'),
                SuffixStyle::Blank => out.push(' '),
                SuffixStyle::Direct | SuffixStyle::Numbered => {}
            }
            out.push_str(part);
        }
        if self == SuffixStyle::Numbered { hyphenate_numbers(&out) } else { out }
    }
}

/// Whether a part is a name (CHEROKEE), which is separated by a blank.
fn is_word(part: &str) -> bool {
    part.len() > 2 && part.bytes().all(|b| b.is_ascii_uppercase()) && !is_roman(part)
}

/// Whether a part is a variant (M, RG), which is appended directly.
fn is_variant(part: &str) -> bool {
    part.len() <= 2 && part.bytes().all(|b| b.is_ascii_uppercase()) && !is_roman(part)
}

fn is_roman(part: &str) -> bool {
    matches!(part, "I" | "II" | "III" | "IV")
}

/// Inserts a hyphen between a letter and the number after it. Converts a Roman number: 206BIII is
/// 206B-3.
fn hyphenate_numbers(suffix: &str) -> String {
    let arabic = [("III", "3"), ("II", "2")].into_iter().find_map(|(roman, digit)| {
        let rest = suffix.strip_suffix(roman)?;
        rest.ends_with(|c: char| c.is_ascii_uppercase() && c != 'I')
            .then(|| format!("{rest}{digit}"))
    });
    let mut out = String::with_capacity(suffix.len() + 2);
    for c in arabic.as_deref().unwrap_or(suffix).chars() {
        if c.is_ascii_digit() && out.ends_with(|p: char| p.is_ascii_uppercase()) {
            out.push('-');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn standardizes_models() {
        for (make, raw, model) in [
            ("Piper", "PA28-140", "PA-28-140"),
            ("Piper", "pa 28 140", "PA-28-140"),
            ("Piper", "PA-28-R-201", "PA-28R-201"),
            ("Piper", "PA-28 CHEROKEE", "PA-28 CHEROKEE"),
            ("Piper", "J-3C-65", "J3C-65"),
            ("Robinson", "R-22", "R22"),
            ("Robinson", "R22 - Beta", "R22 BETA"),
            ("Robinson", "ROBINSON R44 II", "R44 II"),
            ("Robinson", "R44 - UNDESIGNAT", "R44"),
            ("Cessna", "C172", "172"),
            ("Cessna", "CE-172-M", "172M"),
            ("Cessna", "A-188B", "A188B"),
            ("Cessna", "C-165", "C-165"),
            ("Cessna", "L-19", "L-19"),
            ("Cessna", "CITATION 550", "CITATION 550"),
            ("Beech", "BE-58", "58"),
            ("Beech", "A-36", "A36"),
            ("Beech", "C-45H", "C-45H"),
            ("Beech", "T-34", "T-34"),
            ("Bell", "206 - L4", "206L-4"),
            ("Bell", "206L4", "206L-4"),
            ("Bell", "206BIII", "206B-3"),
            ("Bell", "47-G3B1", "47G-3B-1"),
            ("Bell", "UH1H", "UH-1H"),
            ("Boeing", "B737-800", "737-800"),
            ("Boeing", "737 7H4", "737-7H4"),
            ("Boeing", "A75N1 (PT17)", "A75N1"),
            ("Boeing", "B-17G", "B-17G"),
            ("Airbus", "A320 - 214", "A320-214"),
            ("Airbus", "319", "A319"),
            ("McDonnell Douglas", "DC 9 83(MD-83)", "DC-9-83"),
            ("McDonnell Douglas", "MD11", "MD-11"),
            ("Grumman", "164A", "G-164A"),
            ("Grumman", "AA 5B", "AA-5B"),
            ("Mooney", "M 20-J", "M20J"),
            ("Cirrus", "SR-22", "SR22"),
            ("Nobody", "Model  9 - b", "MODEL 9-B"),
            ("", "x1", "X1"),
        ] {
            assert_eq!(standardize_model(make, raw).as_deref(), Some(model), "{make} {raw}");
        }
        assert_eq!(standardize_model("Piper", " - "), None);
    }

    proptest! {
        #[test]
        fn standard_model_is_unchanged(
            at in 0..SERIES.len(),
            raw in "\\PC{0,20}|(CE|C|PA|J|BE|A|R|B|UH|MD|DC|G|M|AT|RV|V|T|H)?[ -]{0,2}[0-9]{1,4}[ -]{0,2}[A-Z0-9]{0,4}[ -]{0,3}[A-Z0-9(]{0,5}",
        ) {
            for make in SERIES.get(at).map_or(&[][..], |s| s.makers) {
                if let Some(model) = standardize_model(make, &raw) {
                    prop_assert_eq!(standardize_model(make, &model), Some(model.clone()), "{} {}", make, raw);
                }
            }
        }
    }
}
