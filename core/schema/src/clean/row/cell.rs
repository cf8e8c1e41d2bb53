//! The rule of one column.

use crate::clean::{DefectKinds, Value, code, coordinate, date, name, number, text, time};
use crate::tables::{Access, Clean, Column, Table};

/// Columns that hold airport and station identifiers, with the column that tells their state:
/// `UNK` is Unalakleet in Alaska and "unknown" elsewhere.
const STATIONS: &[(&str, &str)] = &[
    ("ev_nr_apt_id", "ev_state"),
    ("wx_obs_fac_id", "ev_state"),
    ("dprt_apt_id", "dprt_state"),
    ("dest_apt_id", "dest_state"),
];

/// Columns of `events` whose 0 means null or zero depending on other columns.
const ZERO_BY_NEIGHBOURS: &[&str] = &["apt_dist", "wx_temp", "wx_dew_pt"];

/// Text columns in which a number of zeros only stands for none: there is no such postal code and
/// no such runway.
const ZERO_IS_NONE: &[&str] = &["ev_site_zipcode", "owner_zip", "oper_zip", "rwy_num"];

/// Codes of a fixed number of digits that may begin with 0.
const DIGITS: &[(&str, usize)] = &[
    ("category_no", 2),
    ("subcategory_no", 2),
    ("section_no", 2),
    ("subsection_no", 2),
    ("modifier_no", 2),
    ("eventsoe_no", 3),
];

/// Codes of which T and F are two.
const TRUE_FALSE: &[&str] = &["cm_inpc", "gust_ind", "wind_vel_ind"];

/// How the cells of one column are cleaned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    rule: Rule,
    zero_is_null: bool,
}

#[derive(Debug, Clone, Copy)]
enum Rule {
    EvId,
    Code,
    Digits(usize),
    FindingCode,
    FarPart,
    TrueFalse,
    DayOfWeek,
    /// With the position of the state's column.
    Station(Option<usize>),
    Literal,
    Name,
    /// A name of which a number of zeros is none.
    Numbered,
    Registration,
    Prose,
    Small,
    Long,
    Single,
    Double,
    Altimeter,
    HourMinute,
    Date,
    Timestamp,
    Boolean,
    Coordinate,
}

impl Cell {
    pub fn new(table: &Table, column: &Column) -> Cell {
        let neighbours = table.name == "events" && ZERO_BY_NEIGHBOURS.contains(&column.name);
        Cell {
            rule: Rule::of(table, column),
            zero_is_null: column.clean == Clean::ZeroIsNull && !neighbours,
        }
    }

    pub fn clean<'a>(
        self,
        raw: &'a str,
        row: &[Option<&'a str>],
        defect_kinds: &mut DefectKinds,
    ) -> Value<'a> {
        let value = self.rule.apply(raw, row, defect_kinds);
        if self.zero_is_null { number::zero_is_null(value, defect_kinds) } else { value }
    }
}

impl Rule {
    /// The rule that gives a value of the column's PostgreSQL type.
    fn of(table: &Table, column: &Column) -> Rule {
        match (column.access, column.clean) {
            (Access::Byte | Access::Integer | Access::Long, Clean::HourMinute) => Rule::HourMinute,
            (Access::Byte | Access::Integer, _) => Rule::Small,
            (Access::Long, _) => Rule::Long,
            (Access::Single, _) if column.name == "altimeter" => Rule::Altimeter,
            (Access::Single, _) => Rule::Single,
            (Access::Double, _) => Rule::Double,
            (Access::Boolean, _) => Rule::Boolean,
            (Access::DateTime, Clean::Date) => Rule::Date,
            (Access::DateTime, _) => Rule::Timestamp,
            (Access::Text(_) | Access::Memo, clean) => Rule::of_text(table, column.name, clean),
        }
    }

    fn of_text(table: &Table, name: &str, clean: Clean) -> Rule {
        if let (Clean::Code, Some(rule)) = (clean, Rule::of_code(name)) {
            return rule;
        }
        match clean {
            Clean::EvId => Rule::EvId,
            Clean::Code | Clean::Name => match STATIONS.iter().find(|(id, _)| *id == name) {
                Some((_, state)) => {
                    Rule::Station(table.columns.iter().position(|c| c.name == *state))
                }
                None if clean == Clean::Code => Rule::Code,
                None if ZERO_IS_NONE.contains(&name) => Rule::Numbered,
                None => Rule::Name,
            },
            Clean::Registration => Rule::Registration,
            Clean::Prose => Rule::Prose,
            Clean::Latitude | Clean::Longitude => Rule::Coordinate,
            _ => Rule::Literal,
        }
    }

    /// The rule of a code that has one of its own.
    fn of_code(name: &str) -> Option<Rule> {
        if let Some((_, width)) = DIGITS.iter().find(|(column, _)| *column == name) {
            return Some(Rule::Digits(*width));
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
        defect_kinds: &mut DefectKinds,
    ) -> Value<'a> {
        match self {
            Rule::EvId => code::ev_id(raw, defect_kinds),
            Rule::Code => code::code(raw, defect_kinds),
            Rule::Digits(width) => code::digits(raw, width, defect_kinds),
            Rule::FindingCode => code::finding(raw, defect_kinds),
            Rule::FarPart => code::far_part(raw, defect_kinds),
            Rule::TrueFalse => code::true_false(raw, defect_kinds),
            Rule::DayOfWeek => code::day_of_week(raw, defect_kinds),
            Rule::Station(state) => {
                let state = state.and_then(|at| row.get(at).copied().flatten());
                name::station(raw, state == Some("AK"), defect_kinds)
            }
            Rule::Literal => text::literal(raw, defect_kinds),
            Rule::Name => name::name(raw, defect_kinds),
            Rule::Numbered => name::numbered(raw, defect_kinds),
            Rule::Registration => name::registration(raw, defect_kinds),
            Rule::Prose => text::prose(raw, defect_kinds),
            Rule::Small => number::small(raw, defect_kinds),
            Rule::Long => number::long(raw, defect_kinds),
            Rule::Single => number::single(raw, defect_kinds),
            Rule::Double => number::double(raw, defect_kinds),
            Rule::Altimeter => number::altimeter(raw, defect_kinds),
            Rule::HourMinute => time::hour_minute(raw, defect_kinds),
            Rule::Date => date::date(raw, defect_kinds),
            Rule::Timestamp => date::timestamp(raw, defect_kinds),
            Rule::Boolean => code::boolean(raw, defect_kinds),
            Rule::Coordinate => coordinate::text(raw, defect_kinds),
        }
    }
}
