//! The rules accept clean rows and find the injected defects.

use super::*;
use defects::DEFECTS;
use ntsb_rules::{Action, Context, Rule, RuleSet, Scope, Violation, Vocabulary};
use ntsb_schema::clean::row::{CleanRow, RowCleaner};
use std::collections::{BTreeMap, BTreeSet};

/// The cleaner and the rules of each table.
struct Checks(Vec<(RowCleaner, RuleSet)>);

impl Checks {
    fn new() -> Checks {
        let codes = vocabulary();
        let table_checks = |table| {
            let rules = RuleSet::new(table, &[], &codes).expect("rules");
            (RowCleaner::new(table), rules)
        };
        Checks(tables().iter().map(table_checks).collect())
    }

    /// Returns the violations with table and row.
    fn check(&self, data: &EventData) -> Vec<(usize, usize, Violation)> {
        let mut found = Vec::new();
        let date = first_cell(data, "events", "ev_date").and_then(|text| {
            let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
            ntsb_schema::calendar::date_to_days(part(0, 4)? as i32, part(5, 7)?, part(8, 10)?)
        });
        let far_part = first_cell(data, "aircraft", "far_part");
        let context = Context { far_part, ev_date: date, today: facts::RELEASE_DAY + 30 };
        for (table, (rows, (cleaner, rules))) in data.tables.iter().zip(&self.0).enumerate() {
            for row in 0..rows.count() {
                let raw: Vec<_> = rows.row(row).collect();
                let (mut clean, mut out) = (CleanRow::new(), Vec::new());
                cleaner.clean(&raw, &context.cleaning_context(), &mut clean);
                rules.check(&mut clean, &context, &mut out);
                found.extend(out.into_iter().map(|violation| (table, row, violation)));
            }
        }
        found
    }
}

/// The codes of the generated reference tables.
fn vocabulary() -> Vocabulary {
    let mut data = EventData::new();
    Generator::new(&config(&[])).expect("a valid configuration").write_reference(&mut data);
    let mut codes = Vocabulary::new();
    let dictionary = rows(&data, "eadmspub_datadictionary");
    for row in 0..dictionary.count() {
        let text = |column| cell(dictionary, row, column).expect("text");
        codes.add(text("table"), text("column"), text("code_iaids"));
    }
    for (table, column) in [("states", "state"), ("country", "country_code"), ("ct_seqevt", "code")]
    {
        let rows = rows(&data, table);
        let all = (0..rows.count()).filter_map(|row| cell(rows, row, column));
        all.for_each(|code| codes.add(table, column, code));
    }
    codes
}

/// Rules that flag unusual rows, which are not defects.
#[rustfmt::skip]
const UNUSUAL: &[&str] = &[
    "events.sparse", "aircraft.sparse", "engines.sparse", "flight_crew.sparse",
    "flight_crew.age_at_airline", "flight_crew.age_unlikely", "narratives.short",
];

#[test]
fn clean_rows_pass() {
    let checks = Checks::new();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for_each_event(&config(&[]), 2_500, |number, data| {
        for (table, row, violation) in checks.check(data) {
            let name = tables()[table].name;
            if violation.action != Action::Flag {
                panic!("event {number}, {name} {row}: {violation:?}");
            }
            *seen.entry(format!("{} {:?}", violation.rule, violation.value)).or_default() += 1;
        }
    });
    seen.retain(|rule, _| !UNUSUAL.iter().any(|known| rule.starts_with(known)));
    assert!(seen.is_empty(), "{seen:#?}");
}

/// Whether a rule that checks single rows detects the defect. Rules over many rows run in the database.
fn is_row_rule(defect: &defects::Defect) -> bool {
    let scope = |id: &&str| Rule::find(id).expect("a rule").scope;
    defect.rules.iter().any(|id| scope(id) == Scope::Row)
}

#[test]
fn each_defect_violates_its_rule() {
    let checks = Checks::new();
    for defect in DEFECTS.iter().filter(|defect| is_row_rule(defect)) {
        for_each_event(&config(&[(defect.name, MILLION)]), 100, |number, data| {
            let is_own_rule =
                |v: &&(usize, usize, Violation)| defect.rules.contains(&v.2.rule.as_ref());
            let violations = checks.check(data);
            let found: BTreeSet<_> =
                violations.iter().filter(is_own_rule).map(|v| (v.0, v.1)).collect();
            let expected: BTreeSet<_> =
                data.injections.iter().flat_map(|i| defective_rows(data, i)).collect();
            assert_eq!(found, expected, "{} in event {number}", defect.name);
        });
    }
}

#[test]
fn no_other_row_is_rejected() {
    let checks = Checks::new();
    let shares: Vec<_> = DEFECTS.iter().map(|defect| (defect.name, 60_000)).collect();
    for_each_event(&config(&shares), 1_500, |number, data| {
        let violations = checks.check(data);
        let rejected = violations.iter().filter(|v| v.2.action == Action::Reject);
        let rejected: BTreeSet<_> = rejected.map(|v| (v.0, v.1)).collect();
        let is_expected = |i: &&defects::Injection| {
            i.defect.expected == defects::ExpectedOutcome::Reject && is_row_rule(i.defect)
        };
        let expected: BTreeSet<_> = data
            .injections
            .iter()
            .filter(is_expected)
            .flat_map(|i| defective_rows(data, i))
            .collect();
        assert_eq!(rejected, expected, "event {number}");
    });
}

/// The rows with the defect: one row for a date, all rows for an identifier.
fn defective_rows(data: &EventData, injection: &defects::Injection) -> Vec<(usize, usize)> {
    if !injection.affects_event || injection.columns != ["ev_id"] {
        return vec![(injection.table, injection.row)];
    }
    let all = data.tables.iter().enumerate();
    all.flat_map(|(table, rows)| (0..rows.count()).map(move |row| (table, row))).collect()
}
