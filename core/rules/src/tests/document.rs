//! `docs/rules.md` is generated from the catalogue.

use super::*;
use std::fmt::Write;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md");

/// Run with `BLESS=1` to regenerate the file.
#[test]
fn document_matches_the_catalogue() {
    let text = document();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(FILE, &text).expect("docs/rules.md is writable");
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written == text,
        "docs/rules.md is out of date: BLESS=1 cargo test -p ntsb-rules document"
    );
}

fn document() -> String {
    let mut text = String::from(INTRODUCTION);
    let (row, set): (Vec<&Rule>, Vec<&Rule>) = RULES.iter().partition(|r| r.scope == Scope::Row);
    let _ = writeln!(
        text,
        "There are {} rules: {} check a single row, {} check a whole batch.",
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
        rules.iter().for_each(|r| write_rule(&mut text, r));
    }
    text
}

fn write_rule(text: &mut String, rule: &Rule) {
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
# Validation rules

Generated from `core/rules/src/catalogue` by `BLESS=1 cargo test -p ntsb-rules document`. A test \
fails if this file is out of date.

Each row passes three gates: schema (is it a row of its table?), business (can it be true?) and \
statistics (is it likely?). The action of a rule says what happens to a row that fails it: `reject` \
quarantines the row, `null` drops the value and records it, `flag` keeps the value and records it. \
`null` on a column of the primary key rejects the row. The tables show the default actions and \
thresholds. An administrator can change them, disable a rule, and add rules as SQL conditions.

A rule without a column applies to the whole row, or reports the column when it fails. Repairs that \
lose nothing (padding, a lost decimal point, a restored sign) are defects, not violations, and are \
not listed here.

";
