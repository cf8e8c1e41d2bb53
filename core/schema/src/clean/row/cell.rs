//! Cleans the cells of one column.

use crate::clean::{DefectKinds, Value, code, coordinate, date, name, number, text, time};
use crate::tables::{Access, Clean, Column, Table};

/// Columns that contain airport and station identifiers, with the column of their state. `UNK` is the
/// airport Unalakleet in Alaska and means "unknown" elsewhere.
const STATIONS: &[(&str, &str)] = &[
    ("ev_nr_apt_id", "ev_state"),
    ("wx_obs_fac_id", "ev_state"),
    ("dprt_apt_id", "dprt_state"),
    ("dest_apt_id", "dest_state"),
];

/// Columns of `events` in which 0 means zero or "unknown" depending on other columns.
const ZERO_DEPENDS_ON_ROW: &[&str] = &["apt_dist", "wx_temp", "wx_dew_pt"];

/// Text columns in which only zeros mean "none", because no postal code or runway consists of zeros.
const ZEROS_MEAN_NONE: &[&str] = &["ev_site_zipcode", "owner_zip", "oper_zip", "rwy_num"];

/// Codes of a fixed number of digits that may start with 0.
const PADDED_NUMBERS: &[(&str, usize)] = &[
    ("category_no", 2),
    ("subcategory_no", 2),
    ("section_no", 2),
    ("subsection_no", 2),
    ("modifier_no", 2),
    ("eventsoe_no", 3),
];

/// Columns whose codes include T and F.
const TRUE_FALSE: &[&str] = &["cm_inpc", "gust_ind", "wind_vel_ind"];

/// Cleans the cells of one column.
#[derive(Debug, Clone, Copy)]
pub(super) struct CellCleaner {
    rule: Rule,
    zero_is_null: bool,
}

#[derive(Debug, Clone, Copy)]
enum Rule {
    EvId,
    Code,
    PaddedNumber(usize),
    FindingCode,
    FarPart,
    TrueFalse,
    DayOfWeek,
    /// With the position of the state column.
    Station(Option<usize>),
    Literal,
    Name,
    NumberedName,
    Registration,
    Prose,
    Smallint,
    Integer,
    Real,
    Double,
    Altimeter,
    Time,
    Date,
    Timestamp,
    Boolean,
    Coordinate,
}

impl CellCleaner {
    pub fn new(table: &Table, column: &Column) -> CellCleaner {
        let depends_on_row = table.name == "events" && ZERO_DEPENDS_ON_ROW.contains(&column.name);
        CellCleaner {
            rule: Rule::for_column(table, column),
            zero_is_null: column.clean == Clean::ZeroIsNull && !depends_on_row,
        }
    }

    pub fn clean<'a>(
        self,
        raw: &'a str,
        row: &[Option<&'a str>],
        defects: &mut DefectKinds,
    ) -> Value<'a> {
        let value = self.rule.apply(raw, row, defects);
        if self.zero_is_null { number::zero_to_null(value, defects) } else { value }
    }
}

impl Rule {
    /// The rule that returns values of the column's PostgreSQL type.
    fn for_column(table: &Table, column: &Column) -> Rule {
        match (column.access, column.clean) {
            (Access::Byte | Access::Integer | Access::Long, Clean::HourMinute) => Rule::Time,
            (Access::Byte | Access::Integer, _) => Rule::Smallint,
            (Access::Long, _) => Rule::Integer,
            (Access::Single, _) if column.name == "altimeter" => Rule::Altimeter,
            (Access::Single, _) => Rule::Real,
            (Access::Double, _) => Rule::Double,
            (Access::Boolean, _) => Rule::Boolean,
            (Access::DateTime, Clean::Date) => Rule::Date,
            (Access::DateTime, _) => Rule::Timestamp,
            (Access::Text(_) | Access::Memo, clean) => Rule::for_text(table, column.name, clean),
        }
    }

    fn for_text(table: &Table, name: &str, clean: Clean) -> Rule {
        if let (Clean::Code, Some(rule)) = (clean, Rule::for_special_code(name)) {
            return rule;
        }
        match clean {
            Clean::EvId => Rule::EvId,
            Clean::Code | Clean::Name => match STATIONS.iter().find(|(id, _)| *id == name) {
                Some((_, state)) => {
                    Rule::Station(table.columns.iter().position(|c| c.name == *state))
                }
                None if clean == Clean::Code => Rule::Code,
                None if ZEROS_MEAN_NONE.contains(&name) => Rule::NumberedName,
                None => Rule::Name,
            },
            Clean::Registration => Rule::Registration,
            Clean::Prose => Rule::Prose,
            Clean::Latitude | Clean::Longitude => Rule::Coordinate,
            _ => Rule::Literal,
        }
    }

    /// The rule of a code column that needs more than [`Rule::Code`].
    fn for_special_code(name: &str) -> Option<Rule> {
        if let Some((_, width)) = PADDED_NUMBERS.iter().find(|(column, _)| *column == name) {
            return Some(Rule::PaddedNumber(*width));
        }
        match name {
            "ev_dow" => Some(Rule::DayOfWeek),
            "finding_code" => Some(Rule::FindingCode),
            "far_part" => Some(Rule::FarPart),
            _ if TRUE_FALSE.contains(&name) => Some(Rule::TrueFalse),
            _ => None,
        }
    }

    fn apply<'a>(
        self,
        raw: &'a str,
        row: &[Option<&'a str>],
        defects: &mut DefectKinds,
    ) -> Value<'a> {
        match self {
            Rule::EvId => code::clean_ev_id(raw, defects),
            Rule::Code => code::clean_code(raw, defects),
            Rule::PaddedNumber(width) => code::clean_padded_number(raw, width, defects),
            Rule::FindingCode => code::clean_finding_code(raw, defects),
            Rule::FarPart => code::clean_far_part(raw, defects),
            Rule::TrueFalse => code::clean_true_false(raw, defects),
            Rule::DayOfWeek => code::clean_day_of_week(raw, defects),
            Rule::Station(state) => {
                let state = state.and_then(|at| row.get(at).copied().flatten());
                name::clean_station(raw, state == Some("AK"), defects)
            }
            Rule::Literal => text::clean_literal(raw, defects),
            Rule::Name => name::clean_name(raw, defects),
            Rule::NumberedName => name::clean_numbered_name(raw, defects),
            Rule::Registration => name::clean_registration(raw, defects),
            Rule::Prose => text::clean_prose(raw, defects),
            Rule::Smallint => number::clean_smallint(raw, defects),
            Rule::Integer => number::clean_integer(raw, defects),
            Rule::Real => number::clean_real(raw, defects),
            Rule::Double => number::clean_double(raw, defects),
            Rule::Altimeter => number::clean_altimeter(raw, defects),
            Rule::Time => time::clean_time(raw, defects),
            Rule::Date => date::clean_date(raw, defects),
            Rule::Timestamp => date::clean_timestamp(raw, defects),
            Rule::Boolean => code::clean_boolean(raw, defects),
            Rule::Coordinate => coordinate::clean_coordinate(raw, defects),
        }
    }
}
