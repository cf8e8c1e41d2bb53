//! docs/sql.md lists every public function with its signature, its comment and an example.

use std::collections::BTreeMap;
use std::env;
use std::fs;

use ntsb_tests::database::Database;

use crate::doc_examples::{check, path};

const DOCUMENT: &str = "docs/sql.md";

/// Functions that only the loaders and psql's `\copy` call.
const INTERNAL_FUNCTIONS: [&str; 6] = [
    "ntsb_internal.chain_hash",
    "ntsb_internal.chain_hash_step",
    "ntsb_internal.check_patch",
    "ntsb_internal.clean_row",
    "ntsb_internal.lock_ingest",
    "ntsb_internal.stage_row",
];

/// The section that the document must have for each function: heading and comment, by function name.
fn expected_sections(database: &Database) -> BTreeMap<String, String> {
    let sql = "
        SELECT p.proname::text,
               format('### `%s(%s)`%s', p.proname, pg_get_function_arguments(p.oid),
                      CASE WHEN p.prokind = 'p' THEN '' ELSE ' → ' || replace(pg_get_function_result(p.oid), E'\n', ' ') END),
               obj_description(p.oid, 'pg_proc')
        FROM pg_proc p
        JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb' AND e.extnamespace = p.pronamespace
        ORDER BY p.proname, p.oid";
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    for row in database.query_rows(sql, &[]) {
        let (name, heading, comment): (String, String, String) =
            (row.get(0), row.get(1), row.get(2));
        if INTERNAL_FUNCTIONS.contains(&name.as_str()) {
            continue;
        }
        let section = sections.entry(name).or_default();
        *section += &format!("{heading}\n\n{comment}\n\n");
    }
    sections
}

/// Replaces the headings and comments of the document with those of the database, and returns the names of the
/// functions found. A section runs from its first heading to its example.
fn rewrite_sections(text: &str, sections: &BTreeMap<String, String>) -> (String, Vec<String>) {
    let (mut out, mut seen) = (String::new(), Vec::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let name = line.strip_prefix("### `").and_then(|rest| rest.split('(').next());
        match name.and_then(|name| Some((name, sections.get(name)?))) {
            Some((name, section)) => {
                seen.push(name.to_owned());
                out += section;
                while lines.next_if(|next| !next.starts_with("```")).is_some() {}
            }
            None => out += &format!("{line}\n"),
        }
    }
    (out, seen)
}

#[test]
fn every_function_is_documented_with_its_comment_and_an_example() {
    let database = Database::empty_warehouse();
    let sections = expected_sections(&database);
    let expected = fs::read_to_string(path(DOCUMENT)).unwrap();
    let (actual, seen) = rewrite_sections(&expected, &sections);
    if env::var_os("BLESS").is_some() {
        fs::write(path(DOCUMENT), &actual).unwrap();
    }
    let missing: Vec<_> = sections.keys().filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "{DOCUMENT} does not describe {missing:?}");
    for line in actual.lines().filter(|line| line.starts_with("### `ntsb_")) {
        let name = line.trim_start_matches("### `").split('(').next().unwrap();
        assert!(sections.contains_key(name), "{DOCUMENT} describes {name}, which does not exist");
    }
    for (expected, actual) in expected.lines().zip(actual.lines()) {
        assert!(
            env::var_os("BLESS").is_some() || expected == actual,
            "{DOCUMENT}: {expected}\nis now: {actual}"
        );
    }
    check(DOCUMENT, 40);
}
