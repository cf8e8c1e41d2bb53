//! Asking one rule, and saying what it found.

use super::*;
use crate::catalogue::is_month_form;

/// Columns that cleaning made of others: where the first is dropped, the second falls too.
const MADE_OF: &[(&str, &str)] = &[
    ("wx_temp", "wx_temp_c"),
    ("wx_dew_pt", "wx_dew_pt_c"),
    ("dec_latitude", "lat"),
    ("dec_latitude", "lon"),
    ("dec_latitude", "coord_source"),
    ("dec_longitude", "lat"),
    ("dec_longitude", "lon"),
    ("dec_longitude", "coord_source"),
    ("lat", "lon"),
    ("lat", "coord_source"),
    ("lon", "lat"),
    ("lon", "coord_source"),
    ("ev_date", "ev_year"),
    ("ev_date", "ev_month"),
    ("acft_make", "acft_make_std"),
    ("acft_model", "acft_model_std"),
    ("eng_mfgr", "eng_mfgr_std"),
];

/// A row that is being checked, and what has been found in it.
pub(super) struct Asked<'q, 'a> {
    pub table: &'static Table,
    pub row: &'q mut CleanRow<'a>,
    pub context: &'q Context<'a>,
    pub out: &'q mut Vec<Violation>,
    /// Where this row's violations begin in `out`.
    pub before: usize,
}

impl Bound {
    /// Asks the rule. Nearly every row passes nearly every rule, so that up to a failure nothing
    /// may be allocated.
    pub(super) fn check(&self, asked: &mut Asked) {
        match &self.test {
            Test::Dropped(_) => {}
            Test::Missing(key) => self.missing(key, asked),
            Test::TooLong(columns) => self.each(asked, columns, |row, (at, most)| {
                text(row, *at).is_some_and(|t| longer(t, *most)).then_some(*at)
            }),
            Test::FarTooLong(columns) => self.each(asked, columns, |row, (at, width)| {
                let most = self.limit? * *width as f64;
                text(row, *at).is_some_and(|t| t.len() as f64 > most).then_some(*at)
            }),
            Test::MonthForm(columns) => self.each(asked, columns, |row, at| {
                text(row, *at).is_some_and(is_month_form).then_some(*at)
            }),
            Test::Unlisted(columns) => self.each(asked, columns, |row, (at, codes)| {
                text(row, *at).is_some_and(|code| !codes.lists(code)).then_some(*at)
            }),
            Test::Below(columns) => self.each(asked, columns, |row, at| {
                self.beyond(row, *at, |n, limit| n < limit).then_some(*at)
            }),
            Test::Above(columns) => self.each(asked, columns, |row, at| {
                self.beyond(row, *at, |n, limit| n > limit).then_some(*at)
            }),
            Test::Fails(at, fails) => {
                let (limit, context) = (self.limit.unwrap_or(f64::NAN), asked.context);
                if fails(&Cells { values: &asked.row.values, at, context, limit }) {
                    self.report(asked, self.column, at);
                }
            }
            Test::Sparse(columns) => self.sparse(columns, asked),
            Test::Predicate(condition) if condition.eval(&asked.row.values) == Some(false) => {
                self.report(asked, self.column, condition.columns());
            }
            _ if self.fails_alone(asked.row) => self.report(asked, self.column, &[]),
            _ => {}
        }
    }

    /// A part of the key is null. One that could not be read has been reported as such.
    fn missing(&self, key: &[usize], asked: &mut Asked) {
        let known = |at| asked.out.iter().skip(asked.before).any(|v| v.column == Some(at));
        let missing = |at: &&usize| is_null(asked.row, **at) && !known(**at);
        if let Some(at) = key.iter().find(missing) {
            self.report(asked, Some(*at), &[]);
        }
    }

    /// Reports each column that fails.
    fn each<T>(
        &self,
        asked: &mut Asked,
        columns: &[T],
        fails: impl Fn(&CleanRow, &T) -> Option<usize>,
    ) {
        for column in columns {
            if let Some(at) = fails(asked.row, column) {
                self.report(asked, Some(at), &[]);
            }
        }
    }

    /// Too many of the columns are null.
    fn sparse(&self, columns: &[usize], asked: &mut Asked) {
        let nulls = columns.iter().filter(|at| is_null(asked.row, **at)).count();
        if self.limit.is_some_and(|most| nulls as f64 > most * columns.len() as f64) {
            let null = columns.iter().copied().filter(|at| is_null(asked.row, *at));
            let missing: Vec<_> = null.collect();
            self.report(asked, None, &missing);
        }
    }

