//! The gates let clean rows pass, and find what was planted for them.

use super::*;
use defects::KINDS;
use ntsb_rules::{Action, Context, Rule, RuleSet, Scope, Violation, Vocabulary};
use ntsb_schema::clean::row::{CleanRow, RowCleaner};
use std::collections::{BTreeMap, BTreeSet};

struct Gates(Vec<(RowCleaner, RuleSet)>);

impl Gates {
    fn new() -> Gates {
        let codes = vocabulary();
        let of = |table| {
            let rules = RuleSet::new(table, &[], &codes).expect("rules");
            (RowCleaner::new(table), rules)
        };
        Gates(tables().iter().map(of).collect())
    }

    /// Violations with table and row.
    fn ask(&self, case: &Case) -> Vec<(usize, usize, Violation)> {
        let mut found = Vec::new();
        let date = first(case, "events", "ev_date").and_then(|text| {
            let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
            ntsb_schema::calendar::days(part(0, 4)? as i32, part(5, 7)?, part(8, 10)?)
        });
        let far_part = first(case, "aircraft", "far_part");
        let context = Context { far_part, ev_date: date, today: facts::RELEASE + 30 };
        for (table, (rows, (cleaner, rules))) in case.tables.iter().zip(&self.0).enumerate() {
            for row in 0..rows.count() {
                let raw: Vec<_> = rows.row(row).collect();
                let (mut clean, mut out) = (CleanRow::new(), Vec::new());
                cleaner.clean(&raw, &context.cleaning(), &mut clean);
                rules.check(&mut clean, &context, &mut out);
                found.extend(out.into_iter().map(|violation| (table, row, violation)));
            }
        }
        found
    }
}

/// The codes of the set itself, as a database would take them from the loaded files.
fn vocabulary() -> Vocabulary {
    let mut case = Case::new();
    Generator::new(&plan(&[])).expect("a plan").reference(&mut case);
    let mut codes = Vocabulary::new();
    let dictionary = rows(&case, "eadmspub_datadictionary");
    for row in 0..dictionary.count() {
        let text = |column| cell(dictionary, row, column).expect("text");
        codes.add(text("table"), text("column"), text("code_iaids"));
    }
    for (table, column) in [("states", "state"), ("country", "country_code"), ("ct_seqevt", "code")]
    {
        let rows = rows(&case, table);
        let all = (0..rows.count()).filter_map(|row| cell(rows, row, column));
        all.for_each(|code| codes.add(table, column, code));
    }
    codes
}

/// What is true of some rows and no fault.
#[rustfmt::skip]
const UNUSUAL: &[&str] = &[
    "events.sparse", "aircraft.sparse", "engines.sparse", "flight_crew.sparse",
    "flight_crew.age_at_airline", "flight_crew.age_unlikely", "narratives.short",
];

#[test]
fn clean_rows_pass() {
    let gates = Gates::new();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    each(&plan(&[]), 2_500, |number, case| {
        for (table, row, violation) in gates.ask(case) {
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

/// Rules that look at one row; those that look at many are asked in the database.
fn asked_here(kind: &defects::Kind) -> bool {
    let scope = |id: &&str| Rule::find(id).expect("a rule").scope;
    kind.rules.iter().any(|id| scope(id) == Scope::Row)
}

#[test]
fn each_kind_is_found_by_its_rule() {
    let gates = Gates::new();
    for kind in KINDS.iter().filter(|kind| asked_here(kind)) {
        each(&plan(&[(kind.name, MILLION)]), 100, |number, case| {
            let mine = |v: &&(usize, usize, Violation)| kind.rules.contains(&v.2.rule.as_ref());
            let asked = gates.ask(case);
            let found: BTreeSet<_> = asked.iter().filter(mine).map(|v| (v.0, v.1)).collect();
            let planted: BTreeSet<_> = case.plants.iter().flat_map(|p| places(case, p)).collect();
            assert_eq!(found, planted, "{} in event {number}", kind.name);
        });
    }
}

/// No row is refused that was not planted to be.
#[test]
fn nothing_else_is_refused() {
    let gates = Gates::new();
    let often: Vec<_> = KINDS.iter().map(|kind| (kind.name, 60_000)).collect();
    each(&plan(&often), 1_500, |number, case| {
        let asked = gates.ask(case);
        let refused = asked.iter().filter(|v| v.2.action == Action::Reject);
        let refused: BTreeSet<_> = refused.map(|v| (v.0, v.1)).collect();
        let meant = case.plants.iter().filter(|p| p.kind.fate == defects::Fate::Reject);
        let meant: BTreeSet<_> =
            meant.filter(|p| asked_here(p.kind)).flat_map(|p| places(case, p)).collect();
        assert_eq!(refused, meant, "event {number}");
    });
}

/// The rows that a plant touches. A date is wrong in one row only; an identifier in all of them.
fn places(case: &Case, plant: &defects::Plant) -> Vec<(usize, usize)> {
    if !plant.whole_case || plant.columns != ["ev_id"] {
        return vec![(plant.table, plant.row)];
    }
    let all = case.tables.iter().enumerate();
    all.flat_map(|(table, rows)| (0..rows.count()).map(move |row| (table, row))).collect()
}
