//! Checks one rule on one row and reports the violations.

use super::*;
use crate::catalogue::is_spreadsheet_date;

/// Columns and the columns derived from them. If the first is dropped, the second is dropped too.
const DERIVED_COLUMNS: &[(&str, &str)] = &[
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

/// A row that is being checked, and its violations so far.
pub(super) struct RowCheck<'q, 'a> {
    pub table: &'static Table,
    pub row: &'q mut CleanRow<'a>,
    pub context: &'q Context<'a>,
    pub out: &'q mut Vec<Violation>,
    /// Index in `out` of the first violation of this row.
    pub first_violation: usize,
}

impl BoundRule {
    /// Checks the rule. Nearly every row passes nearly every rule, so nothing may be allocated
    /// unless the row fails.
    pub(super) fn check(&self, row: &mut RowCheck) {
        match &self.check {
            BoundCheck::Dropped(_) => {}
            BoundCheck::KeyMissing(key) => self.check_key(key, row),
            BoundCheck::TooLong(columns) => self.check_each(row, columns, |row, (at, max)| {
                text(row, *at).is_some_and(|t| is_longer(t, *max)).then_some(*at)
            }),
            BoundCheck::FarTooLong(columns) => self.check_each(row, columns, |row, (at, width)| {
                let max_bytes = self.threshold? * *width as f64;
                text(row, *at).is_some_and(|t| t.len() as f64 > max_bytes).then_some(*at)
            }),
            BoundCheck::SpreadsheetDate(columns) => self.check_each(row, columns, |row, at| {
                text(row, *at).is_some_and(is_spreadsheet_date).then_some(*at)
            }),
            BoundCheck::UnlistedCode(columns) => {
                self.check_each(row, columns, |row, (at, codes)| {
                    text(row, *at).is_some_and(|code| !codes.contains(code)).then_some(*at)
                })
            }
            BoundCheck::Below(columns) => self.check_each(row, columns, |row, at| {
                self.compare(row, *at, |n, threshold| n < threshold).then_some(*at)
            }),
            BoundCheck::Above(columns) => self.check_each(row, columns, |row, at| {
                self.compare(row, *at, |n, threshold| n > threshold).then_some(*at)
            }),
            BoundCheck::FailsIf(positions, test) => {
                let threshold = self.threshold.unwrap_or(f64::NAN);
                let (values, context) = (&row.row.values, row.context);
                if test(&Cells { values, positions, context, threshold }) {
                    self.report(row, self.column, positions);
                }
            }
            BoundCheck::Sparse(columns) => self.check_sparse(columns, row),
            BoundCheck::Predicate(predicate) if predicate.eval(&row.row.values) == Some(false) => {
                self.report(row, self.column, predicate.columns());
            }
            _ if self.has_unlisted_code(row.row) => self.report(row, self.column, &[]),
            _ => {}
        }
    }

    /// Reports a key column that is null, unless cleaning dropped its value, which is reported as
    /// another violation.
    fn check_key(&self, key: &[usize], row: &mut RowCheck) {
        let is_reported =
            |at| row.out.iter().skip(row.first_violation).any(|v| v.column == Some(at));
        let is_missing = |at: &&usize| is_null(row.row, **at) && !is_reported(**at);
        if let Some(at) = key.iter().find(is_missing) {
            self.report(row, Some(*at), &[]);
        }
    }

    /// Reports each column for which `fails` returns its position.
    fn check_each<T>(
        &self,
        row: &mut RowCheck,
        columns: &[T],
        fails: impl Fn(&CleanRow, &T) -> Option<usize>,
    ) {
        for column in columns {
            if let Some(at) = fails(row.row, column) {
                self.report(row, Some(at), &[]);
            }
        }
    }

    /// Reports the row if the share of nulls among the columns is above the threshold.
    fn check_sparse(&self, columns: &[usize], row: &mut RowCheck) {
        let nulls = columns.iter().filter(|at| is_null(row.row, **at)).count();
        if self.threshold.is_some_and(|max| nulls as f64 > max * columns.len() as f64) {
            let null = columns.iter().copied().filter(|at| is_null(row.row, *at));
            let null: Vec<_> = null.collect();
            self.report(row, None, &null);
        }
    }

    /// The checks of a code in the rule's own column.
    fn has_unlisted_code(&self, row: &CleanRow) -> bool {
        match &self.check {
            BoundCheck::NoneOf(at, codes) => text(row, *at).is_some_and(|t| !codes.contains(&t)),
            BoundCheck::UnlistedPart { at, from, to, codes } => match row.values.get(*at) {
                Some(Value::Text(text)) => {
                    let part = text.get(*from..(*to).min(text.len()));
                    part.is_some_and(|part| !codes.contains(part))
                }
                Some(Value::Int(n)) => !codes.contains_number(*n),
                _ => false,
            },
            BoundCheck::UnlistedAnswer { question, answer, codes } => {
                match (text(row, *question), text(row, *answer)) {
                    (Some(q), Some(a)) => {
                        codes.get(question_stem(q)).is_some_and(|c| !c.contains(a))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Compares a number with the threshold. False if either is missing.
    fn compare(&self, row: &CleanRow, at: usize, comparison: fn(f64, f64) -> bool) -> bool {
        match (row.values.get(at).and_then(number), self.threshold) {
            (Some(n), Some(threshold)) => comparison(n, threshold),
            _ => false,
        }
    }

    /// The violation for a value that cleaning dropped.
    pub(super) fn dropped_value(&self, table: &Table, column: usize, raw: &str) -> Violation {
        let raw = truncate_value(raw);
        Violation {
            rule: self.id.clone(),
            gate: self.gate,
            column: Some(column),
            action: self.action_on(table, Some(column)),
            reason: format!("{}: {}", self.description, format_cell(table, column, &raw)),
            value: raw,
        }
    }

    /// Records the violation, and drops the value if that is the action. `checked` are the columns
    /// that made the row fail. Empty: the column that is wrong.
    fn report(&self, row: &mut RowCheck, column: Option<usize>, checked: &[usize]) {
        let table = row.table;
        let action = self.action_on(table, column);
        let value = |at: usize| format_value(row.row.values.get(at).unwrap_or(&Value::Null));
        let checked = if checked.is_empty() { column.as_slice() } else { checked };
        let cells: Vec<_> = checked.iter().map(|at| format_cell(table, *at, &value(*at))).collect();
        let cells = truncate_value(&cells.join(", "));
        let threshold = self.threshold.map(|t| format!(" (threshold {t})")).unwrap_or_default();
        row.out.push(Violation {
            rule: self.id.clone(),
            gate: self.gate,
            column,
            value: column.map_or_else(|| cells.clone(), value),
            action,
            reason: format!("{}{threshold}: {cells}", self.description),
        });
        if let (Action::Null, Some(at)) = (action, column) {
            drop_value(table, row.row, at);
        }
    }

    /// The action for a column. A row without its complete key is rejected instead.
    fn action_on(&self, table: &Table, column: Option<usize>) -> Action {
        let name = column.and_then(|at| table.columns.get(at)).map(|c| c.name);
        let is_in_key = name.is_some_and(|n| table.key.contains(&n));
        if self.action == Action::Null && is_in_key { Action::Reject } else { self.action }
    }
}

/// Removes the digit that NTSB appends to a question for its exclusive answers (`landing_gear0`).
pub(super) fn question_stem(question: &str) -> &str {
    question.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// Drops a value from the row, and the values derived from it.
fn drop_value(table: &Table, row: &mut CleanRow, at: usize) {
    set(row, at, Value::Null);
    let names = || table.columns.iter().chain(table.derived).map(|c| c.name);
    let Some(name) = names().nth(at) else { return };
    for (_, derived) in DERIVED_COLUMNS.iter().filter(|(source, _)| *source == name) {
        if let Some(at) = names().position(|n| n == *derived) {
            let value = match *derived {
                "coord_source" => Value::Text(Cow::Borrowed("none")),
                _ => Value::Null,
            };
            set(row, at, value);
        }
    }
}

fn set<'a>(row: &mut CleanRow<'a>, at: usize, value: Value<'a>) {
    if let Some(slot) = row.values.get_mut(at) {
        *slot = value;
    }
}

fn format_cell(table: &Table, at: usize, value: &str) -> String {
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

/// Whether a text has more than `max` characters. Counts them only if it has more bytes than that.
fn is_longer(text: &str, max: usize) -> bool {
    text.len() > max && text.chars().nth(max).is_some()
}
