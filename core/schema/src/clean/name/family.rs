//! Finds the family of a model: 172 for the 172N, the R172K and the F172N.
//!
//! A family consists of the letters before the number and the number, without the letters and numbers
//! of variants after it. Cessna and Beech also write variants before the number (R172K, V35B), so
//! their families are the number alone.

/// Manufacturers that write variants before the number.
const NUMBER_ONLY_MAKERS: &[&str] = &["Beech", "Cessna"];

/// Finds the family of a model. The names must be standardized by [`super::standardize_make`] and
/// [`super::standardize_model`].
pub fn find_model_family(make: &str, model: &str) -> Option<String> {
    let start = model.find(|c: char| c.is_ascii_digit());
    let Some(start) = start else { return Some(model.to_owned()).filter(|m| !m.is_empty()) };
    let (before, number) = model.split_at_checked(start)?;
    let length = number.bytes().take_while(u8::is_ascii_digit).count();
    let number = number.get(..length)?;
    // In 7AC and 8KCAB, the letters are the type.
    if before.is_empty() && number.len() == 1 {
        return model.split_whitespace().next().map(str::to_owned);
    }
    let letters = before.trim_end_matches(['-', ' ']);
    let is_variant = letters.len() <= 2 && letters.bytes().all(|b| b.is_ascii_uppercase());
    if NUMBER_ONLY_MAKERS.contains(&make)
        && is_variant
        && number.len() >= 2
        && !is_military(before, number)
    {
        return Some(number.to_owned());
    }
    Some(format!("{before}{number}"))
}

/// Whether the model has a military designation (T-34, T-41, C-45), which is a family of its own.
fn is_military(before: &str, number: &str) -> bool {
    before.ends_with('-') && number.len() == 2
}

#[cfg(test)]
mod tests {
    use super::find_model_family;

    #[test]
    fn finds_families() {
        for (make, model, family) in [
            ("Cessna", "172", "172"),
            ("Cessna", "172N", "172"),
            ("Cessna", "R172K", "172"),
            ("Cessna", "F172N", "172"),
            ("Cessna", "TU206G", "206"),
            ("Cessna", "560XL", "560"),
            ("Cessna", "CITATION", "CITATION"),
            ("Piper", "PA-28-140", "PA-28"),
            ("Piper", "PA-28R-201", "PA-28"),
            ("Piper", "J3C-65", "J3"),
            ("Beech", "V35B", "35"),
            ("Beech", "A36", "36"),
            ("Beech", "95-B55", "95"),
            ("Beech", "T-34", "T-34"),
            ("Boeing", "737-800", "737"),
            ("Airbus", "A320-214", "A320"),
            ("Robinson", "R44 II", "R44"),
            ("Bell", "206L-4", "206"),
            ("Bell", "UH-1H", "UH-1"),
            ("Mooney", "M20J", "M20"),
            ("Champion", "7ECA", "7ECA"),
            ("Aeronca", "7AC", "7AC"),
            ("de Havilland", "DHC-2 MK1", "DHC-2"),
            ("McDonnell Douglas", "DC-9-31", "DC-9"),
            ("Zenith", "CH 601 XL", "CH 601"),
            ("Gulfstream", "G-IV", "G-IV"),
        ] {
            assert_eq!(find_model_family(make, model).as_deref(), Some(family), "{make} {model}");
        }
        assert_eq!(find_model_family("Cessna", ""), None);
    }
}
