//! The family of a model: 172 for the 172N, the R172K and the F172N.
//!
//! A family is what carries one type name in the field: the letters before the number and the number,
//! without the letters and numbers of variants behind it. Cessna and Beech write variants before the number,
//! too (R172K, V35B), so that theirs is the number alone.

/// Makers whose letters before the number name variants.
const NUMBERS_ALONE: &[&str] = &["Beech", "Cessna"];

/// Of a maker and a model as [`super::standard_make`] and [`super::standard_model`] write them.
pub fn model_family(make: &str, model: &str) -> Option<String> {
    let start = model.find(|c: char| c.is_ascii_digit());
    let Some(start) = start else { return Some(model.to_owned()).filter(|m| !m.is_empty()) };
    let (before, number) = model.split_at_checked(start)?;
    let length = number.bytes().take_while(u8::is_ascii_digit).count();
    let number = number.get(..length)?;
    // Of 7AC and 8KCAB, the letters tell the type.
    if before.is_empty() && number.len() == 1 {
        return model.split_whitespace().next().map(str::to_owned);
    }
    let letters = before.trim_end_matches(['-', ' ']);
    let are_variants = letters.len() <= 2 && letters.bytes().all(|b| b.is_ascii_uppercase());
    if NUMBERS_ALONE.contains(&make)
        && are_variants
        && number.len() >= 2
        && !is_military(before, number)
    {
        return Some(number.to_owned());
    }
    Some(format!("{before}{number}"))
}

/// T-34, T-41, C-45: other aircraft, or civil ones under a name of their own.
fn is_military(before: &str, number: &str) -> bool {
    before.ends_with('-') && number.len() == 2
}

#[cfg(test)]
mod tests {
    use super::model_family;

    #[test]
    fn families() {
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
            assert_eq!(model_family(make, model).as_deref(), Some(family), "{make} {model}");
        }
        assert_eq!(model_family("Cessna", ""), None);
    }
}
