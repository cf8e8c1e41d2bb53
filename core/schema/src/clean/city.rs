//! One spelling for each city: NTSB's files have 19,866, of which a quarter differ in nothing but capitals,
//! blanks and abbreviations.

/// Words that stay in capitals.
const CAPITALS: &[&str] = &["AAF", "AFB", "ANGB", "DC", "II", "III", "MCAS", "NAF", "NAS", "USA"];

/// Words written small within a name.
const SMALL: &[&str] = &["and", "de", "del", "du", "la", "las", "los", "of", "on", "the"];

/// Abbreviations at the beginning of a name, and what they stand for.
const LONG: &[(&str, &str)] = &[
    ("Ft", "Fort"),
    ("Ft.", "Fort"),
    ("Mt", "Mount"),
    ("Mt.", "Mount"),
    ("Pt", "Point"),
    ("Pt.", "Point"),
    ("St", "St."),
    ("Saint", "St."),
];

/// The name with each word's first letter large, single blanks, no punctuation at its ends, and common
/// abbreviations in one form: FT  LAUDERDALE is Fort Lauderdale, MCALLEN is McAllen. None where nothing is left.
pub fn standard_city(raw: &str) -> Option<String> {
    let text = raw.trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')');
    let mut city = String::with_capacity(text.len());
    for word in text
        .split(|c: char| c.is_whitespace() || [',', '"'].contains(&c))
        .filter(|word| !word.is_empty())
    {
        let word = if city.is_empty() { first_word(word) } else { later_word(word) };
        if !city.is_empty() {
            city.push(' ');
        }
        city.push_str(&word);
    }
    city.chars().any(char::is_alphanumeric).then_some(city)
}

fn first_word(word: &str) -> String {
    let word = titled(word);
    LONG.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| (*long).to_owned())
}

fn later_word(word: &str) -> String {
    let small = word.to_lowercase();
    if SMALL.contains(&small.as_str()) { small } else { titled(word) }
}

fn titled(word: &str) -> String {
    let upper = word.to_uppercase();
    if CAPITALS.contains(&upper.as_str()) {
        return upper;
    }
    let mut out = String::with_capacity(word.len());
    let mut begins = true;
    for letter in word.chars() {
        // McAllen, but Macon.
        let after_mc = out.len() >= 2 && out.ends_with("Mc");
        if begins || after_mc {
            out.extend(letter.to_uppercase())
        } else {
            out.extend(letter.to_lowercase())
        }
        begins = match letter {
            '\'' | '\u{2019}' => out.chars().count() == 2, // O'Fallon, but Coeur d'Alene's
            '.' => false,
            _ => !letter.is_alphanumeric(),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::standard_city;

    #[test]
    fn spellings_of_one_city_are_one() {
        for (raw, city) in [
            ("ANCHORAGE", "Anchorage"),
            ("  anchorage ", "Anchorage"),
            ("Ft  Lauderdale", "Fort Lauderdale"),
            ("FT. LAUDERDALE", "Fort Lauderdale"),
            ("MCALLEN", "McAllen"),
            ("McAllen", "McAllen"),
            ("ST PETERSBURG", "St. Petersburg"),
            ("Saint Petersburg", "St. Petersburg"),
            ("O'FALLON", "O'Fallon"),
            ("WINSTON-SALEM", "Winston-Salem"),
            ("KING OF PRUSSIA", "King of Prussia"),
            ("EDWARDS AFB", "Edwards AFB"),
            ("São Paulo", "São Paulo"),
            ("Rome,", "Rome"),
            ("@Testville, \"North\"", "Testville North"),
        ] {
            assert_eq!(standard_city(raw).as_deref(), Some(city), "{raw}");
        }
        assert_eq!(standard_city(" -- "), None);
    }

    #[test]
    fn the_standard_spelling_is_its_own() {
        for city in ["McAllen", "Fort Worth", "St. Louis", "King of Prussia", "O'Fallon"] {
            assert_eq!(standard_city(city).as_deref(), Some(city));
        }
    }
}
