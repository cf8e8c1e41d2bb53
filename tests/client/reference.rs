//! docs/sql.md describes every function that people call, in the words of its comment.

use std::collections::BTreeMap;
use std::env;
use std::fs;

use ntsb_tests::database::Database;

use crate::documents::{check, path};

const DOCUMENT: &str = "docs/sql.md";

/// What the loaders and psql's \copy call, and nobody else.
const INNER: [&str; 6] = [
    "ntsb_internal.chain",
    "ntsb_internal.chain_step",
    "ntsb_internal.check_patch",
    "ntsb_internal.clean_row",
    "ntsb_internal.lock_ingest",
    "ntsb_internal.stage_row",
];

/// Name of each function, and its heading and comment as the document has to have them.
fn described(database: &Database) -> BTreeMap<String, String> {
    let sql = "
        SELECT p.proname::text,
               format('### `%s(%s)`%s', p.proname, pg_get_function_arguments(p.oid),
                      CASE WHEN p.prokind = 'p' THEN '' ELSE ' → ' || replace(pg_get_function_result(p.oid), E'\n', ' ') END),
               obj_description(p.oid, 'pg_proc')
        FROM pg_proc p
        JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb' AND e.extnamespace = p.pronamespace
        ORDER BY p.proname, p.oid";
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for row in database.rows(sql, &[]) {
        let (name, heading, comment): (String, String, String) =
            (row.get(0), row.get(1), row.get(2));
        if INNER.contains(&name.as_str()) {
            continue;
        }
        let section = all.entry(name).or_default();
        *section += &format!("{heading}\n\n{comment}\n\n");
    }
    all
}

/// The document with its headings and comments as the database has them: a section runs from its first
/// heading to its example.
fn rewritten(text: &str, described: &BTreeMap<String, String>) -> (String, Vec<String>) {
    let (mut out, mut seen) = (String::new(), Vec::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let name = line.strip_prefix("### `").and_then(|rest| rest.split('(').next());
        match name.and_then(|name| Some((name, described.get(name)?))) {
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
fn every_function_is_described_in_the_words_of_its_comment_with_an_example() {
    let database = Database::blank();
    let described = described(&database);
    let shown = fs::read_to_string(path(DOCUMENT)).unwrap();
    let (found, seen) = rewritten(&shown, &described);
    if env::var_os("ACCEPT").is_some() {
        fs::write(path(DOCUMENT), &found).unwrap();
    }
    let missing: Vec<_> = described.keys().filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "{DOCUMENT} lacks {missing:?}");
    for line in found.lines().filter(|line| line.starts_with("### `ntsb_")) {
        let name = line.trim_start_matches("### `").split('(').next().unwrap();
        assert!(described.contains_key(name), "{DOCUMENT} describes {name}, which is not there");
    }
    for (shown, found) in shown.lines().zip(found.lines()) {
        assert!(
            env::var_os("ACCEPT").is_some() || shown == found,
            "{DOCUMENT}: {shown}\nis now: {found}"
        );
    }
    check(DOCUMENT, 40);
}
