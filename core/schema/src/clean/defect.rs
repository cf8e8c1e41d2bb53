//! Defects: what cleaning repaired or dropped.

use std::borrow::Cow;

/// A kind of defect in a raw value.
///
/// The defects of one cell are reported in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum DefectKind {
    /// Blanks around the value or repeated blanks in a name, removed.
    Padding,
    /// A word for "unknown" (UNK, N/A and the like), replaced by null.
    UnknownWord,
    /// Control characters, removed, or line ends, converted to `\n`.
    ControlCharacter,
    /// XML entities (`&#x0D;`, `&amp;`), decoded.
    XmlEntity,
    /// The Unicode replacement character: a character was lost before the file was written.
    LostCharacter,
    /// 0 written for "unknown", replaced by null.
    ZeroForNull,
    /// Not a number, dropped.
    NotANumber,
    /// A number outside the range of its column, dropped.
    OutOfRange,
    /// Not a date, dropped.
    NotADate,
    /// A two-digit year of uncertain century.
    CenturyGuessed,
    /// Not a time of day, dropped.
    NotATime,
    /// 24:00, stored as 00:00.
    Midnight2400,
    /// Neither true nor false, dropped.
    NotABoolean,
    /// Not an `ev_id`, dropped.
    NotAnEvId,
    /// Not degrees, minutes, seconds and hemisphere. Kept as text, not used as a position.
    NotACoordinate,
    /// Coordinate text that lost its padding and can be read in several ways. Kept as text, not used
    /// as a position.
    CoordinateAmbiguous,
    /// Coordinate text that lost its padding, read in the only possible way.
    CoordinateRepaired,
    /// Degrees, minutes and seconds in a decimal column, converted.
    DmsInDecimal,
    /// The lost sign of a coordinate, restored.
    SignRestored,
    /// Swapped latitude and longitude, corrected.
    Swapped,
    /// 0°N 0°E, not used as a position.
    NullIsland,
    /// A lost decimal point (3025 for 30.25), restored.
    PointLost,
    /// `ev_year` or `ev_month` that differs from `ev_date`, corrected.
    YearCorrected,
    /// Letters in the wrong case, corrected.
    CaseCorrected,
    /// A leading zero that a spreadsheet dropped from a code, restored.
    ZeroRestored,
    /// TRUE or FALSE that a spreadsheet wrote for T or F, shortened.
    TruthWord,
}

