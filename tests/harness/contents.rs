//! Everything that schema ntsb holds, to compare two warehouses, or one before and after.

use std::collections::BTreeMap;

use postgres::Row;

use crate::database::Database;

/// Numbers of batches and entries, and times: they tell loads apart, not what was loaded.
pub const BOOKKEEPING: &[&str] = &[
    "first_batch",
    "last_batch",
    "withdrawn_batch",
    "lchg_batch",
    "batch_id",
    "seq",
    "changed_at",
    "entry_hash",
    "applied_at",
    "quarantine_id",
    "quarantined_at",
];

/// What a file says before cleaning, which another form of the same file says otherwise.
pub const AS_FOUND: &[&str] = &["raw_value", "value", "payload"];

/// Rows and digest of each table.
pub type Contents = BTreeMap<String, (i64, String)>;

/// The tables of schema ntsb without partitions, the journal of loads, which tells loads apart, and what
/// is derived from others: a load does not make it, and its keys tell nothing; see [`crate::star`].
macro_rules! compared {
    () => {
        "relnamespace = 'ntsb'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
         AND relname !~ '^(fact|dim|bridge|search)_'
         AND relname NOT IN ('batch', 'batch_table', 'code_meaning', 'year_completeness', 'refresh_state', 'maintenance', 'archive', 'type_history', 'place_history', 'alert')"
    };
}

pub fn tables(database: &Database) -> Vec<String> {
    let sql = concat!("SELECT relname::text FROM pg_class WHERE ", compared!(), " ORDER BY 1");
    database.column(sql, &[])
}

/// NTSB's own tables: those whose rows carry a hash.
pub fn ntsb_tables(database: &Database) -> Vec<String> {
    let sql = "SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'content_hash'
               AND attrelid = to_regclass('ntsb.' || quote_ident($1::text))";
    let all = tables(database).into_iter();
    all.filter(|table| !database.rows(sql, &[table]).is_empty()).collect()
}

/// All tables, each row without some of its columns.
pub fn contents(database: &Database, without: &[&str]) -> Contents {
    let mut client = database.connect();
    // So that it can also look at a server that has hardly any of it for a load.
    client.batch_execute("SET work_mem = '64MB'").unwrap();
    let rows = client.query(ROWS, &[&without]).unwrap();
    // A sum asks for no order and so for no sorting.
    let digest = |row: &Row| {
        let (table, columns): (&str, &str) = (row.get(0), row.get(1));
        format!(
            "SELECT '{table}', count(*), coalesce(sum(hashtextextended(ROW({columns})::text, 0)), 0)::text
             FROM ntsb.{table}"
        )
    };
    let all: Vec<_> = rows.iter().map(digest).collect();
    let rows = client.query(&all.join(" UNION ALL "), &[]).unwrap();
    rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect()
}

/// The columns of each table but for some, with whether a row was withdrawn. Ten times as quick as
/// rows as JSON.
const ROWS: &str = concat!(
    "SELECT relname::text, string_agg(
         CASE attname WHEN 'withdrawn_batch' THEN 'withdrawn_batch IS NOT NULL'
         ELSE quote_ident(attname) END, ', ' ORDER BY attname)
     FROM pg_class c LEFT JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
         AND NOT attisdropped AND (attname <> ALL ($1::text[]) OR attname = 'withdrawn_batch')
     WHERE ",
    compared!(),
    " GROUP BY 1"
);

/// Fails with the first rows of which only one has each.
pub fn assert_same(one: &Database, other: &Database, without: &[&str]) {
    let (left, right) = (contents(one, without), contents(other, without));
    assert!(left.keys().eq(right.keys()), "tables: {left:?} {right:?}");
    if let Some(table) = left.keys().find(|table| left[*table] != right[*table]) {
        let (left, right) = differences(one, other, table, without);
        panic!("{table} differs; only in one: {left:#?}\nonly in the other: {right:#?}");
    }
}

/// Rows that only the one has, and rows that only the other has; three of each at most.
fn differences(
    one: &Database,
    other: &Database,
    table: &str,
    without: &[&str],
) -> (Vec<String>, Vec<String>) {
    let (left, right) = (rows(one, table, without), rows(other, table, without));
    let only = |a: &[String], b: &[String]| {
        a.iter().filter(|row| b.binary_search(row).is_err()).take(3).cloned().collect()
    };
    (only(&left, &right), only(&right, &left))
}

/// Each row of a table as JSON, sorted.
pub fn rows(database: &Database, table: &str, without: &[&str]) -> Vec<String> {
    let sql = format!(
        "SELECT (to_jsonb(t) - $1::text[] || jsonb_build_object('withdrawn',
             coalesce(to_jsonb(t) -> 'withdrawn_batch', 'null') <> 'null'))::text
         FROM ntsb.{table} t"
    );
    let mut rows: Vec<String> = database.column(&sql, &[&without]);
    rows.sort_unstable();
    rows
}

/// Where each row version lies and which transaction wrote it, by table.
pub fn versions(database: &Database) -> BTreeMap<String, (i64, String)> {
    let digest = |table: String| {
        let sql = format!(
            "SELECT count(*), coalesce(md5(string_agg(concat_ws(' ', tableoid, ctid, xmin), ','
                 ORDER BY tableoid, ctid)), '')
             FROM ntsb.{table}"
        );
        let row = database.connect().query_one(&sql, &[]).unwrap();
        (table, (row.get(0), row.get(1)))
    };
    tables(database).into_iter().map(digest).collect()
}

/// Tuples that were ever written in each table of schema ntsb and each partition but in the journal of
/// loads, those of transactions that were undone, too.
pub fn tuples_written(database: &Database) -> BTreeMap<String, i64> {
    database.wait_until_quiet();
    let rows = database.rows(
        "SELECT relname::text, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_all_tables
         WHERE schemaname = 'ntsb' AND relname NOT IN ('batch', 'batch_table')",
        &[],
    );
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
