//! `docs/rules.md` says what the catalogue says.

use super::*;
use std::fmt::Write;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md");

/// Run with `NTSB_WRITE_DOCS=1` to write the file anew.
#[test]
fn the_list_of_rules_is_current() {
    let text = document();
    if std::env::var_os("NTSB_WRITE_DOCS").is_some() {
        std::fs::write(FILE, &text).expect("docs/rules.md is writable");
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written == text,
        "docs/rules.md is out of date: NTSB_WRITE_DOCS=1 cargo test -p ntsb-rules document"
    );
}

fn document() -> String {
    let mut text = String::from(INTRODUCTION);
    let (row, set): (Vec<&Rule>, Vec<&Rule>) = RULES.iter().partition(|r| r.scope == Scope::Row);
    let _ = writeln!(
        text,
        "There are {} rules: {} look at one row, {} at a batch.",
        RULES.len(),
        row.len(),
        set.len()
    );
    let mut tables: Vec<&str> = Vec::new();
    for rule in RULES {
        if !tables.contains(&rule.table) {
            tables.push(rule.table);
        }
    }
    for name in tables {
        let title = if name == "*" { "Every table" } else { name };
        let _ = write!(
            text,
            "\n## {title}\n\n| rule | gate | column | action | threshold | what is wrong |\n|---|---|---|---|---|---|\n"
        );
        let mut rules: Vec<_> = RULES.iter().filter(|r| r.table == name).collect();
        rules.sort_by_key(|r| r.gate);
        rules.iter().for_each(|r| line(&mut text, r));
    }
    text
}

fn line(text: &mut String, rule: &Rule) {
    let column = rule.column.map_or_else(String::new, |c| format!("`{c}`"));
    let threshold = rule.threshold.map_or_else(String::new, |t| t.to_string());
    let scope = if rule.scope == Scope::Set { " (batch)" } else { "" };
    let _ = writeln!(
        text,
        "| `{}` | {} {}{scope} | {column} | {} | {threshold} | {} |",
        rule.id,
        rule.gate.number(),
        rule.gate.as_str(),
        rule.action.as_str(),
        rule.description,
    );
}

const INTRODUCTION: &str = "\
# The rules

Written by `NTSB_WRITE_DOCS=1 cargo test -p ntsb-rules document` from `core/rules/src/catalogue`; \
a test fails when the two differ.

A row passes three gates: schema (can it be a row of its table), business (can it be true), \
statistics (is it likely). What becomes of a row that fails a rule is the rule's action: `reject` \
sends the row to quarantine, `null` drops the value and records it, `flag` keeps the value and \
records it. A `null` on a part of the primary key rejects the row. Action and threshold are those \
that a new warehouse begins with; an administrator may change them, switch a rule off, and add \
rules as conditions in SQL.

A rule without a column concerns the row, or names the column when it fails. Repairs that lose \
nothing (padding, a lost decimal point, a restored sign) are defects, not violations, and are not \
listed here.

";
