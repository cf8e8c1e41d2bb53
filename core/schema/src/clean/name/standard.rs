//! Standardizes the spelling of manufacturers.

use super::makers::{AIRCRAFT, ENGINES, Maker};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Standard spellings by the key of every spelling (see [`make_key`]).
type Spellings = HashMap<String, &'static str>;

static AIRCRAFT_MAKERS: LazyLock<Spellings> = LazyLock::new(|| index_spellings(AIRCRAFT));
static ENGINE_MAKERS: LazyLock<Spellings> = LazyLock::new(|| index_spellings(ENGINES));

/// Legal forms of companies, which never distinguish manufacturers.
const LEGAL_FORMS: &[&str] = &[
    "&",
    "AB",
    "AG",
    "AS",
    "BV",
    "CO",
    "COMPANY",
    "COR",
    "CORP",
    "CORPORATION",
    "GMBH",
    "INC",
    "INCORPORATED",
    "KG",
    "LIMITED",
    "LLC",
    "LLP",
    "LP",
    "LTD",
    "LTDA",
    "OY",
    "PLC",
    "PTY",
    "SA",
    "SPA",
    "SRL",
    "SRO",
];

/// Words after the name of a known manufacturer that do not distinguish it from another.
const TRADE_WORDS: &[&str] = &[
    "ACFT",
    "AERO",
    "AEROSPACE",
    "AIRCRAFT",
    "AIRPLANE",
    "AIRPLANES",
    "AVIATION",
    "AVN",
    "BALLOON",
    "BALLOONS",
    "DIV",
    "ENGINE",
    "ENGINES",
    "HELICOPTER",
    "HELICOPTERS",
    "INDUSTRIE",
    "INDUSTRIES",
    "INTERNATIONAL",
    "INTL",
    "MANUFACTURING",
    "MFG",
    "MOTOR",
    "MOTORS",
    "USA",
];

/// Names longer than this may be truncated to the width of their column, 30 characters.
const MAX_COMPLETE_LENGTH: usize = 28;

/// Acronyms that contain vowels. Short words without vowels are acronyms anyway.
const ACRONYMS: &[&str] = &[
    "AAC", "ACAC", "AMD", "ATEC", "BAE", "CASA", "DJI", "EADS", "ECI", "GE", "IAI", "IAR", "ICA",
    "ICP", "II", "III", "IV", "NSI", "RAF", "SIAI", "SOCATA", "UAV", "VI", "XAG",
];

/// Words without vowels that are not acronyms.
const WORDS_WITHOUT_VOWELS: &[&str] = &["DR", "JR", "MFG", "SR", "ST"];

/// Standardizes a manufacturer of aircraft. Returns `None` if the name has no letter or digit.
pub fn standardize_make(raw: &str) -> Option<Cow<'static, str>> {
    standardize(raw, &AIRCRAFT_MAKERS)
}

/// Standardizes a manufacturer of engines. Returns `None` if the name has no letter or digit.
pub fn standardize_engine_maker(raw: &str) -> Option<Cow<'static, str>> {
    standardize(raw, &ENGINE_MAKERS)
}

fn index_spellings(makers: &[Maker]) -> Spellings {
    let standard = makers.iter().map(|(name, _)| (make_key([*name]), *name));
    let others = makers.iter().flat_map(|(name, all)| all.iter().map(|a| (make_key([*a]), *name)));
    standard.chain(others).collect()
}

/// The letters and digits of words, in upper case.
fn make_key<'t>(words: impl IntoIterator<Item = &'t str>) -> String {
    let letters = words.into_iter().flat_map(str::chars).filter(|c| c.is_alphanumeric());
    letters.map(to_upper).collect()
}

