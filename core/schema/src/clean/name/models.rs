//! One spelling for each model, beside the original: PA28-140 and PA 28 140 are PA-28-140.
//!
//! What is alike for all makers: capitals, single blanks, no maker's name before the model, no
//! remark in parentheses or about a missing series behind it. The rest follows [`SERIES`].

/// How a maker's models are written: letters, a number, and what follows.
struct Series {
    makers: &'static [&'static str],
    /// The letters before the number, in any of these ways; `?` is any one or two letters, kept.
    before: &'static [&'static str],
    /// The standard letters.
    standard: &'static str,
    /// How many digits the number has.
    digits: std::ops::RangeInclusive<usize>,
    /// The numbers themselves, where any number would be too many.
    numbers: &'static [&'static str],
    tail: Tail,
}

/// How what follows the number is joined to it. In each, one or two letters alone are joined
/// directly (172-M is 172M) and words stand apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
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
    before: &'static [&'static str],
    standard: &'static str,
    digits: std::ops::RangeInclusive<usize>,
    tail: Tail,
) -> Series {
    Series { makers, before, standard, digits, numbers: &[], tail }
}

const BOEINGS: &[&str] = &["707", "717", "720", "727", "737", "747", "757", "767", "777", "787"];
const AIRBUSES: &[&str] = &["300", "310", "318", "319", "320", "321", "330", "340", "350", "380"];
const GRUMMANS: &[&str] = &[
    "American General",
    "Grumman",
    "Grumman American",
    "Grumman-Schweizer",
    "Gulfstream",
    "Gulfstream American",
    "Gulfstream-Schweizer",
    "Schweizer",
];
const EUROCOPTERS: &[&str] = &["Aerospatiale", "Airbus", "Airbus Helicopters", "Eurocopter"];
const HUGHESES: &[&str] = &["Hughes", "MD Helicopters", "McDonnell Douglas", "Schweizer"];

