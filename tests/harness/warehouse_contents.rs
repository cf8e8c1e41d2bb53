//! Digests and rows of all tables in schema ntsb, to compare two warehouses or two states of one.

use std::collections::BTreeMap;

use postgres::Row;

use crate::database::Database;

/// Batch numbers, sequence numbers and timestamps. They differ from load to load even if the data is the
/// same.
pub const BOOKKEEPING_COLUMNS: &[&str] = &[
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
    "loaded_at",
];

/// Values before cleaning. They depend on the file format (MDB or CSV).
pub const RAW_COLUMNS: &[&str] = &["raw_value", "value", "payload"];

/// The row count and digest of each table.
pub type Contents = BTreeMap<String, (i64, String)>;

/// The condition on pg_class for the compared tables of schema ntsb. It leaves out partitions, the load
/// journal and derived tables. For the star schema see [`crate::star`].
macro_rules! is_compared_table {
    () => {
        "relnamespace = 'ntsb'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
         AND relname !~ '^(fact|dim|bridge|search)_'
         AND relname NOT IN ('batch', 'batch_table', 'code_meaning', 'year_completeness', 'refresh_state', 'maintenance', 'archive', 'type_history', 'place_history', 'alert',
              'backup', 'restore_drill')"
    };
}

pub fn list_tables(database: &Database) -> Vec<String> {
    let sql =
        concat!("SELECT relname::text FROM pg_class WHERE ", is_compared_table!(), " ORDER BY 1");
    database.query_column(sql, &[])
}

/// Lists the tables of NTSB data, whose rows have a content hash and can be withdrawn.
pub fn list_ntsb_tables(database: &Database) -> Vec<String> {
    let sql = "SELECT FROM pg_attribute WHERE attname IN ('content_hash', 'withdrawn_batch')
               AND attrelid = to_regclass('ntsb.' || quote_ident($1::text))";
    let all = list_tables(database).into_iter();
    all.filter(|table| database.query_rows(sql, &[table]).len() == 2).collect()
}

/// Counts and digests the rows of each table, leaving out the columns in `without`.
pub fn digest_tables(database: &Database, without: &[&str]) -> Contents {
    let mut client = database.connect();
    // Some tests set work_mem very low for the load.
    client.batch_execute("SET work_mem = '64MB'").unwrap();
    let rows = client.query(TABLE_COLUMNS, &[&without]).unwrap();
    // A sum does not depend on the row order, so no sort is needed.
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

/// The columns of each table, except those in $1, and whether a row was withdrawn. Digesting columns is
/// ten times as fast as digesting rows as JSON.
const TABLE_COLUMNS: &str = concat!(
    "SELECT relname::text, string_agg(
         CASE attname WHEN 'withdrawn_batch' THEN 'withdrawn_batch IS NOT NULL'
         ELSE quote_ident(attname) END, ', ' ORDER BY attname)
     FROM pg_class c LEFT JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
         AND NOT attisdropped AND (attname <> ALL ($1::text[]) OR attname = 'withdrawn_batch')
     WHERE ",
    is_compared_table!(),
    " GROUP BY 1"
);

/// Panics with up to three rows that only one of the two has.
pub fn assert_same_contents(one: &Database, other: &Database, without: &[&str]) {
    let (left, right) = (digest_tables(one, without), digest_tables(other, without));
    assert!(left.keys().eq(right.keys()), "tables: {left:?} {right:?}");
    if let Some(table) = left.keys().find(|table| left[*table] != right[*table]) {
        let (left, right) = find_differences(one, other, table, without);
        panic!("{table} differs; only in one: {left:#?}\nonly in the other: {right:#?}");
    }
}

/// Returns up to three rows that only `one` has, and up to three that only `other` has.
fn find_differences(
    one: &Database,
    other: &Database,
    table: &str,
    without: &[&str],
) -> (Vec<String>, Vec<String>) {
    let (left, right) = (list_rows(one, table, without), list_rows(other, table, without));
    let only = |a: &[String], b: &[String]| {
        a.iter().filter(|row| b.binary_search(row).is_err()).take(3).cloned().collect()
    };
    (only(&left, &right), only(&right, &left))
}

/// Lists the rows of a table as JSON, sorted, leaving out the columns in `without`.
pub fn list_rows(database: &Database, table: &str, without: &[&str]) -> Vec<String> {
    let sql = format!(
        "SELECT (to_jsonb(t) - $1::text[] || jsonb_build_object('withdrawn',
             coalesce(to_jsonb(t) -> 'withdrawn_batch', 'null') <> 'null'))::text
         FROM ntsb.{table} t"
    );
    let mut rows: Vec<String> = database.query_column(&sql, &[&without]);
    rows.sort_unstable();
    rows
}

/// Digests the ctid and xmin of the row versions of each table. Any write changes the digest.
pub fn digest_row_versions(database: &Database) -> BTreeMap<String, (i64, String)> {
    let digest = |table: String| {
        let sql = format!(
            "SELECT count(*), coalesce(md5(string_agg(concat_ws(' ', tableoid, ctid, xmin), ','
                 ORDER BY tableoid, ctid)), '')
             FROM ntsb.{table}"
        );
        let row = database.connect().query_one(&sql, &[]).unwrap();
        (table, (row.get(0), row.get(1)))
    };
    list_tables(database).into_iter().map(digest).collect()
}

/// Counts the tuples ever written to each table and partition of schema ntsb, including rolled-back
/// transactions. The load journal is left out.
pub fn count_tuples_written(database: &Database) -> BTreeMap<String, i64> {
    database.wait_for_other_sessions();
    let rows = database.query_rows(
        "SELECT relname::text, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_all_tables
         WHERE schemaname = 'ntsb' AND relname NOT IN ('batch', 'batch_table')",
        &[],
    );
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
