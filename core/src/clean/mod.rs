//! Raw text becomes a typed value or a named defect.
//!
//! Nothing is thrown away in silence: whatever is repaired or dropped is reported as a [`Defect`]
//! with the raw value. [`row`] applies the rules of each column and those that look across a row.

pub mod code;
pub mod coordinate;
pub mod date;
pub mod name;
pub mod number;
pub mod row;
pub mod temperature;
pub mod text;
pub mod time;

use std::borrow::Cow;

/// A cleaned value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    Int(i32),
    Real(f32),
    Double(f64),
    Bool(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds since 1970-01-01 00:00:00, without a time zone.
    Timestamp(i64),
}

/// What was wrong with a raw value, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// Blanks around the value.
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
    /// Not an `ev_id`.
    NotAnEvId,
    /// Not degrees, minutes, seconds and hemisphere; kept as text, not used as a place.
    NotACoordinate,
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
}

/// A repair or a loss, with the column (index into the table's columns) and the raw value.
#[derive(Debug, Clone, PartialEq)]
pub struct Defect<'a> {
    pub column: usize,
    pub flaw: Flaw,
    pub raw: Cow<'a, str>,
}
