//! Standardizes the spelling of cities. NTSB's files have 19,866 spellings, a quarter of which differ
//! only in capitals, blanks and abbreviations.

/// Words that stay in capitals.
const CAPITALS: &[&str] = &["AAF", "AFB", "ANGB", "DC", "II", "III", "MCAS", "NAF", "NAS", "USA"];

/// Words in lower case unless they come first.
const LOWERCASE: &[&str] = &["and", "de", "del", "du", "la", "las", "los", "of", "on", "the"];

/// Abbreviations at the start of a name, and their standard form.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("Ft", "Fort"),
    ("Ft.", "Fort"),
    ("Mt", "Mount"),
    ("Mt.", "Mount"),
    ("Pt", "Point"),
    ("Pt.", "Point"),
    ("St", "St."),
    ("Saint", "St."),
];

/// Standardizes a city: title case, single blanks, no punctuation at the ends, common abbreviations
/// expanded. FT  LAUDERDALE becomes Fort Lauderdale, and MCALLEN becomes McAllen. Returns `None` if
/// the name has no letter or digit.
pub fn standardize_city(raw: &str) -> Option<String> {
    let text = raw.trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')');
    let mut city = String::with_capacity(text.len());
    for word in text
        .split(|c: char| c.is_whitespace() || [',', '"'].contains(&c))
        .filter(|word| !word.is_empty())
    {
        let word = if city.is_empty() { format_first_word(word) } else { format_word(word) };
        if !city.is_empty() {
            city.push(' ');
        }
        city.push_str(&word);
    }
    city.chars().any(char::is_alphanumeric).then_some(city)
}

fn format_first_word(word: &str) -> String {
    let word = to_title_case(word);
    let expansion = ABBREVIATIONS.iter().find(|(short, _)| *short == word);
    expansion.map_or(word, |(_, long)| (*long).to_owned())
}

fn format_word(word: &str) -> String {
    let lower = word.to_lowercase();
    if LOWERCASE.contains(&lower.as_str()) { lower } else { to_title_case(word) }
}

fn to_title_case(word: &str) -> String {
    let upper = word.to_uppercase();
    if CAPITALS.contains(&upper.as_str()) {
        return upper;
    }
    let mut out = String::with_capacity(word.len());
    let mut starts_part = true;
    for letter in word.chars() {
        // McAllen, but Macon.
        let after_mc = out.len() >= 2 && out.ends_with("Mc");
        if starts_part || after_mc {
            out.extend(letter.to_uppercase())
        } else {
            out.extend(letter.to_lowercase())
        }
        starts_part = match letter {
            '\'' | '\u{2019}' => out.chars().count() == 2, // O'Fallon, but Coeur d'Alene's
            '.' => false,
            _ => !letter.is_alphanumeric(),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::standardize_city;

    #[test]
    fn spellings_of_one_city_become_equal() {
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
            assert_eq!(standardize_city(raw).as_deref(), Some(city), "{raw}");
        }
        assert_eq!(standardize_city(" -- "), None);
    }

    #[test]
    fn standard_spelling_is_unchanged() {
        for city in ["McAllen", "Fort Worth", "St. Louis", "King of Prussia", "O'Fallon"] {
            assert_eq!(standardize_city(city).as_deref(), Some(city));
        }
    }
}