/// The first that fits is taken. Military types (C-45, T-34, L-19) are left as they are by the
/// number of their digits or by their number.
const SERIES: &[Series] = &[
    Series { numbers: &["145", "165"], ..series(&["Cessna"], &["C-"], "C-", 3..=3, Tail::Blank) },
    series(&["Cessna"], &["CE", "C"], "", 3..=3, Tail::Blank),
    series(&["Cessna"], &["?", ""], "", 3..=3, Tail::Blank),
    series(&["Piper"], &["PA"], "PA-", 2..=2, Tail::Hyphen),
    series(&["Piper"], &["J"], "J", 1..=1, Tail::Hyphen),
    series(&["Beech"], &["BE"], "", 2..=4, Tail::Hyphen),
    Series {
        numbers: &[
            "17", "18", "19", "23", "24", "33", "35", "36", "50", "55", "56", "58", "60", "65",
            "76", "77", "80", "88", "90", "95", "99", "100", "200", "300", "350",
        ],
        ..series(&["Beech"], &["?"], "", 2..=3, Tail::Hyphen)
    },
    series(&["Robinson"], &["R"], "R", 2..=2, Tail::Blank),
    series(&["Bell"], &["UH"], "UH-", 1..=2, Tail::Hyphen),
    series(&["Bell"], &["OH"], "OH-", 1..=2, Tail::Hyphen),
    series(&["Bell"], &["TH"], "TH-", 1..=2, Tail::Hyphen),
    series(&["Bell"], &["B", ""], "", 2..=3, Tail::Numbered),
    Series { numbers: BOEINGS, ..series(&["Boeing"], &["B", ""], "", 3..=3, Tail::Hyphen) },
    Series { numbers: &["75"], ..series(&["Boeing", "Stearman"], &["?"], "", 2..=2, Tail::Direct) },
    series(&["Boeing", "Stearman"], &["PT"], "PT-", 2..=2, Tail::Hyphen),
    Series { numbers: AIRBUSES, ..series(&["Airbus"], &["A", ""], "A", 3..=3, Tail::Hyphen) },
    series(EUROCOPTERS, &["AS"], "AS", 3..=3, Tail::Direct),
    series(EUROCOPTERS, &["EC"], "EC", 3..=3, Tail::Direct),
    series(EUROCOPTERS, &["SA"], "SA", 3..=4, Tail::Direct),
    series(&["Boeing", "Douglas", "McDonnell Douglas"], &["DC"], "DC-", 1..=2, Tail::Hyphen),
    series(&["Boeing", "Douglas", "McDonnell Douglas"], &["MD"], "MD-", 2..=2, Tail::Hyphen),
    series(HUGHESES, &["OH"], "OH-", 1..=1, Tail::Hyphen),
    series(HUGHESES, &["TH"], "TH-", 2..=2, Tail::Hyphen),
    series(HUGHESES, &["MD", "H", ""], "", 3..=3, Tail::Hyphen),
    Series { numbers: &["164"], ..series(GRUMMANS, &["G", ""], "G-", 3..=3, Tail::Hyphen) },
    series(GRUMMANS, &["G"], "G-", 2..=4, Tail::Hyphen),
    series(GRUMMANS, &["AA"], "AA-", 1..=1, Tail::Hyphen),
    series(GRUMMANS, &["AG"], "AG-", 1..=1, Tail::Hyphen),
    series(GRUMMANS, &["GA"], "GA-", 1..=1, Tail::Hyphen),
    series(&["Mooney"], &["M", "MO", "MK"], "M", 2..=2, Tail::Blank),
    Series { numbers: &["20"], ..series(&["Mooney"], &[""], "M", 2..=2, Tail::Blank) },
    series(&["Air Tractor"], &["AT", ""], "AT-", 3..=3, Tail::Hyphen),
    series(&["Cirrus"], &["SR"], "SR", 2..=2, Tail::Blank),
    series(&["Van's"], &["RV"], "RV-", 1..=2, Tail::Hyphen),
    series(&["Bellanca"], &["BL", ""], "", 2..=2, Tail::Hyphen),
    series(&["Maule"], &["M"], "M-", 1..=1, Tail::Hyphen),
    series(&["Maule"], &["MX"], "MX-", 1..=1, Tail::Hyphen),
    series(&["Maule"], &["MXT"], "MXT-", 1..=1, Tail::Hyphen),
    series(&["Aeronca", "Champion", "Luscombe"], &[""], "", 1..=2, Tail::Blank),
    series(&["Taylorcraft"], &["BC"], "BC", 2..=2, Tail::Blank),
    series(&["Ayres", "Rockwell", "Thrush"], &["S"], "S-", 1..=1, Tail::Hyphen),
    series(&["de Havilland", "Bombardier"], &["DHC"], "DHC-", 1..=1, Tail::Hyphen),
    series(&["Bombardier", "Canadair"], &["CL"], "CL-", 3..=3, Tail::Hyphen),
    series(&["Embraer"], &["EMB"], "EMB-", 3..=3, Tail::Hyphen),
    series(&["Embraer"], &["ERJ"], "ERJ-", 3..=3, Tail::Hyphen),
    series(
        &["Fairchild", "Fairchild Swearingen", "Swearingen"],
        &["SA"],
        "SA",
        3..=3,
        Tail::Hyphen,
    ),
];

const SEPARATORS: [char; 2] = [' ', '-'];

/// Where a remark about a missing series begins.
const REMARKS: &[&str] = &["NO SERIES", "UNDESIGNAT"];

/// The model in one spelling, for a maker as [`super::standard_make`] writes it.
pub fn standard_model(make: &str, raw: &str) -> Option<String> {
    let text = capitals(raw);
    let text = without_maker(without_remark(&text), make);
    let apply = |s: &Series| s.makers.contains(&make).then(|| s.rewritten(text)).flatten();
    let model = SERIES.iter().find_map(apply).unwrap_or_else(|| text.to_owned());
    model.contains(char::is_alphanumeric).then_some(model)
}

/// In capitals, with single blanks and none around a hyphen.
fn capitals(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for word in raw.split_whitespace() {
        if !out.is_empty() && !out.ends_with('-') && !word.starts_with('-') {
            out.push(' ');
        }
        out.extend(word.chars().map(|c| c.to_ascii_uppercase()));
    }
    out
}