fn standardize(raw: &str, known: &Spellings) -> Option<Cow<'static, str>> {
    // Most names are found directly.
    if let Some(name) = known.get(&make_key([raw])) {
        return Some(Cow::Borrowed(name));
    }
    let text = strip_punctuation(raw);
    let words: Vec<&str> = text.split_whitespace().collect();
    let words = strip_legal_form(&words);
    if let Some(name) = known.get(&make_key(words.iter().copied())) {
        return Some(Cow::Borrowed(name));
    }
    let mut rest = words;
    while let [shorter @ .., last] = rest {
        if shorter.is_empty() || !TRADE_WORDS.contains(last) {
            break;
        }
        if let Some(name) = known.get(&make_key(shorter.iter().copied())) {
            return Some(Cow::Borrowed(name));
        }
        rest = shorter;
    }
    let format_word = |(n, word): (usize, &&str)| match *word {
        "AND" | "OF" if n > 0 => word.to_ascii_lowercase(),
        word => to_title_case(word),
    };
    let name = words.iter().enumerate().map(format_word).collect::<Vec<_>>().join(" ");
    name.contains(char::is_alphanumeric).then_some(Cow::Owned(name))
}

/// Converts a name to capitals and removes text in parentheses, full stops and commas.
fn strip_punctuation(raw: &str) -> String {
    let text = match raw.split_once('(') {
        Some((before, _)) if before.contains(char::is_alphanumeric) => before,
        _ => raw,
    };
    let chars = text.chars().filter(|c| *c != '.').map(|c| match c {
        ',' | ';' | '(' | ')' => ' ',
        c => to_upper(c),
    });
    chars.collect()
}

/// Removes a leading article and trailing legal forms.
fn strip_legal_form<'w, 't>(mut words: &'w [&'t str]) -> &'w [&'t str] {
    while let ["THE", rest @ ..] = words
        && !rest.is_empty()
    {
        words = rest;
    }
    while let [rest @ .., last] = words
        && !rest.is_empty()
        && (LEGAL_FORMS.contains(last) || is_truncated_form(words, last))
    {
        words = rest;
    }
    words
}

/// Whether the last word is the beginning of a legal form, truncated to the column width.
fn is_truncated_form(words: &[&str], last: &str) -> bool {
    const LONG_FORMS: &[&str] = &["COMPANY", "CORPORATION", "GMBH", "INCORPORATED", "LIMITED"];
    let length = words.iter().map(|w| w.len() + 1).sum::<usize>();
    length > MAX_COMPLETE_LENGTH && LONG_FORMS.iter().any(|f| f.starts_with(last))
}

/// Converts a word to title case. Acronyms stay in capitals.
fn to_title_case(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut previous_length = 0;
    for part in word.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let letters = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        let is_possessive = out.ends_with('\'') && previous_length > 1;
        push_title_case(letters, is_possessive, &mut out);
        out.push_str(part.get(letters.len()..).unwrap_or(""));
        previous_length = letters.chars().count();
    }
    out
}

fn push_title_case(letters: &str, is_possessive: bool, out: &mut String) {
    if is_possessive {
        return out.extend(letters.chars().map(to_lower));
    }
    if is_acronym(letters) {
        return out.push_str(letters);
    }
    let has_mc = letters.starts_with("MC") && letters.len() > 4;
    let capitals = if has_mc { [0, 2].as_slice() } else { &[0] };
    let letter = |(n, c): (usize, char)| if capitals.contains(&n) { c } else { to_lower(c) };
    out.extend(letters.chars().enumerate().map(letter));
}

fn is_acronym(word: &str) -> bool {
    let is_vowel = |c: char| matches!(c, 'A' | 'E' | 'I' | 'O' | 'U' | 'Y') || !c.is_ascii();
    let has_no_vowel =
        word.len() <= 4 && !word.contains(is_vowel) && !WORDS_WITHOUT_VOWELS.contains(&word);
    has_no_vowel || ACRONYMS.contains(&word) || word.contains(|c: char| c.is_ascii_digit())
}

/// The upper-case letter, if it is a single letter that converts back.
fn to_upper(c: char) -> char {
    single(c.to_uppercase()).filter(|u| single(u.to_lowercase()) == Some(c)).unwrap_or(c)
}

