//! A whole row: the rule of each column, then those that look across columns.

use super::{Defect, Flaw, Flaws, Value, code, coordinate, date, name, number, text, time};
use crate::source::{Access, Clean, Column, Table};
use std::borrow::Cow;

/// What the row itself does not hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// FAR part of the event's first aircraft, which tells the unit of its temperatures.
    pub far_part: Option<&'a str>,
}

/// A cleaned row, kept and reused from one row to the next.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CleanRow<'a> {
    /// One for each of the table's columns, then one for each derived column.
    pub values: Vec<Value<'a>>,
    pub defects: Vec<Defect<'a>>,
}

impl CleanRow<'_> {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn clear(&mut self) {
        self.values.clear();
        self.defects.clear();
    }
}

/// The rules of one table, compiled once.
#[derive(Debug, Clone)]
pub struct RowCleaner {
    steps: Vec<Step>,
    derived: usize,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    rule: Rule,
    zero_is_null: bool,
}

/// How one cell is cleaned.
#[derive(Debug, Clone, Copy)]
enum Rule {
    EvId,
    Code,
    DayOfWeek,
    Literal,
    Name,
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
    Latitude,
    Longitude,
}

impl RowCleaner {
    pub fn new(table: &'static Table) -> Self {
        let step = |c: &Column| Step {
            rule: Rule::of(c.name, c.access, c.clean),
            zero_is_null: c.clean == Clean::ZeroIsNull,
        };
        Self {
            steps: table.columns.iter().map(step).collect(),
            derived: table.derived.len(),
        }
    }

    /// Cleans a row; `raw` has one entry for each of the table's columns.
    pub fn clean<'a>(
        &self,
        raw: &[Option<&'a str>],
        _context: &Context<'a>,
        out: &mut CleanRow<'a>,
    ) {
        out.clear();
        for (column, step) in self.steps.iter().enumerate() {
            let value = match raw.get(column).copied().flatten() {
                None | Some("") => Value::Null,
                Some(raw) => {
                    let mut flaws = Flaws::default();
                    let value = step.apply(raw, &mut flaws);
                    report(out, column, raw, flaws);
                    value
                }
            };
            out.values.push(value);
        }
        out.values.extend((0..self.derived).map(|_| Value::Null));
    }
}

fn report<'a>(out: &mut CleanRow<'a>, column: usize, raw: &'a str, flaws: Flaws) {
    if flaws.is_empty() {
        return;
    }
    let defect = |flaw: Flaw| Defect {
        column,
        flaw,
        raw: Cow::Borrowed(raw),
    };
    out.defects.extend(flaws.iter().map(defect));
}

impl Step {
    fn apply<'a>(self, raw: &'a str, flaws: &mut Flaws) -> Value<'a> {
        let value = self.rule.apply(raw, flaws);
        if self.zero_is_null {
            number::zero_is_null(value, flaws)
        } else {
            value
        }
    }
}

impl Rule {
    /// The rule that gives a value of the column's PostgreSQL type.
    fn of(name: &str, access: Access, clean: Clean) -> Rule {
        match (access, clean) {
            (Access::Byte | Access::Integer | Access::Long, Clean::HourMinute) => Rule::HourMinute,
            (Access::Byte | Access::Integer, _) => Rule::Small,
            (Access::Long, _) => Rule::Long,
            (Access::Single, _) if name == "altimeter" => Rule::Altimeter,
            (Access::Single, _) => Rule::Single,
            (Access::Double, _) => Rule::Double,
            (Access::Boolean, _) => Rule::Boolean,
            (Access::DateTime, Clean::Date) => Rule::Date,
            (Access::DateTime, _) => Rule::Timestamp,
            (_, Clean::EvId) => Rule::EvId,
            (_, Clean::Code) if name == "ev_dow" => Rule::DayOfWeek,
            (_, Clean::Code) => Rule::Code,
            (_, Clean::Name) => Rule::Name,
            (_, Clean::Registration) => Rule::Registration,
            (_, Clean::Prose) => Rule::Prose,
            (_, Clean::Latitude) => Rule::Latitude,
            (_, Clean::Longitude) => Rule::Longitude,
            _ => Rule::Literal,
        }
    }

    fn apply<'a>(self, raw: &'a str, flaws: &mut Flaws) -> Value<'a> {
        match self {
            Rule::EvId => code::ev_id(raw, flaws),
            Rule::Code => code::code(raw, flaws),
            Rule::DayOfWeek => code::day_of_week(raw, flaws),
            Rule::Literal => text::literal(raw, flaws),
            Rule::Name => name::name(raw, flaws),
            Rule::Registration => name::registration(raw, flaws),
            Rule::Prose => text::prose(raw, flaws),
            Rule::Small => number::small(raw, flaws),
            Rule::Long => number::long(raw, flaws),
            Rule::Single => number::single(raw, flaws),
            Rule::Double => number::double(raw, flaws),
            Rule::Altimeter => number::altimeter(raw, flaws),
            Rule::HourMinute => time::hour_minute(raw, flaws),
            Rule::Date => date::date(raw, flaws),
            Rule::Timestamp => date::timestamp(raw, flaws),
            Rule::Boolean => code::boolean(raw, flaws),
            Rule::Latitude | Rule::Longitude => coordinate::text(raw, flaws),
        }
    }
}
