//! What can be wrong with a raw value, by name.

use std::borrow::Cow;

/// What was wrong with a raw value, by name.
///
/// The order is that in which the defects of one cell are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum DefectKind {
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

impl DefectKind {
    /// Every defect, in the order of reports.
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

    /// The name under which the defect is stored; it never changes.
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

    /// What happened, in one sentence.
    pub fn description(self) -> &'static str {
        match self {
            DefectKind::Padding => {
                "Blanks around the value, or runs of blanks inside a name, were removed."
            }
            DefectKind::UnknownWord => {
                "A word that says nothing is known (UNK, N/A and the like) became null."
            }
            DefectKind::ControlCharacter => {
                "Control characters were removed, or line ends were made line feeds."
            }
            DefectKind::XmlEntity => "XML entities such as &#x0D; or &amp; were decoded.",
            DefectKind::LostCharacter => {
                "The text holds the Unicode replacement character: a character was lost before the file was written."
            }
            DefectKind::ZeroForNull => "A 0 written where nothing is known became null.",
            DefectKind::NotANumber => {
                "The value is not a number that its column could hold and became null."
            }
            DefectKind::OutOfRange => {
                "The number is outside what its column or its meaning allows and was not used."
            }
            DefectKind::NotADate => {
                "The value is not a date of the years 1900 to 2100 and became null."
            }
            DefectKind::CenturyGuessed => {
                "The century of a two-digit year was chosen with a doubt."
            }
            DefectKind::NotATime => "The value is not a time of day and became null.",
            DefectKind::Midnight2400 => "24:00 was written for midnight and is kept as 00:00.",
            DefectKind::NotABoolean => "The value is neither true nor false and became null.",
            DefectKind::NotAnEvId => {
                "The value does not have the form of an ev_id and became null."
            }
            DefectKind::NotACoordinate => {
                "The text is not degrees, minutes, seconds and hemisphere; it is kept but not used as a place."
            }
            DefectKind::CoordinateAmbiguous => {
                "The coordinate text lost its padding and can be read in several ways; it is kept but not used as a place."
            }
            DefectKind::CoordinateRepaired => {
                "The coordinate text lost its padding and was read in the only way that fits."
            }
            DefectKind::DmsInDecimal => {
                "A decimal coordinate held degrees, minutes and seconds and was converted to degrees."
            }
            DefectKind::SignRestored => {
                "The sign of a coordinate's hemisphere was lost and has been restored."
            }
            DefectKind::Swapped => "Latitude and longitude had been exchanged and were put right.",
            DefectKind::NullIsland => {
                "0 degrees north, 0 degrees east stands for no place and was not used."
            }
            DefectKind::PointLost => {
                "The decimal point was lost (3025 for 30.25) and has been restored."
            }
            DefectKind::YearCorrected => {
                "The year or month differed from that of ev_date and was corrected."
            }
            DefectKind::CaseCorrected => "Letters were in the wrong case and were corrected.",
            DefectKind::ZeroRestored => {
                "A code had lost its leading zero, as in a spreadsheet, and got it back."
            }
            DefectKind::TruthWord => "TRUE or FALSE was written for T or F and was shortened.",
        }
    }
}

/// A repair or a loss, with the column (index into the table's columns) and the raw value.
#[derive(Debug, Clone, PartialEq)]
pub struct Defect<'a> {
    pub column: usize,
    pub kind: DefectKind,
    pub raw: Cow<'a, str>,
}

/// The defects of one cell: a set in one word, since nearly every cell has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DefectKinds(u32);

impl DefectKinds {
    pub fn add(&mut self, defect_kind: DefectKind) {
        self.0 |= 1 << defect_kind as u32;
    }

    pub fn add_if(&mut self, found: bool, defect_kind: DefectKind) {
        if found {
            self.add(defect_kind);
        }
    }

    pub fn add_all(&mut self, others: DefectKinds) {
        self.0 |= others.0;
    }

    #[cfg(test)]
    pub(super) fn remove(&mut self, defect_kind: DefectKind) {
        self.0 &= !(1 << defect_kind as u32);
    }

    pub fn has(self, defect_kind: DefectKind) -> bool {
        self.0 & (1 << defect_kind as u32) != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = DefectKind> {
        DefectKind::ALL.iter().copied().filter(move |f| self.has(*f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_snake_case_and_unlike() {
        let names: HashSet<_> = DefectKind::ALL.iter().map(|f| f.as_str()).collect();
        assert_eq!(names.len(), DefectKind::ALL.len());
        for name in names {
            assert!(name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{name}");
        }
    }

    #[test]
    fn descriptions_are_sentences() {
        for defect_kind in DefectKind::ALL {
            let text = defect_kind.description();
            assert!(text.ends_with('.') && text.starts_with(|c: char| !c.is_lowercase()), "{text}");
        }
    }

    #[test]
    fn the_set_gives_back_what_was_added() {
        for (n, defect_kind) in DefectKind::ALL.iter().enumerate() {
            assert_eq!(*defect_kind as usize, n);
            let mut set = DefectKinds::default();
            assert!(set.is_empty());
            set.add(*defect_kind);
            assert_eq!(set.iter().collect::<Vec<_>>(), [*defect_kind]);
        }
    }
}
