//! What is made of rows and conditions: cleaning, rules, hashes.

use ntsb_filter::{MOST_NODES, MOST_SQL, Predicate};
use ntsb_rules::{Action, Context, RULES, RuleSet, Setting, Vocabulary};
use ntsb_schema::clean::Value;
use ntsb_schema::clean::row::{CleanRow, RowCleaner};
use ntsb_schema::hash::RowHasher;
use ntsb_schema::tables::{TABLES, Table};

/// The longest value that a rule quotes.
const QUOTED: usize = 1000;

struct Gates {
    table: &'static Table,
    cleaner: RowCleaner,
    rules: RuleSet,
}

thread_local! {
    static GATES: Vec<Gates> = TABLES.iter().map(gates).collect();
}

fn gates(table: &'static Table) -> Gates {
    let settings: Vec<Setting> = RULES.iter().map(Setting::from).collect();
    let rules = RuleSet::new(table, &settings, &codes()).unwrap();
    Gates { table, cleaner: RowCleaner::new(table), rules }
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

/// A row through all gates: the first byte says of which table, then come the event's date and
/// the day of the check, then the cells, one a line; an empty line is null.
pub fn row(data: &[u8]) {
    let [at, rest @ ..] = data else { return };
    let Some((days, cells)) = rest.split_at_checked(8) else { return };
    let day =
        |from: usize| i32::from_le_bytes([from, from + 1, from + 2, from + 3].map(|i| days[i]));
    let text = String::from_utf8_lossy(cells).replace('\0', "");
    let raw: Vec<Option<&str>> =
        text.split('\n').map(|c| Some(c).filter(|c| !c.is_empty())).collect();
    let context =
        Context { far_part: raw.last().copied().flatten(), ev_date: Some(day(0)), today: day(4) };
    GATES.with(|gates| check(&gates[usize::from(*at) % gates.len()], &raw, &context));
}

fn check(gates: &Gates, raw: &[Option<&str>], context: &Context) {
    let (mut clean, mut found) = (CleanRow::new(), Vec::new());
    gates.cleaner.clean(raw, &context.cleaning(), &mut clean);
    assert_eq!(clean.values.len(), gates.table.columns.len() + gates.table.derived.len());
    clean.values.iter().for_each(assert_storable);
    gates.rules.check(&mut clean, context, &mut found);
    assert!(found.iter().all(|violation| violation.value.chars().count() <= QUOTED));
    // A second look finds nothing more to drop.
    let before = clean.clone();
    found.clear();
    gates.rules.check(&mut clean, context, &mut found);
    assert!(found.iter().all(|violation| violation.action != Action::Null), "{found:?}");
    assert_eq!(before, clean);
    let mut hasher = RowHasher::new(gates.table);
    assert_eq!(hasher.hash(&before.values), hasher.hash(&clean.values));
}

/// JSON, in which rows are compared and hashed, knows no NaN and no infinity.
fn assert_storable(value: &Value) {
    match value {
        Value::Real(x) => assert!(x.is_finite(), "{value:?}"),
        Value::Double(x) => assert!(x.is_finite(), "{value:?}"),
        Value::Text(text) => assert!(!text.is_empty() && !text.contains('\0'), "{value:?}"),
        _ => {}
    }
}

/// A condition and, behind 0x1E, the cells of a row that is asked. What is accepted is small, as an
/// expression and as SQL.
pub fn condition(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (condition, cells) = text.split_once('\u{1E}').unwrap_or((text, ""));
    for name in ["events", "flight_crew"] {
        let table = Table::find(name).unwrap();
        match Predicate::parse(condition, table) {
            Ok(predicate) => ask(&predicate, table, cells),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    match ntsb_search::condition(condition, 1, &|_, _| None, &|| ()) {
        Ok(rendered) => {
            assert!(rendered.sql.len() <= MOST_SQL, "{}", rendered.sql.len());
            assert!(rendered.values.len() <= MOST_NODES, "{}", rendered.values.len());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn ask(predicate: &Predicate, table: &'static Table, cells: &str) {
    let width = table.columns.len() + table.derived.len();
    assert!(predicate.columns().iter().all(|at| *at < width));
    assert!(predicate.expr().size() <= MOST_NODES);
    let raw: Vec<Option<&str>> = cells.split('\n').map(Some).collect();
    let mut row = CleanRow::new();
    RowCleaner::new(table).clean(&raw, &Default::default(), &mut row);
    let of_row = predicate.eval(&row.values);
    assert_eq!(of_row, predicate.eval(&row.values));
    // Rows may be shorter than the condition thinks.
    predicate.eval(&[]);
}
