//! Which figure a title names.

/// A figure of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Accidents,
    FatalAccidents,
    Fatalities,
    FatalitiesAboard,
    Hours,
    AccidentRate,
    OtherRate,
}

impl Figure {
    pub fn name(self) -> &'static str {
        match self {
            Figure::Accidents => "the number of accidents",
            Figure::FatalAccidents => "the number of fatal accidents",
            Figure::Fatalities => "the number of fatalities",
            Figure::FatalitiesAboard => "the number of fatalities aboard",
            Figure::Hours => "flight hours",
            Figure::AccidentRate => "accidents per 100,000 flight hours",
            Figure::OtherRate => "a rate",
        }
    }
}

/// Returns the figure that a title names, such as "Accidents Fatal" or "Flight hours (thousands)".
pub fn classify(title: &str) -> Option<Figure> {
    let title = title.to_lowercase();
    let mut words = title.split(|c: char| !c.is_ascii_alphabetic());
    let is_rate = title.contains("per 100") || words.any(|word| matches!(word, "rate" | "rates"));
    let has = |part: &str| title.contains(part);
    if is_rate {
        let is_of_accidents = has("accident") && !has("fatal") && !has("injur");
        return Some(if is_of_accidents { Figure::AccidentRate } else { Figure::OtherRate });
    }
    match () {
        () if has("hour") => Some(Figure::Hours),
        () if has("fatalit") && has("aboard") => Some(Figure::FatalitiesAboard),
        () if has("fatalit") => Some(Figure::Fatalities),
        () if has("accident") && has("fatal") => Some(Figure::FatalAccidents),
        () if has("accident") => Some(Figure::Accidents),
        () => None,
    }
}

pub fn is_in_thousands(title: &str) -> bool {
    let title = title.to_lowercase();
    title.contains("thousand") || title.contains("(000")
}
