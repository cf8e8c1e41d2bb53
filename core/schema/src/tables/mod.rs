//! The tables and columns of NTSB's files, in the order of the file.
//!
//! Staging tables, COPY lists, warehouse types, cleaning and hashing all follow from this
//! description, so a column is added or corrected in one place.

mod admin;
mod aircraft;
mod case_record;
mod crew;
mod details;
mod events;
mod injury;
mod narratives;
mod pre1982;
mod reference;
mod sequence;

/// All tables of the warehouse that are loaded from files, parents before children: the 20 tables of
/// avall.mdb, those that only NTSB's API fills, then those that only PRE1982.MDB fills.
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
    case_record::CASE_RECORD,
    case_record::SEQUENCE_GROUP,
    pre1982::LEGACY_EVENT,
    pre1982::LEGACY_CAUSE,
    pre1982::CT_PRE1982,
];

/// Columns that record who wrote a row and when. They are stored but not hashed.
pub const BOOKKEEPING: &[&str] = &["lchg_date", "lchg_userid"];

/// A table of an NTSB file.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// NTSB's name in lower case, also the name in the schemas `ntsb` and `ntsb_staging`.
    pub name: &'static str,
    /// Whether the rows belong to events.
    pub kind: Kind,
    /// The table that the rows refer to by a foreign key.
    pub parent: Option<&'static str>,
    /// The primary key. Empty if the file has none and the whole row is the key.
    pub key: &'static [&'static str],
    /// The SQL COMMENT of the table.
    pub comment: &'static str,
    /// NTSB's columns, in the order of the file.
    pub columns: &'static [Column],
    /// Columns that cleaning adds. They are not hashed.
    pub derived: &'static [Column],
}

/// The kind of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Rows belong to an event, by `ev_id`.
    Case,
    /// A code list or the data dictionary.
    Reference,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// NTSB's name in lower case, with underscores for blanks.
    pub name: &'static str,
    /// The type in the Access file.
    pub access: Access,
    /// How values are cleaned.
    pub clean: Clean,
    /// The SQL COMMENT of the column.
    pub comment: &'static str,
}

/// The type of a column in the Access file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Text of up to this many characters.
    Text(u16),
    /// Long text.
    Memo,
    /// An integer of 8 bits.
    Byte,
    /// An integer of 16 bits.
    Integer,
    /// An integer of 32 bits.
    Long,
    /// A float of 32 bits.
    Single,
    /// A float of 64 bits.
    Double,
    /// A date and time.
    DateTime,
    /// A boolean.
    Boolean,
}

/// How the values of a column are cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clean {
    /// The 14 characters that identify an event.
    EvId,
    /// A code: trimmed, in upper case. Words for "unknown" become null. NONE is kept.
    Code,
    /// Text that is only trimmed, for keys and code lists, where UNK is an entry.
    Literal,
    /// A name or short free text: blanks are collapsed. Words for "unknown" become null.
    Name,
    /// A registration mark: NONE, UNREG, UNK and the like become null.
    Registration,
    /// Long free text: control characters are removed, XML entities decoded, lines end with `\n`.
    Prose,
    /// A number.
    Number,
    /// A number for which the source writes 0 for "unknown".
    ZeroIsNull,
    /// A time of day, written HHMM.
    HourMinute,
    /// A date. A time of day is dropped.
    Date,
    /// A date with a time, to the second.
    Timestamp,
    /// A boolean.
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
    /// Finds a table by its name.
    pub fn find(name: &str) -> Option<&'static Table> {
        TABLES.iter().find(|t| t.name == name)
    }

    /// Finds a column of the file by its name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Whether the file has a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.column(name).is_some()
    }

    /// Whether only NTSB's API fills the table.
    pub fn is_api_only(&self) -> bool {
        case_record::NAMES.contains(&self.name)
    }

    /// Whether only `PRE1982.MDB` fills the table.
    pub fn is_legacy(&self) -> bool {
        pre1982::NAMES.contains(&self.name)
    }
}

impl Column {
    /// Whether the value is part of the content hash.
    pub fn is_hashed(&self) -> bool {
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

/// Normalizes the name of a table or column in a file: lower case, with underscores for blanks
/// (`Category of Data` is `category_of_data`). Skips a byte order mark at the start of a file.
pub fn normalize_name(raw: &str) -> String {
    raw.trim_start_matches('\u{FEFF}').trim().to_lowercase().replace(' ', "_")
}

#[cfg(test)]
mod tests;
