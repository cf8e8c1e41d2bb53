//! One spelling for each maker, beside the original.

use super::makers::{AIRCRAFT, ENGINES, Maker};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Standard spellings by the letters and digits of every spelling.
type Spellings = HashMap<String, &'static str>;

static AIRCRAFT_MAKERS: LazyLock<Spellings> = LazyLock::new(|| spellings(AIRCRAFT));
static ENGINE_MAKERS: LazyLock<Spellings> = LazyLock::new(|| spellings(ENGINES));

/// Words that tell a company's form, which never tell makers apart.
const FORMS: &[&str] = &[
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

/// Words behind a known maker's name that do not make it another.
const TRADES: &[&str] = &[
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

/// Names at least this long may have been cut by the width of their column, 30 characters.
const NEARLY_CUT: usize = 28;

/// Written in capitals whatever the rule of vowels says.
const CAPITALS: &[&str] = &[
    "AAC", "ACAC", "AMD", "ATEC", "BAE", "CASA", "DJI", "EADS", "ECI", "GE", "IAI", "IAR", "ICA",
    "ICP", "II", "III", "IV", "NSI", "RAF", "SIAI", "SOCATA", "UAV", "VI", "XAG",
];

/// Written as words although they have no vowel.
const WORDS: &[&str] = &["DR", "JR", "MFG", "SR", "ST"];

/// The maker of an aircraft in one spelling; null if the name has no letter or digit.
pub fn standard_make(raw: &str) -> Option<Cow<'static, str>> {
    standard(raw, &AIRCRAFT_MAKERS)
}

/// The maker of an engine in one spelling.
pub fn standard_engine_maker(raw: &str) -> Option<Cow<'static, str>> {
    standard(raw, &ENGINE_MAKERS)
}

fn spellings(makers: &[Maker]) -> Spellings {
    let own = makers.iter().map(|(name, _)| (key([*name]), *name));
    let others = makers.iter().flat_map(|(name, all)| all.iter().map(|a| (key([*a]), *name)));
    own.chain(others).collect()
}

/// The letters and digits of words, in upper case.
fn key<'t>(words: impl IntoIterator<Item = &'t str>) -> String {
    let letters = words.into_iter().flat_map(str::chars).filter(|c| c.is_alphanumeric());
    letters.map(capital).collect()
}

fn standard(raw: &str, known: &Spellings) -> Option<Cow<'static, str>> {
    // Most names need nothing else.
    if let Some(name) = known.get(&key([raw])) {
        return Some(Cow::Borrowed(name));
    }
    let text = plain(raw);
    let words: Vec<&str> = text.split_whitespace().collect();
    let words = without_form(&words);
    if let Some(name) = known.get(&key(words.iter().copied())) {
        return Some(Cow::Borrowed(name));
    }
    let mut rest = words;
    while let [shorter @ .., last] = rest {
        if shorter.is_empty() || !TRADES.contains(last) {
            break;
        }
        if let Some(name) = known.get(&key(shorter.iter().copied())) {
            return Some(Cow::Borrowed(name));
        }
        rest = shorter;
    }
    let inner = |w: &str| matches!(w, "AND" | "OF");
    let word =
        |(n, w): (usize, &&str)| if n > 0 && inner(w) { w.to_ascii_lowercase() } else { title(w) };
    let name = words.iter().enumerate().map(word).collect::<Vec<_>>().join(" ");
    name.contains(char::is_alphanumeric).then_some(Cow::Owned(name))
}

/// In capitals, without what stands in parentheses and without full stops and commas.
fn plain(raw: &str) -> String {
    let outside = match raw.split_once('(') {
        Some((before, _)) if before.contains(char::is_alphanumeric) => before,
        _ => raw,
    };
    let spaced = outside.chars().filter(|c| *c != '.').map(|c| match c {
        ',' | ';' | '(' | ')' => ' ',
        c => capital(c),
    });
    spaced.collect()
}