    /// The tests that look at the rule's own column.
    fn fails_alone(&self, row: &CleanRow) -> bool {
        match &self.test {
            Test::NoneOf(at, codes) => text(row, *at).is_some_and(|t| !codes.contains(&t)),
            Test::Part { at, from, to, codes } => match row.values.get(*at) {
                Some(Value::Text(text)) => {
                    let part = text.get(*from..(*to).min(text.len()));
                    part.is_some_and(|part| !codes.lists(part))
                }
                Some(Value::Int(n)) => !codes.lists_number(*n),
                _ => false,
            },
            Test::Answer { question, answer, codes } => {
                match (text(row, *question), text(row, *answer)) {
                    (Some(q), Some(a)) => codes.get(stem(q)).is_some_and(|c| !c.lists(a)),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn beyond(&self, row: &CleanRow, at: usize, how: fn(f64, f64) -> bool) -> bool {
        match (row.values.get(at).and_then(number), self.limit) {
            (Some(n), Some(limit)) => how(n, limit),
            _ => false,
        }
    }

    /// What is said of a value that cleaning dropped.
    pub(super) fn dropped(&self, table: &Table, column: usize, raw: &str) -> Violation {
        Violation {
            rule: self.id.clone(),
            gate: self.gate,
            column: Some(column),
            value: cut(raw),
            action: self.action_on(table, Some(column)),
            reason: format!("{}: {}", self.says, named(table, column, &cut(raw))),
        }
    }

    /// Records the violation and drops the value if that is the rule's action. `read` are the
    /// columns that made the row fail.
    fn report(&self, asked: &mut Asked, column: Option<usize>, read: &[usize]) {
        let (table, row) = (asked.table, &mut *asked.row);
        let action = self.action_on(table, column);
        let of = |at: usize| shown(row.values.get(at).unwrap_or(&Value::Null));
        let list = |all: &[usize]| {
            let cells: Vec<_> = all.iter().map(|at| named(table, *at, &of(*at))).collect();
            cut(&cells.join(", "))
        };
        let read = if read.is_empty() { column.as_slice() } else { read };
        let cells = list(read);
        let limit = self.limit.map(|l| format!(" (threshold {l})")).unwrap_or_default();
        asked.out.push(Violation {
            rule: self.id.clone(),
            gate: self.gate,
            column,
            value: column.map_or_else(|| cells.clone(), of),
            action,
            reason: format!("{}{limit}: {cells}", self.says),
        });
        if let (Action::Null, Some(at)) = (action, column) {
            drop_value(table, row, at);
        }
    }

    /// A row cannot do without a part of its key.
    fn action_on(&self, table: &Table, column: Option<usize>) -> Action {
        let name = column.and_then(|at| table.columns.get(at)).map(|c| c.name);
        let in_key = name.is_some_and(|n| table.key.contains(&n));
        if self.action == Action::Null && in_key { Action::Reject } else { self.action }
    }
}

/// A question without the digit that tells its exclusive answers (`landing_gear0`) from others.
pub(super) fn stem(question: &str) -> &str {
    question.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// Takes a value out of the row, and what was made of it.
fn drop_value(table: &Table, row: &mut CleanRow, at: usize) {
    set(row, at, Value::Null);
    let names = || table.columns.iter().chain(table.derived).map(|c| c.name);
    let Some(name) = names().nth(at) else { return };
    for (_, made) in MADE_OF.iter().filter(|(of, _)| *of == name) {
        if let Some(at) = names().position(|n| n == *made) {
            let none = *made == "coord_source";
            set(row, at, if none { Value::Text(Cow::Borrowed("none")) } else { Value::Null });
        }
    }
}

fn set<'a>(row: &mut CleanRow<'a>, at: usize, value: Value<'a>) {
    if let Some(slot) = row.values.get_mut(at) {
        *slot = value;
    }
}

fn named(table: &Table, at: usize, value: &str) -> String {
    let name = table.columns.iter().chain(table.derived).nth(at).map_or("?", |c| c.name);
    format!("{name} = {value}")
}

fn is_null(row: &CleanRow, at: usize) -> bool {
    matches!(row.values.get(at), None | Some(Value::Null))
}

fn text<'r>(row: &'r CleanRow, at: usize) -> Option<&'r str> {
    match row.values.get(at) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Whether a text has more characters; counted only where its bytes leave a doubt.
fn longer(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().nth(most).is_some()
}