impl DefectKind {
    /// All kinds, in the order in which they are reported.
    pub const ALL: &'static [DefectKind] = &[
        DefectKind::Padding,
        DefectKind::UnknownWord,
        DefectKind::ControlCharacter,
        DefectKind::XmlEntity,
        DefectKind::LostCharacter,
        DefectKind::ZeroForNull,
        DefectKind::NotANumber,
        DefectKind::OutOfRange,
        DefectKind::NotADate,
        DefectKind::CenturyGuessed,
        DefectKind::NotATime,
        DefectKind::Midnight2400,
        DefectKind::NotABoolean,
        DefectKind::NotAnEvId,
        DefectKind::NotACoordinate,
        DefectKind::CoordinateAmbiguous,
        DefectKind::CoordinateRepaired,
        DefectKind::DmsInDecimal,
        DefectKind::SignRestored,
        DefectKind::Swapped,
        DefectKind::NullIsland,
        DefectKind::PointLost,
        DefectKind::YearCorrected,
        DefectKind::CaseCorrected,
        DefectKind::ZeroRestored,
        DefectKind::TruthWord,
    ];

    /// The name under which the defect is stored. It never changes.
    pub fn as_str(self) -> &'static str {
        match self {
            DefectKind::Padding => "padding",
            DefectKind::UnknownWord => "unknown_word",
            DefectKind::ControlCharacter => "control_character",
            DefectKind::XmlEntity => "xml_entity",
            DefectKind::LostCharacter => "lost_character",
            DefectKind::ZeroForNull => "zero_for_null",
            DefectKind::NotANumber => "not_a_number",
            DefectKind::OutOfRange => "out_of_range",
            DefectKind::NotADate => "not_a_date",
            DefectKind::CenturyGuessed => "century_guessed",
            DefectKind::NotATime => "not_a_time",
            DefectKind::Midnight2400 => "midnight_2400",
            DefectKind::NotABoolean => "not_a_boolean",
            DefectKind::NotAnEvId => "not_an_ev_id",
            DefectKind::NotACoordinate => "not_a_coordinate",
            DefectKind::CoordinateAmbiguous => "coordinate_ambiguous",
            DefectKind::CoordinateRepaired => "coordinate_repaired",
            DefectKind::DmsInDecimal => "dms_in_decimal",
            DefectKind::SignRestored => "sign_restored",
            DefectKind::Swapped => "swapped",
            DefectKind::NullIsland => "null_island",
            DefectKind::PointLost => "point_lost",
            DefectKind::YearCorrected => "year_corrected",
            DefectKind::CaseCorrected => "case_corrected",
            DefectKind::ZeroRestored => "zero_restored",
            DefectKind::TruthWord => "truth_word",
        }
    }

    /// A description for users, one sentence.
    pub fn description(self) -> &'static str {
        match self {
            DefectKind::Padding => {
                "Blanks around the value or repeated blanks in a name were removed."
            }
            DefectKind::UnknownWord => {
                "A word for \"unknown\" (UNK, N/A and the like) was replaced by null."
            }
            DefectKind::ControlCharacter => {
                "Control characters were removed or line ends were converted to line feeds."
            }
            DefectKind::XmlEntity => "XML entities such as &#x0D; or &amp; were decoded.",
            DefectKind::LostCharacter => {
                "The text contains the Unicode replacement character: a character was lost before the file was written."
            }
            DefectKind::ZeroForNull => "A 0 written for \"unknown\" was replaced by null.",
            DefectKind::NotANumber => {
                "The value is not a number of the column's type and was replaced by null."
            }
            DefectKind::OutOfRange => {
                "The number is outside the allowed range of its column and was not used."
            }
            DefectKind::NotADate => {
                "The value is not a date in the years 1900 to 2100 and was replaced by null."
            }
            DefectKind::CenturyGuessed => "The century of a two-digit year is uncertain.",
            DefectKind::NotATime => "The value is not a time of day and was replaced by null.",
            DefectKind::Midnight2400 => "24:00 was stored as 00:00.",
            DefectKind::NotABoolean => {
                "The value is neither true nor false and was replaced by null."
            }
            DefectKind::NotAnEvId => "The value is not an ev_id and was replaced by null.",
            DefectKind::NotACoordinate => {
                "The text is not degrees, minutes, seconds and hemisphere. It was kept but not used as a position."
            }
            DefectKind::CoordinateAmbiguous => {
                "The coordinate text lost its padding and can be read in several ways. It was kept but not used as a position."
            }
            DefectKind::CoordinateRepaired => {
                "The coordinate text lost its padding and was read in the only possible way."
            }
            DefectKind::DmsInDecimal => {
                "A decimal coordinate contained degrees, minutes and seconds and was converted to degrees."
            }
            DefectKind::SignRestored => "The lost sign of a coordinate was restored.",
            DefectKind::Swapped => "Latitude and longitude were swapped and were corrected.",
            DefectKind::NullIsland => {
                "0 degrees north, 0 degrees east means \"unknown\" and was not used as a position."
            }
            DefectKind::PointLost => "A lost decimal point (3025 for 30.25) was restored.",
            DefectKind::YearCorrected => {
                "The year or month differed from ev_date and was corrected."
            }
            DefectKind::CaseCorrected => "Letters in the wrong case were corrected.",
            DefectKind::ZeroRestored => {
                "A leading zero that a spreadsheet dropped from a code was restored."
            }
            DefectKind::TruthWord => {
                "TRUE or FALSE, written by a spreadsheet for T or F, was shortened."
            }
        }
    }
}

/// A defect of one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Defect<'a> {
    /// Index of the column in the table.
    pub column: usize,
    /// What was wrong.
    pub kind: DefectKind,
    /// The raw value.
    pub raw: Cow<'a, str>,
}

/// The defects of one cell. A bit set, because nearly every cell has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DefectKinds(u32);

impl DefectKinds {
    /// Adds a kind.
    pub fn add(&mut self, kind: DefectKind) {
        self.0 |= 1 << kind as u32;
    }

    /// Adds a kind if the condition is true.
    pub fn add_if(&mut self, condition: bool, kind: DefectKind) {
        if condition {
            self.add(kind);
        }
    }

    /// Adds all kinds of another set.
    pub fn add_all(&mut self, others: DefectKinds) {
        self.0 |= others.0;
    }

    #[cfg(test)]
    pub(super) fn remove(&mut self, kind: DefectKind) {
        self.0 &= !(1 << kind as u32);
    }

    /// Whether the set contains a kind.
    pub fn contains(self, kind: DefectKind) -> bool {
        self.0 & (1 << kind as u32) != 0
    }

    /// Whether the cell has no defects.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds, in the order in which they are reported.
    pub fn iter(self) -> impl Iterator<Item = DefectKind> {
        DefectKind::ALL.iter().copied().filter(move |kind| self.contains(*kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_in_snake_case() {
        let names: HashSet<_> = DefectKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(names.len(), DefectKind::ALL.len());
        for name in names {
            assert!(name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{name}");
        }
    }

    #[test]
    fn descriptions_are_sentences() {
        for kind in DefectKind::ALL {
            let text = kind.description();
            assert!(text.ends_with('.') && text.starts_with(|c: char| !c.is_lowercase()), "{text}");
        }
    }

    #[test]
    fn set_contains_the_added_kind() {
        for (n, kind) in DefectKind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, n);
            let mut set = DefectKinds::default();
            assert!(set.is_empty());
            set.add(*kind);
            assert_eq!(set.iter().collect::<Vec<_>>(), [*kind]);
        }
    }
}
