//! Asking one rule, and saying what it found.

use super::*;

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

impl Bound {
    /// Asks the rule. Nearly every row passes nearly every rule, so that up to here nothing may
    /// be allocated.
    pub(super) fn check<'a>(
        &self,
        table: &Table,
        row: &mut CleanRow<'a>,
        context: &Context<'a>,
        out: &mut Vec<Violation>,
    ) {
        match &self.test {
            Test::Dropped(_) => {}
            Test::Missing(at) => {
                if let Some(at) = at.iter().find(|at| is_null(row, **at)) {
                    self.report(table, row, Some(*at), &[], out);
                }
            }
            Test::TooLong(columns) => {
                for (at, most) in columns {
                    if text(row, *at).is_some_and(|t| longer(t, *most)) {
                        self.report(table, row, Some(*at), &[], out);
                    }
                }
            }
            Test::Unlisted(columns) => {
                for (at, codes) in columns {
                    if text(row, *at).is_some_and(|code| !codes.lists(code)) {
                        self.report(table, row, Some(*at), &[], out);
                    }
                }
            }
            Test::Fails(at, fails) => {
                let limit = self.limit.unwrap_or(f64::NAN);
                if fails(&Cells { values: &row.values, at, context, limit }) {
                    self.report(table, row, self.column, at, out);
                }
            }
            Test::Sparse(at) => {
                let nulls = at.iter().filter(|at| is_null(row, **at)).count();
                if self.limit.is_some_and(|most| nulls as f64 > most * at.len() as f64) {
                    let missing: Vec<_> =
                        at.iter().copied().filter(|at| is_null(row, *at)).collect();
                    self.report(table, row, None, &missing, out);
                }
            }
            Test::Predicate(predicate) => {
                if predicate.eval(&row.values) == Some(false) {
                    self.report(table, row, self.column, predicate.columns(), out);
                }
            }
            _ => {
                if self.fails_alone(row) {
                    self.report(table, row, self.column, &[], out);
                }
            }
        }
    }

    /// The tests that look at the rule's own column.
    fn fails_alone(&self, row: &CleanRow) -> bool {
        let limit = self.limit.unwrap_or(f64::NAN);
        let number = |at: usize| row.values.get(at).and_then(number);
        match &self.test {
            Test::Below(at) => number(*at).is_some_and(|n| n < limit),
            Test::Above(at) => number(*at).is_some_and(|n| n > limit),
            Test::NoneOf(at, codes) => text(row, *at).is_some_and(|t| !codes.contains(&t)),
            Test::Part { at, from, to, codes } => {
                let part = text(row, *at).and_then(|t| t.get(*from..*to));
                part.is_some_and(|part| !codes.lists(part))
            }
            Test::Answer { question, answer, codes } => {
                let stem = |q: &str| q.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
                match (text(row, *question), text(row, *answer)) {
                    (Some(q), Some(a)) => codes.get(&stem(q)).is_some_and(|c| !c.lists(a)),
                    _ => false,
                }
            }
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
    fn report(
        &self,
        table: &Table,
        row: &mut CleanRow,
        column: Option<usize>,
        read: &[usize],
        out: &mut Vec<Violation>,
    ) {
        let action = self.action_on(table, column);
        let of = |at: usize| shown(row.values.get(at).unwrap_or(&Value::Null));
        let list = |all: &[usize]| {
            let cells: Vec<_> = all.iter().map(|at| named(table, *at, &of(*at))).collect();
            cut(&cells.join(", "))
        };
        let own: Vec<usize> = column.into_iter().collect();
        let read = if read.is_empty() { &own[..] } else { read };
        let limit = match self.limit {
            Some(limit) => format!(" (threshold {limit})"),
            None => String::new(),
        };
        out.push(Violation {
            rule: self.id.clone(),
            gate: self.gate,
            column,
            value: column.map_or_else(|| list(read), of),
            action,
            reason: format!("{}{limit}: {}", self.says, list(read)),
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
