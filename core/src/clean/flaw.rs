//! What can be wrong with a raw value, by name.

use std::borrow::Cow;

/// What was wrong with a raw value, by name.
///
/// The order is that in which the flaws of one cell are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Flaw {
    /// Blanks around the value, or runs of them inside a name.
    Padding,
    /// UNK, N/A and the like, taken as null.
    UnknownWord,
    /// Control characters taken out, or line ends made `\n`.
    ControlCharacter,
    /// `&#x0D;`, `&amp;` and the like decoded.
    XmlEntity,
    /// The Unicode replacement character: something was lost before the file was written.
    LostCharacter,
    /// 0 where nothing is known, taken as null.
    ZeroForNull,
    /// Not a number; dropped.
    NotANumber,
    /// A number that its column cannot hold; dropped.
    OutOfRange,
    /// Not a date; dropped.
    NotADate,
    /// A two-digit year that had to be given its century with a doubt.
    CenturyGuessed,
    /// Not a clock time; dropped.
    NotATime,
    /// 24:00, kept as 00:00.
    Midnight2400,
    /// Neither true nor false; dropped.
    NotABoolean,
    /// Not an `ev_id`; dropped.
    NotAnEvId,
    /// Not degrees, minutes, seconds and hemisphere; kept as text, not used as a place.
    NotACoordinate,
    /// Coordinate text whose padding was lost and that reads in more than one way; kept as text,
    /// not used as a place.
    CoordinateAmbiguous,
    /// Coordinate text whose padding was lost; read by the only way that fits.
    CoordinateRepaired,
    /// Degrees, minutes and seconds found in a decimal column.
    DmsInDecimal,
    /// A lost hemisphere sign restored.
    SignRestored,
    /// Latitude and longitude exchanged.
    Swapped,
    /// 0°N 0°E, taken as no place.
    NullIsland,
    /// 3025 for 30.25.
    PointLost,
    /// `ev_year` or `ev_month` other than those of `ev_date`; corrected.
    YearCorrected,
    /// Letters in the wrong case; corrected.
    CaseCorrected,
    /// A code without its leading zero, as a spreadsheet leaves it; restored.
    ZeroRestored,
    /// TRUE or FALSE, as a spreadsheet writes T or F; shortened.
    TruthWord,
}

