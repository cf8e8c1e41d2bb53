mod added;
mod catalogue;
mod document;
mod property;

use super::catalogue::cases::VOCABULARY;
use super::*;
use ntsb_schema::calendar;
use ntsb_schema::clean::row::{CleanRow, RowCleaner};
use ntsb_schema::clean::{Value, date};
use ntsb_schema::tables::Table;

/// A table of the file.
fn table(name: &str) -> &'static Table {
    Table::find(name).unwrap_or_else(|| panic!("table {name}"))
}

fn vocabulary() -> Vocabulary {
    Vocabulary::from_json(VOCABULARY).expect("a vocabulary")
}

/// `column=value; column=value` as pairs.
fn cells(row: &str) -> Vec<(&str, &str)> {
    row.split("; ").filter_map(|cell| cell.split_once('=')).collect()
}

/// What stands in a column of the key that a case does not name.
fn in_order(column: &str) -> Option<&'static str> {
    Some(match column {
        "ev_id" => "20100615X00001",
        "aircraft_key" | "crew_no" | "eng_no" | "occurrence_no" | "finding_no" | "seq_event_no"
        | "group_code" => "1",
        "flight_type" => "TOTL",
        "flight_craft" => "ALL",
        "inj_person_category" => "PAX",
        "injury_level" => "NONE",
        "col_name" => "wx_cond",
        "code" => "SQAL",
        _ => return None,
    })
}

/// Cleans and checks a row.
fn checked<'a>(rules: &RuleSet, row: &'a str) -> (CleanRow<'a>, Vec<Violation>) {
    let (table, cells) = (rules.table(), cells(row));
    let given = |name: &str| cells.iter().find(|c| c.0 == name).map(|c| c.1);
    let named = cells.iter().map(|c| c.0).filter(|n| !n.starts_with('@'));
    named.for_each(|n| assert!(table.has(n), "{} has no {n}", table.name));
    let raw: Vec<_> = table
        .columns
        .iter()
        .map(|c| given(c.name).or(in_order(c.name).filter(|_| table.key.contains(&c.name))))
        .collect();
    let day = |text: &str| date::parse(text).map(|m| (m.seconds / 86_400) as i32);
    let context = Context {
        far_part: given("@far_part"),
        ev_date: given("@ev_date").and_then(day),
        today: calendar::days(2025, 10, 30).expect("a day"),
    };
    let (mut clean, mut found) = (CleanRow::new(), Vec::new());
    RowCleaner::new(table).clean(&raw, &context.cleaning(), &mut clean);
    rules.check(&mut clean, &context, &mut found);
    (clean, found)
}

/// The names of a table's columns, derived ones last.
fn names(table: &Table) -> Vec<&'static str> {
    table.columns.iter().chain(table.derived).map(|c| c.name).collect()
}

/// The cleaned value of a column.
fn value<'r, 'a>(table: &Table, row: &'r CleanRow<'a>, column: &str) -> &'r Value<'a> {
    let at = names(table).iter().position(|n| *n == column).expect("a column");
    row.values.get(at).expect("a value")
}
