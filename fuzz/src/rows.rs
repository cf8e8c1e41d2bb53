//! Rows and filters: cleaning, rules, hashing and filter evaluation.

use ntsb_filter::{MAX_NODES, MAX_SQL_BYTES, Predicate};
use ntsb_rules::{Action, Context, RULES, RuleSet, RuleSetting, Vocabulary};
use ntsb_schema::clean::Value;
use ntsb_schema::clean::row::{CleanRow, RowCleaner};
use ntsb_schema::hash::RowHasher;
use ntsb_schema::tables::{TABLES, Table};

/// The maximum length of a value in a violation.
const MAX_VALUE_CHARS: usize = 1000;

struct TableChecks {
    table: &'static Table,
    cleaner: RowCleaner,
    rules: RuleSet,
}

thread_local! {
    static CHECKS: Vec<TableChecks> = TABLES.iter().map(table_checks).collect();
}

fn table_checks(table: &'static Table) -> TableChecks {
    let settings: Vec<RuleSetting> = RULES.iter().map(RuleSetting::from).collect();
    let rules = RuleSet::new(table, &settings, &codes()).unwrap();
    TableChecks { table, cleaner: RowCleaner::new(table), rules }
}

fn codes() -> Vocabulary {
    let mut codes = Vocabulary::new();
    for (table, column, code) in [
        ("states", "state", "KS"),
        ("country", "country_code", "USA"),
        ("ct_seqevt", "code", "552230"),
        ("aircraft", "damage", "DEST"),
        ("events", "wx_cond_basic", "VMC"),
    ] {
        codes.add(table, column, code);
    }
    codes
}

/// Cleans and checks a row. The first byte selects the table, then come the event date and the current
/// date (four bytes each), then the cells, one per line. An empty line is null.
pub fn fuzz_row(data: &[u8]) {
    let [at, rest @ ..] = data else { return };
    let Some((days, cells)) = rest.split_at_checked(8) else { return };
    let day =
        |from: usize| i32::from_le_bytes([from, from + 1, from + 2, from + 3].map(|i| days[i]));
    let text = String::from_utf8_lossy(cells).replace('\0', "");
    let raw: Vec<Option<&str>> =
        text.split('\n').map(|c| Some(c).filter(|c| !c.is_empty())).collect();
    let context =
        Context { far_part: raw.last().copied().flatten(), ev_date: Some(day(0)), today: day(4) };
    CHECKS.with(|checks| check_row(&checks[usize::from(*at) % checks.len()], &raw, &context));
}

fn check_row(checks: &TableChecks, raw: &[Option<&str>], context: &Context) {
    let (mut clean, mut found) = (CleanRow::new(), Vec::new());
    checks.cleaner.clean(raw, &context.cleaning_context(), &mut clean);
    assert_eq!(clean.values.len(), checks.table.columns.len() + checks.table.derived.len());
    clean.values.iter().for_each(assert_storable);
    checks.rules.check(&mut clean, context, &mut found);
    assert!(found.iter().all(|violation| violation.value.chars().count() <= MAX_VALUE_CHARS));
    // A second check drops no further value.
    let before = clean.clone();
    found.clear();
    checks.rules.check(&mut clean, context, &mut found);
    assert!(found.iter().all(|violation| violation.action != Action::Null), "{found:?}");
    assert_eq!(before, clean);
    let mut hasher = RowHasher::new(checks.table);
    assert_eq!(hasher.hash(&before.values), hasher.hash(&clean.values));
}

/// Rows are compared and hashed as JSON, which has no NaN and no infinity.
fn assert_storable(value: &Value) {
    match value {
        Value::Real(x) => assert!(x.is_finite(), "{value:?}"),
        Value::Double(x) => assert!(x.is_finite(), "{value:?}"),
        Value::Text(text) => assert!(!text.is_empty() && !text.contains('\0'), "{value:?}"),
        _ => {}
    }
}

/// Compiles a filter and evaluates it on the cells of a row after 0x1E. An accepted filter must stay
/// within the limits, as an expression and as SQL.
pub fn fuzz_filter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (filter, cells) = text.split_once('\u{1E}').unwrap_or((text, ""));
    for name in ["events", "flight_crew"] {
        let table = Table::find(name).unwrap();
        match Predicate::parse(filter, table) {
            Ok(predicate) => check_predicate(&predicate, table, cells),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    match ntsb_search::compile_filter(filter, 1, &|_, _| None, &|| ()) {
        Ok(rendered) => {
            assert!(rendered.sql.len() <= MAX_SQL_BYTES, "{}", rendered.sql.len());
            assert!(rendered.values.len() <= MAX_NODES, "{}", rendered.values.len());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn check_predicate(predicate: &Predicate, table: &'static Table, cells: &str) {
    let width = table.columns.len() + table.derived.len();
    assert!(predicate.columns().iter().all(|at| *at < width));
    assert!(predicate.expr().count_nodes() <= MAX_NODES);
    let raw: Vec<Option<&str>> = cells.split('\n').map(Some).collect();
    let mut row = CleanRow::new();
    RowCleaner::new(table).clean(&raw, &Default::default(), &mut row);
    let result = predicate.eval(&row.values);
    assert_eq!(result, predicate.eval(&row.values));
    // A row may be shorter than the table.
    predicate.eval(&[]);
}