/// The lower-case letter, if it is a single letter that converts back.
fn to_lower(c: char) -> char {
    single(c.to_lowercase()).filter(|l| single(l.to_uppercase()) == Some(c)).unwrap_or(c)
}

fn single(mut letters: impl Iterator<Item = char>) -> Option<char> {
    let first = letters.next();
    first.filter(|_| letters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn standardizes_makers() {
        for (raw, name) in [
            ("CESSNA", "Cessna"),
            ("Cessna Aircraft Co.", "Cessna"),
            ("ROBINSON", "Robinson"),
            ("Robinson Helicopter", "Robinson"),
            ("ROBINSON HELICOPTER COMPANY", "Robinson"),
            ("robinson helicopter co", "Robinson"),
            ("THE BOEING COMPANY", "Boeing"),
            ("DEHAVILLAND", "de Havilland"),
            ("DE HAVILLAND", "de Havilland"),
            ("VAN'S AIRCRAFT INC", "Van's"),
            ("ERCOUPE (ENG & RESEARCH CORP.)", "Ercoupe"),
            ("MCDONNELL DOUGLAS HELICOPTER C", "MD Helicopters"),
            ("HAWKER BEECHCRAFT CORP.", "Beech"),
            ("S.N.I.A.S.", "Aerospatiale"),
            ("TEXTRON AVIATION INC", "Textron Aviation"),
            ("ATR", "ATR"),
            ("MCFARLAND-O'NEIL KITPLANES", "McFarland-O'Neil Kitplanes"),
            ("XLZ SPECIAL", "XLZ Special"),
            ("BLUE SKY AIRCRAFT LLC", "Blue Sky Aircraft"),
            ("DOE JOHN JR", "Doe John Jr"),
        ] {
            assert_eq!(standardize_make(raw).as_deref(), Some(name), "{raw}");
        }
        assert_eq!(standardize_make(" . "), None);
    }

    #[test]
    fn standardizes_engine_makers() {
        for (raw, name) in [
            ("CONT MOTOR", "Continental"),
            ("Teledyne Continental Motors", "Continental"),
            ("P & W", "Pratt & Whitney"),
            ("PRATT AND WHITNEY", "Pratt & Whitney"),
            ("Pratt & Whitney Canada Ltd.", "Pratt & Whitney Canada"),
            ("ROLLS-ROYC", "Rolls-Royce"),
            ("Rolls Royce", "Rolls-Royce"),
            ("AVCO LYCOMING", "Lycoming"),
            ("GE", "General Electric"),
            ("CFM INTL.", "CFM International"),
        ] {
            assert_eq!(standardize_engine_maker(raw).as_deref(), Some(name), "{raw}");
        }
    }

    #[test]
    fn spellings_are_unique() {
        for makers in [AIRCRAFT, ENGINES] {
            let all: Vec<_> = makers
                .iter()
                .flat_map(|(n, others)| [*n].into_iter().chain(others.iter().copied()))
                .collect();
            let keys: std::collections::HashSet<_> = all.iter().map(|n| make_key([*n])).collect();
            assert_eq!(keys.len(), all.len());
        }
    }

    #[test]
    fn standard_names_are_unchanged() {
        for (makers, known) in [(AIRCRAFT, &AIRCRAFT_MAKERS), (ENGINES, &ENGINE_MAKERS)] {
            for (name, others) in makers {
                assert_eq!(standardize(name, known).as_deref(), Some(*name));
                for other in *others {
                    assert_eq!(standardize(other, known).as_deref(), Some(*name), "{other}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn standard_name_is_unchanged(raw in "\\PC{0,40}|[A-Za-z0-9 .,'()&/-]{0,40}|(THE |MC|[A-Z]{2,9} ){1,5}(IN|C|CORP|CO|LTD)?") {
            for standardize in [standardize_make, standardize_engine_maker] {
                let once = standardize(&raw);
                if let Some(name) = &once {
                    let twice = standardize(name);
                    prop_assert_eq!(twice.as_ref(), Some(name));
                }
            }
        }
    }
}
