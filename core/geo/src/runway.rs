//! Runway designators.
//!
//! A designator is the magnetic heading in tens of degrees (01 to 36) with a letter for parallel
//! runways, such as 09 or 27L. Grass strips and water lanes may have a point of the compass (NE) instead.

/// Words before a designator.
const PREFIXES: [&str; 4] = ["RUNWAY", "RWY", "R/W", "RW"];

/// Suffixes as written, and the letter that they stand for. W is a water lane, G a gliding strip, U an
/// ultralight strip, S a short runway, and T a true heading.
const SUFFIXES: [(&str, &str); 12] = [
    ("LEFT", "L"),
    ("RIGHT", "R"),
    ("CENTER", "C"),
    ("CENTRE", "C"),
    ("L", "L"),
    ("R", "R"),
    ("C", "C"),
    ("W", "W"),
    ("G", "G"),
    ("U", "U"),
    ("S", "S"),
    ("T", "T"),
];

/// Points of the compass, each opposite the one at half the length of the list.
const COMPASS: [&str; 16] = [
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW",
    "NNW",
];

/// Returns the standard form of a runway designator: two digits and a letter, or a point of the compass.
///
/// Of a pair (07/25), the first is returned. None if the text does not begin with a designator.
pub fn standard_designator(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_uppercase();
    if text.starts_with("N/A") {
        return None;
    }
    let prefix = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix));
    let text = prefix.unwrap_or(&text).trim_start_matches([' ', '.', ':', '#', '-']);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        let word = first_word(text);
        return COMPASS.contains(&word).then(|| word.to_owned());
    }
    let (number, rest) = text.split_at_checked(digits)?;
    let number = number.parse::<u8>().ok().filter(|n| digits <= 2 && (1..=36).contains(n))?;
    let word = first_word(rest.trim_start_matches(' '));
    if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(format!("{number:02}"));
    }
    let (_, letter) = SUFFIXES.iter().find(|(suffix, _)| *suffix == word)?;
    Some(format!("{number:02}{letter}"))
}

/// The letters and digits at the start of a text.
fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Returns the designator of the opposite end of a runway: 25R for 07L. None if the text is not a
/// designator.
pub fn opposite_designator(text: &str) -> Option<String> {
    let designator = standard_designator(text)?;
    if let Some(place) = COMPASS.iter().position(|point| *point == designator) {
        let opposite = COMPASS.get((place + COMPASS.len() / 2) % COMPASS.len());
        return opposite.map(|point| (*point).to_owned());
    }
    let (number, letter) = designator.split_at_checked(2)?;
    let number = number.parse::<u8>().ok()?;
    let number = if number > 18 { number - 18 } else { number + 18 };
    let letter = match letter {
        "L" => "R",
        "R" => "L",
        other => other,
    };
    Some(format!("{number:02}{letter}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_designator_has_one_standard_form() {
        for (raw, expected) in [
            ("07", Some("07")),
            ("7", Some("07")),
            (" 27l ", Some("27L")),
            ("9R", Some("09R")),
            ("RWY 27", Some("27")),
            ("RWY27", Some("27")),
            ("Runway 04 Left", Some("04L")),
            ("R/W 18", Some("18")),
            ("RW9", Some("09")),
            ("36C", Some("36C")),
            ("27 R", Some("27R")),
            ("06/2", Some("06")),
            ("07/25", Some("07")),
            ("09L/27R", Some("09L")),
            ("18-36", Some("18")),
            ("16 34", Some("16")),
            ("18W", Some("18W")),
            ("NE", Some("NE")),
            ("N/S", Some("N")),
            ("RWY W", Some("W")),
            ("00", None),
            ("0", None),
            ("37", None),
            ("360", None),
            ("1836", None),
            ("27X", None),
            ("NONE", None),
            ("N/A", None),
            ("UNK", None),
            ("H1", None),
            ("", None),
            ("é7", None),
            ("7é", Some("07")),
        ] {
            assert_eq!(standard_designator(raw).as_deref(), expected, "{raw:?}");
        }
    }

    #[test]
    fn the_opposite_end_points_the_other_way() {
        for (raw, expected) in [
            ("07", Some("25")),
            ("25", Some("07")),
            ("18", Some("36")),
            ("36", Some("18")),
            ("1", Some("19")),
            ("09L", Some("27R")),
            ("27R", Some("09L")),
            ("18C", Some("36C")),
            ("17W", Some("35W")),
            ("N", Some("S")),
            ("WNW", Some("ESE")),
            ("SW", Some("NE")),
            ("", None),
        ] {
            assert_eq!(opposite_designator(raw).as_deref(), expected, "{raw:?}");
        }
    }
}
