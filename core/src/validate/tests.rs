use super::*;
use crate::calendar;
use crate::clean::row::{CleanRow, RowCleaner};
use crate::source::Table;

/// The day on which the tests take place.
pub fn today() -> i32 {
    calendar::days(2025, 10, 30).expect("a day")
}

#[test]
fn a_rule_of_the_catalogue_works_end_to_end() {
    let table = Table::find("flight_crew").expect("a table");
    let rules = RuleSet::new(table, &[], &Vocabulary::new()).expect("rules");
    let cell = |name: &str| match name {
        "ev_id" => Some("20200101X00001"),
        "aircraft_key" | "crew_no" => Some("1"),
        "crew_age" => Some("215"),
        _ => None,
    };
    let raw: Vec<_> = table.columns.iter().map(|c| cell(c.name)).collect();
    let (mut row, mut found) = (CleanRow::new(), Vec::new());
    let context = Context { today: today(), ..Context::default() };
    RowCleaner::new(table).clean(&raw, &context.cleaning(), &mut row);
    rules.check(&mut row, &context, &mut found);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].rule.as_ref(), found[0].action), ("flight_crew.age_high", Action::Null));
    assert_eq!(row.values[found[0].column.expect("a column")], crate::clean::Value::Null);
}
