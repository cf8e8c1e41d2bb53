//! What an NTSB file holds: every table and column once, in the order of the file.
//!
//! Staging tables, COPY lists, warehouse types, cleaning and hashing all follow from this
//! description, so that a column is added or corrected in one place.

mod admin;
mod aircraft;
mod crew;
mod details;
mod events;
mod injury;
mod narratives;
mod pre1982;
mod reference;
mod sequence;

/// Every table of the warehouse that a file fills, parents before children: the 20 of avall.mdb,
/// then those that only PRE1982.MDB has something for.
pub const TABLES: &[Table] = &[
    reference::COUNTRY,
    reference::STATES,
    reference::CT_IAIDS,
    reference::CT_SEQEVT,
    reference::EADMSPUB_DATADICTIONARY,
    events::EVENTS,
    admin::NTSB_ADMIN,
    details::DT_EVENTS,
    aircraft::AIRCRAFT,
    details::DT_AIRCRAFT,
    aircraft::ENGINES,
    injury::INJURY,
    sequence::OCCURRENCES,
    sequence::SEQ_OF_EVENTS,
    sequence::EVENTS_SEQUENCE,
    sequence::FINDINGS,
    narratives::NARRATIVES,
    crew::FLIGHT_CREW,
    crew::FLIGHT_TIME,
    details::DT_FLIGHT_CREW,
    pre1982::LEGACY_EVENT,
    pre1982::LEGACY_CAUSE,
    pre1982::CT_PRE1982,
];

/// Columns that say who wrote a row and when: stored, never hashed.
pub const BOOKKEEPING: &[&str] = &["lchg_date", "lchg_userid"];

/// One table of the file.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// NTSB's name in lower case; also the name in `ntsb` and `ntsb_staging`.
    pub name: &'static str,
    pub kind: Kind,
    /// The table whose key a row of this one must find.
    pub parent: Option<&'static str>,
    /// Primary key; empty where the file has none and a row is its own key.
    pub key: &'static [&'static str],
    pub comment: &'static str,
    /// NTSB's columns in file order.
    pub columns: &'static [Column],
    /// Columns that cleaning adds beside the originals; not hashed.
    pub derived: &'static [Column],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Belongs to an event, by `ev_id`.
    Case,
    /// A code list or the data dictionary.
    Reference,
}

#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// NTSB's name in lower case, blanks as underscores.
    pub name: &'static str,
    pub access: Access,
    pub clean: Clean,
    pub comment: &'static str,
}

/// The type of a column in the Access file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Up to so many characters.
    Text(u16),
    Memo,
    Byte,
    Integer,
    Long,
    Single,
    Double,
    DateTime,
    Boolean,
}

/// How a raw value becomes a typed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clean {
    /// The 14 characters that name an event.
    EvId,
    /// A coded value: trimmed, words for "unknown" become null, NONE stays.
    Code,
    /// Text kept to the letter but for padding: keys and code lists, where UNK is an entry.
    Literal,
    /// A name or short free text: blanks folded, words for nothing become null.
    Name,
    /// A registration mark: NONE, UNREG, UNK and the like become null.
    Registration,
    /// Long free text: control characters and XML entities repaired, lines ended by `\n`.
    Prose,
    Number,
    /// A number for which the source writes 0 where nothing is known.
    ZeroIsNull,
    /// A clock time written HHMM.
    HourMinute,
    /// A calendar date; a time of day is dropped.
    Date,
    /// A date with its time, to the second.
    Timestamp,
    Boolean,
    /// Degrees, minutes, seconds and hemisphere: `DDMMSSN`.
    Latitude,
    /// Degrees, minutes, seconds and hemisphere: `DDDMMSSW`.
    Longitude,
}

const fn column(name: &'static str, access: Access, clean: Clean, comment: &'static str) -> Column {
    Column { name, access, clean, comment }
}

impl Table {
    pub fn find(name: &str) -> Option<&'static Table> {
        TABLES.iter().find(|t| t.name == name)
    }

    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.column(name).is_some()
    }

    /// Whether only `PRE1982.MDB` fills it.
    pub fn is_legacy(&self) -> bool {
        pre1982::NAMES.contains(&self.name)
    }
}

impl Column {
    /// Whether the value is part of the content hash.
    pub fn hashed(&self) -> bool {
        !BOOKKEEPING.contains(&self.name)
    }

    /// The PostgreSQL type of the cleaned value.
    pub fn sql_type(&self) -> &'static str {
        match (self.access, self.clean) {
            (Access::DateTime, Clean::Date) => "date",
            (Access::DateTime, _) => "timestamp(0)",
            (Access::Text(_) | Access::Memo, _) => "text",
            (Access::Byte | Access::Integer, _) => "smallint",
            (Access::Long, _) => "integer",
            (Access::Single, _) => "real",
            (Access::Double, _) => "double precision",
            (Access::Boolean, _) => "boolean",
        }
    }
}

/// The name by which this project knows a table or column of a file: lower case, blanks as
/// underscores (`Category of Data` is `category_of_data`). The first name of a file may stand behind
/// a byte order mark.
pub fn normal_name(raw: &str) -> String {
    raw.trim_start_matches('\u{FEFF}').trim().to_lowercase().replace(' ', "_")
}

#[cfg(test)]
mod tests;
