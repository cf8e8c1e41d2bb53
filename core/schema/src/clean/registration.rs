//! Registration marks and serial numbers, in the spellings in which NTSB and the FAA's registry agree.

/// Longer texts are neither marks nor serial numbers.
const MAX_CHARACTERS: usize = 100;

/// Words for an unknown serial number, without blanks and punctuation.
const UNKNOWN_SERIALS: [&str; 4] = ["NONE", "UNK", "UNKNOWN", "NA"];

/// Whether a text is a US registration mark: N and up to five digits, the last one or two of which
/// may be letters.
pub fn is_us_mark(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('N') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let letters = rest.get(digits..).unwrap_or("");
    rest.len() <= 5
        && digits > 0
        && !rest.starts_with('0')
        && letters.len() <= 2
        && letters.bytes().all(|b| b.is_ascii_uppercase())
}

/// `N123AB` for `n123ab`, `N-123AB` and `123AB`. `None` if the text is not a US mark.
pub fn standardize_us_mark(text: &str) -> Option<String> {
    let mut mark = compact(text);
    if !mark.starts_with('N') {
        mark.insert(0, 'N');
    }
    is_us_mark(&mark).then_some(mark)
}

/// A serial number for comparison: letters and digits only, in upper case, without leading zeros.
/// `None` if nothing is left, or only a word for unknown.
pub fn standardize_serial(text: &str) -> Option<String> {
    let compact = compact(text);
    let serial = compact.trim_start_matches('0');
    (!serial.is_empty() && !UNKNOWN_SERIALS.contains(&serial)).then(|| serial.to_owned())
}

/// The letters and digits of a text, in upper case.
fn compact(text: &str) -> String {
    let characters = text.chars().take(MAX_CHARACTERS).filter(|c| c.is_alphanumeric());
    characters.map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_mark_is_the_same_mark() {
        for text in ["N123AB", "n123ab", " N-123 AB ", "123AB", "123-ab"] {
            assert_eq!(standardize_us_mark(text).as_deref(), Some("N123AB"), "{text}");
        }
        assert_eq!(standardize_us_mark("12345").as_deref(), Some("N12345"));
        let long = "N".repeat(1_000_000);
        for text in
            ["", "N", "NONE", "N0123", "N123456", "N1234AB", "N123ABC", "C-GABC", "Ñ1", &long]
        {
            assert_eq!(standardize_us_mark(text), None, "{text:.20}");
        }
    }

    #[test]
    fn serial_numbers_are_compared_without_punctuation_and_leading_zeros() {
        for text in ["17280222", "172-80222", " 172 80222", "0017280222"] {
            assert_eq!(standardize_serial(text).as_deref(), Some("17280222"), "{text}");
        }
        assert_eq!(standardize_serial("tc-100").as_deref(), Some("TC100"));
        for text in ["", " - ", "0000", "Unk.", "none", "N/A", "UNKNOWN"] {
            assert_eq!(standardize_serial(text), None, "{text}");
        }
    }
}