fn without_remark(text: &str) -> &str {
    let mut end = text.find('(').unwrap_or(text.len());
    for remark in REMARKS {
        end = text.find(remark).map_or(end, |at| at.min(end));
    }
    match text.get(..end).map(|t| t.trim_end_matches(SEPARATORS)) {
        Some(kept) if kept.contains(char::is_alphanumeric) => kept,
        _ => text,
    }
}

fn without_maker<'t>(mut text: &'t str, make: &str) -> &'t str {
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
    /// The model in this series' way, if it is of this series.
    fn rewritten(&self, text: &str) -> Option<String> {
        self.before.iter().find_map(|before| {
            let (letters, rest) = self.letters(before, text)?;
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, tail) = rest.split_at_checked(length)?;
            let known = self.numbers.is_empty() || self.numbers.contains(&number);
            if !known || !self.digits.contains(&length) {
                return None;
            }
            Some(format!("{letters}{}{number}{}", self.standard, self.tail.joined(tail)))
        })
    }

    /// The letters that stay, and what stands behind the letters.
    fn letters<'t>(&self, before: &str, text: &'t str) -> Option<(&'t str, &'t str)> {
        match before {
            "" => Some(("", text)),
            "?" => {
                let length = text.bytes().take_while(u8::is_ascii_uppercase).count();
                let (letters, rest) = text.split_at_checked(length)?;
                (1..=2).contains(&length).then(|| (letters, rest.trim_start_matches(SEPARATORS)))
            }
            _ => Some(("", text.strip_prefix(before)?.trim_start_matches(SEPARATORS))),
        }
    }
}

impl Tail {
    fn joined(self, tail: &str) -> String {
        let mut parts = tail.split(SEPARATORS);
        let mut out = parts.next().unwrap_or("").to_owned();
        for part in parts.filter(|p| !p.is_empty()) {
            match self {
                _ if is_word(part) => out.push(' '),
                _ if out.is_empty() && is_variant(part) => {}
                Tail::Hyphen => out.push('-'),
                Tail::Blank => out.push(' '),
                Tail::Direct | Tail::Numbered => {}
            }
            out.push_str(part);
        }
        if self == Tail::Numbered { numbered(&out) } else { out }
    }
}

/// A name (CHEROKEE), which stands apart.
fn is_word(part: &str) -> bool {
    part.len() > 2 && part.bytes().all(|b| b.is_ascii_uppercase()) && !is_roman(part)
}

/// A variant (M, RG), which is joined to the number.
fn is_variant(part: &str) -> bool {
    part.len() <= 2 && part.bytes().all(|b| b.is_ascii_uppercase()) && !is_roman(part)
}

fn is_roman(part: &str) -> bool {
    matches!(part, "I" | "II" | "III" | "IV")
}

/// With a hyphen between a letter and the number behind it; 206BIII is 206B-3.
fn numbered(tail: &str) -> String {
    let arabic = [("III", "3"), ("II", "2")].into_iter().find_map(|(roman, digit)| {
        let rest = tail.strip_suffix(roman)?;
        rest.ends_with(|c: char| c.is_ascii_uppercase() && c != 'I')
            .then(|| format!("{rest}{digit}"))
    });
    let mut out = String::with_capacity(tail.len() + 2);
    for c in arabic.as_deref().unwrap_or(tail).chars() {
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
    fn models_in_one_spelling() {
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
            assert_eq!(standard_model(make, raw).as_deref(), Some(model), "{make} {raw}");
        }
        assert_eq!(standard_model("Piper", " - "), None);
    }

    proptest! {
        #[test]
        fn a_standard_model_stays(
            at in 0..SERIES.len(),
            raw in "\\PC{0,20}|(CE|C|PA|J|BE|A|R|B|UH|MD|DC|G|M|AT|RV|V|T|H)?[ -]{0,2}[0-9]{1,4}[ -]{0,2}[A-Z0-9]{0,4}[ -]{0,3}[A-Z0-9(]{0,5}",
        ) {
            for make in SERIES.get(at).map_or(&[][..], |s| s.makers) {
                if let Some(model) = standard_model(make, &raw) {
                    prop_assert_eq!(standard_model(make, &model), Some(model.clone()), "{} {}", make, raw);
                }
            }
        }
    }
}