/// Without an article before and a company's form behind.
fn without_form<'w, 't>(mut words: &'w [&'t str]) -> &'w [&'t str] {
    while let ["THE", rest @ ..] = words
        && !rest.is_empty()
    {
        words = rest;
    }
    while let [rest @ .., last] = words
        && !rest.is_empty()
        && (FORMS.contains(last) || is_cut_form(words, last))
    {
        words = rest;
    }
    words
}

/// Whether the last word is the beginning of a form, cut by the width of the column.
fn is_cut_form(words: &[&str], last: &str) -> bool {
    const LONG: &[&str] = &["COMPANY", "CORPORATION", "GMBH", "INCORPORATED", "LIMITED"];
    let length = words.iter().map(|w| w.len() + 1).sum::<usize>();
    length > NEARLY_CUT && LONG.iter().any(|f| f.starts_with(last))
}

/// A word with a capital first letter; acronyms stay in capitals.
fn title(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut before = 0;
    for part in word.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let letters = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        let possessive = out.ends_with('\'') && before > 1;
        push_title(letters, possessive, &mut out);
        out.push_str(part.get(letters.len()..).unwrap_or(""));
        before = letters.chars().count();
    }
    out
}

fn push_title(letters: &str, possessive: bool, out: &mut String) {
    if possessive {
        return out.extend(letters.chars().map(small));
    }
    if is_acronym(letters) {
        return out.push_str(letters);
    }
    let scottish = letters.starts_with("MC") && letters.len() > 4;
    let capitals = if scottish { [0, 2].as_slice() } else { &[0] };
    let letter = |(n, c): (usize, char)| if capitals.contains(&n) { c } else { small(c) };
    out.extend(letters.chars().enumerate().map(letter));
}

fn is_acronym(word: &str) -> bool {
    let vowel = |c: char| matches!(c, 'A' | 'E' | 'I' | 'O' | 'U' | 'Y') || !c.is_ascii();
    let voiceless = word.len() <= 4 && !word.contains(vowel) && !WORDS.contains(&word);
    voiceless || CAPITALS.contains(&word) || word.contains(|c: char| c.is_ascii_digit())
}

/// The capital of a letter, where that is one letter and leads back.
fn capital(c: char) -> char {
    single(c.to_uppercase()).filter(|u| single(u.to_lowercase()) == Some(c)).unwrap_or(c)
}

fn small(c: char) -> char {
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
    fn makers_in_one_spelling() {
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
            assert_eq!(standard_make(raw).as_deref(), Some(name), "{raw}");
        }
        assert_eq!(standard_make(" . "), None);
    }

    #[test]
    fn engine_makers_in_one_spelling() {
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
            assert_eq!(standard_engine_maker(raw).as_deref(), Some(name), "{raw}");
        }
    }

    #[test]
    fn no_spelling_means_two_makers() {
        for makers in [AIRCRAFT, ENGINES] {
            let all: Vec<_> = makers
                .iter()
                .flat_map(|(n, others)| [*n].into_iter().chain(others.iter().copied()))
                .collect();
            let keys: std::collections::HashSet<_> = all.iter().map(|n| key([*n])).collect();
            assert_eq!(keys.len(), all.len());
        }
    }

    #[test]
    fn standard_names_are_their_own() {
        for (makers, known) in [(AIRCRAFT, &AIRCRAFT_MAKERS), (ENGINES, &ENGINE_MAKERS)] {
            for (name, others) in makers {
                assert_eq!(standard(name, known).as_deref(), Some(*name));
                for other in *others {
                    assert_eq!(standard(other, known).as_deref(), Some(*name), "{other}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_standard_name_stays(raw in "\\PC{0,40}|[A-Za-z0-9 .,'()&/-]{0,40}|(THE |MC|[A-Z]{2,9} ){1,5}(IN|C|CORP|CO|LTD)?") {
            for of in [standard_make, standard_engine_maker] {
                let once = of(&raw);
                if let Some(name) = &once {
                    let twice = of(name);
                    prop_assert_eq!(twice.as_ref(), Some(name));
                }
            }
        }
    }
}