impl Flaw {
    /// Every flaw, in the order of reports.
    pub const ALL: &'static [Flaw] = &[
        Flaw::Padding,
        Flaw::UnknownWord,
        Flaw::ControlCharacter,
        Flaw::XmlEntity,
        Flaw::LostCharacter,
        Flaw::ZeroForNull,
        Flaw::NotANumber,
        Flaw::OutOfRange,
        Flaw::NotADate,
        Flaw::CenturyGuessed,
        Flaw::NotATime,
        Flaw::Midnight2400,
        Flaw::NotABoolean,
        Flaw::NotAnEvId,
        Flaw::NotACoordinate,
        Flaw::CoordinateAmbiguous,
        Flaw::CoordinateRepaired,
        Flaw::DmsInDecimal,
        Flaw::SignRestored,
        Flaw::Swapped,
        Flaw::NullIsland,
        Flaw::PointLost,
        Flaw::YearCorrected,
        Flaw::CaseCorrected,
        Flaw::ZeroRestored,
        Flaw::TruthWord,
    ];

    /// The name under which the flaw is stored; it never changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Flaw::Padding => "padding",
            Flaw::UnknownWord => "unknown_word",
            Flaw::ControlCharacter => "control_character",
            Flaw::XmlEntity => "xml_entity",
            Flaw::LostCharacter => "lost_character",
            Flaw::ZeroForNull => "zero_for_null",
            Flaw::NotANumber => "not_a_number",
            Flaw::OutOfRange => "out_of_range",
            Flaw::NotADate => "not_a_date",
            Flaw::CenturyGuessed => "century_guessed",
            Flaw::NotATime => "not_a_time",
            Flaw::Midnight2400 => "midnight_2400",
            Flaw::NotABoolean => "not_a_boolean",
            Flaw::NotAnEvId => "not_an_ev_id",
            Flaw::NotACoordinate => "not_a_coordinate",
            Flaw::CoordinateAmbiguous => "coordinate_ambiguous",
            Flaw::CoordinateRepaired => "coordinate_repaired",
            Flaw::DmsInDecimal => "dms_in_decimal",
            Flaw::SignRestored => "sign_restored",
            Flaw::Swapped => "swapped",
            Flaw::NullIsland => "null_island",
            Flaw::PointLost => "point_lost",
            Flaw::YearCorrected => "year_corrected",
            Flaw::CaseCorrected => "case_corrected",
            Flaw::ZeroRestored => "zero_restored",
            Flaw::TruthWord => "truth_word",
        }
    }

    /// What happened, in one sentence.
    pub fn description(self) -> &'static str {
        match self {
            Flaw::Padding => {
                "Blanks around the value, or runs of blanks inside a name, were removed."
            }
            Flaw::UnknownWord => {
                "A word that says nothing is known (UNK, N/A and the like) became null."
            }
            Flaw::ControlCharacter => {
                "Control characters were removed, or line ends were made line feeds."
            }
            Flaw::XmlEntity => "XML entities such as &#x0D; or &amp; were decoded.",
            Flaw::LostCharacter => {
                "The text holds the Unicode replacement character: a character was lost before the file was written."
            }
            Flaw::ZeroForNull => "A 0 written where nothing is known became null.",
            Flaw::NotANumber => {
                "The value is not a number that its column could hold and became null."
            }
            Flaw::OutOfRange => {
                "The number is outside what its column or its meaning allows and was not used."
            }
            Flaw::NotADate => "The value is not a date of the years 1900 to 2100 and became null.",
            Flaw::CenturyGuessed => "The century of a two-digit year was chosen with a doubt.",
            Flaw::NotATime => "The value is not a time of day and became null.",
            Flaw::Midnight2400 => "24:00 was written for midnight and is kept as 00:00.",
            Flaw::NotABoolean => "The value is neither true nor false and became null.",
            Flaw::NotAnEvId => "The value does not have the form of an ev_id and became null.",
            Flaw::NotACoordinate => {
                "The text is not degrees, minutes, seconds and hemisphere; it is kept but not used as a place."
            }
            Flaw::CoordinateAmbiguous => {
                "The coordinate text lost its padding and can be read in several ways; it is kept but not used as a place."
            }
            Flaw::CoordinateRepaired => {
                "The coordinate text lost its padding and was read in the only way that fits."
            }
            Flaw::DmsInDecimal => {
                "A decimal coordinate held degrees, minutes and seconds and was converted to degrees."
            }
            Flaw::SignRestored => {
                "The sign of a coordinate's hemisphere was lost and has been restored."
            }
            Flaw::Swapped => "Latitude and longitude had been exchanged and were put right.",
            Flaw::NullIsland => {
                "0 degrees north, 0 degrees east stands for no place and was not used."
            }
            Flaw::PointLost => "The decimal point was lost (3025 for 30.25) and has been restored.",
            Flaw::YearCorrected => {
                "The year or month differed from that of ev_date and was corrected."
            }
            Flaw::CaseCorrected => "Letters were in the wrong case and were corrected.",
            Flaw::ZeroRestored => {
                "A code had lost its leading zero, as in a spreadsheet, and got it back."
            }
            Flaw::TruthWord => "TRUE or FALSE was written for T or F and was shortened.",
        }
    }
}

/// A repair or a loss, with the column (index into the table's columns) and the raw value.
#[derive(Debug, Clone, PartialEq)]
pub struct Defect<'a> {
    pub column: usize,
    pub flaw: Flaw,
    pub raw: Cow<'a, str>,
}

/// The flaws of one cell: a set in one word, since nearly every cell has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flaws(u32);

impl Flaws {
    pub fn add(&mut self, flaw: Flaw) {
        self.0 |= 1 << flaw as u32;
    }

    pub fn add_if(&mut self, found: bool, flaw: Flaw) {
        if found {
            self.add(flaw);
        }
    }

    pub fn add_all(&mut self, others: Flaws) {
        self.0 |= others.0;
    }

    #[cfg(test)]
    pub(super) fn remove(&mut self, flaw: Flaw) {
        self.0 &= !(1 << flaw as u32);
    }

    pub fn has(self, flaw: Flaw) -> bool {
        self.0 & (1 << flaw as u32) != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Flaw> {
        Flaw::ALL.iter().copied().filter(move |f| self.has(*f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_snake_case_and_unlike() {
        let names: HashSet<_> = Flaw::ALL.iter().map(|f| f.as_str()).collect();
        assert_eq!(names.len(), Flaw::ALL.len());
        for name in names {
            assert!(name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{name}");
        }
    }

    #[test]
    fn descriptions_are_sentences() {
        for flaw in Flaw::ALL {
            let text = flaw.description();
            assert!(text.ends_with('.') && text.starts_with(|c: char| !c.is_lowercase()), "{text}");
        }
    }

    #[test]
    fn the_set_gives_back_what_was_added() {
        for (n, flaw) in Flaw::ALL.iter().enumerate() {
            assert_eq!(*flaw as usize, n);
            let mut set = Flaws::default();
            assert!(set.is_empty());
            set.add(*flaw);
            assert_eq!(set.iter().collect::<Vec<_>>(), [*flaw]);
        }
    }
}
