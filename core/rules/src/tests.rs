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

fn table(name: &str) -> &'static Table {
    Table::find(name).unwrap_or_else(|| panic!("table {name}"))
}

fn vocabulary() -> Vocabulary {
    Vocabulary::from_json(VOCABULARY).expect("valid vocabulary")
}

/// Parses `column=value; column=value` into pairs.
fn parse_cells(row: &str) -> Vec<(&str, &str)> {
    row.split("; ").filter_map(|cell| cell.split_once('=')).collect()
}

/// A valid value for a key column that a case does not name.
fn default_key_value(column: &str) -> Option<&'static str> {
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

/// Cleans and checks a row. Returns the row and its violations.
fn check_row<'a>(rules: &RuleSet, row: &'a str) -> (CleanRow<'a>, Vec<Violation>) {
    let (table, cells) = (rules.table(), parse_cells(row));
    let cell = |name: &str| cells.iter().find(|c| c.0 == name).map(|c| c.1);
    let columns = cells.iter().map(|c| c.0).filter(|n| !n.starts_with('@'));
    columns.for_each(|n| assert!(table.has(n), "{} has no {n}", table.name));
    let key_value = |name| default_key_value(name).filter(|_| table.key.contains(&name));
    let raw: Vec<_> = table.columns.iter().map(|c| cell(c.name).or(key_value(c.name))).collect();
    let parse_days = |text: &str| date::parse(text).map(|m| (m.seconds / 86_400) as i32);
    let context = Context {
        far_part: cell("@far_part"),
        ev_date: cell("@ev_date").and_then(parse_days),
        today: calendar::date_to_days(2025, 10, 30).expect("valid date"),
    };
    let (mut clean, mut found) = (CleanRow::new(), Vec::new());
    RowCleaner::new(table).clean(&raw, &context.cleaning_context(), &mut clean);
    rules.check(&mut clean, &context, &mut found);
    (clean, found)
}

/// The names of a table's columns, derived columns last.
fn column_names(table: &Table) -> Vec<&'static str> {
    table.columns.iter().chain(table.derived).map(|c| c.name).collect()
}

/// The cleaned value of a column.
fn value<'r, 'a>(table: &Table, row: &'r CleanRow<'a>, column: &str) -> &'r Value<'a> {
    let at = column_names(table).iter().position(|n| *n == column).expect("column exists");
    row.values.get(at).expect("value exists")
}
