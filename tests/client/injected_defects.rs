//! Loads synthetic data with injected defects. The gates must find every defect of the manifest and no
//! others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ntsb_tests::cli::{LoadReport, load, ntsb_command};
use ntsb_tests::database::Database;
use ntsb_tests::process::run_ok;
use ntsb_tests::server::test_server;
use serde_json::Value;
use tempfile::tempdir;

/// Minimum share of each kind of defect, far more than in real files, so that every kind occurs.
const MIN_SHARE: f64 = 0.02;

/// Writes synthetic files into a folder and returns their manifest.
fn generate(folder: &Path, events: &str, seed: &str, more: &[String]) -> Value {
    let mut generate = ntsb_command(test_server(), "ntsb");
    generate.args(["generate", "--events", events, "--seed", seed, "--words", "20", "--out"]);
    generate.arg(folder).args(more);
    run_ok(generate);
    serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap()
}

/// Options that raise the share of every kind of defect.
fn defect_options() -> Vec<String> {
    let folder = tempdir().unwrap();
    let manifest = generate(folder.path(), "1", "1", &[]);
    let default_shares = manifest["made"]["dirt"].as_object().unwrap().iter();
    let shares = default_shares.map(|(kind, share)| (kind, share.as_f64().unwrap().max(MIN_SHARE)));
    shares.flat_map(|(kind, share)| ["--defect".to_owned(), format!("{kind}={share}")]).collect()
}

struct LoadedData {
    manifest: Value,
    report: LoadReport,
    database: Database,
}

/// Generates a data set and loads it, after SQL that changes the gates.
fn load_with_defects(seed: &str, events: &str, changes: &str) -> LoadedData {
    let folder = tempdir().unwrap();
    let manifest = generate(folder.path(), events, seed, &defect_options());
    let database = Database::empty_warehouse();
    database.execute(changes);
    let report = load(&database, &["--full"], folder.path());
    report.assert_counts_add_up();
    LoadedData { manifest, report, database }
}

/// An injected defect: its table, key and columns, and how the database reports it.
struct InjectedDefect {
    kind: String,
    fate: String,
    /// Rules that report it. If the kind has none, the name of the defect that cleaning reports.
    names: Vec<String>,
    table: String,
    key: Vec<Option<String>>,
    columns: Vec<String>,
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.map(|item| item.as_str().unwrap().to_owned()).collect()
}

impl InjectedDefect {
    fn from_manifest(kind: &str, description: &Value, place: &Value) -> InjectedDefect {
        let defect_kind = description["defect"].as_str().map(str::to_owned);
        let rules = texts(&description["rules"]);
        let key = place["key"].as_array().unwrap().iter();
        InjectedDefect {
            kind: kind.to_owned(),
            fate: description["fate"].as_str().unwrap().to_owned(),
            names: if rules.is_empty() { defect_kind.into_iter().collect() } else { rules },
            table: place["table"].as_str().unwrap().to_lowercase(),
            key: key.map(|part| part.as_str().map(str::to_owned)).collect(),
            columns: texts(&place["columns"]),
        }
    }

    /// The row key in `row_defects`, without the padding of the file.
    fn row_key(&self) -> String {
        let parts: Vec<_> =
            self.key.iter().map(|part| part.as_deref().unwrap_or("").trim()).collect();
        parts.join("/")
    }
}

impl LoadedData {
    /// All injected defects. Fails if the manifest does not list each of them.
    fn injected_defects(&self) -> Vec<InjectedDefect> {
        let mut injected = Vec::new();
        for (kind, description) in self.manifest["kinds"].as_object().unwrap() {
            let places = description["places"].as_array().unwrap();
            let count = self.manifest["planted"][kind].as_u64().unwrap();
            assert!(count > 0, "no {kind} was injected");
            assert_eq!(
                places.len() as u64,
                count,
                "{kind}: the count differs from the listed places"
            );
            injected.extend(
                places.iter().map(|place| InjectedDefect::from_manifest(kind, description, place)),
            );
        }
        injected
    }

    fn manifest_counts(&self, outcome: &str) -> BTreeMap<String, i64> {
        let tables = self.manifest[outcome].as_object().unwrap().iter();
        tables.map(|(table, rows)| (table.to_lowercase(), rows.as_i64().unwrap())).collect()
    }

    fn report_counts(&self, outcome: &str) -> BTreeMap<String, i64> {
        let counts =
            self.report.tables.iter().map(|(table, counts)| (table.clone(), counts[outcome]));
        counts.filter(|(_, rows)| *rows > 0).collect()
    }
}

/// The quarantined rows: table, rule and raw key.
fn quarantined_rows(database: &Database) -> BTreeSet<(String, String, Vec<Option<String>>)> {
    let rows = database.query_rows(
        "SELECT q.table_name, q.rule_id,
                (SELECT array_agg(q.payload ->> a.attname::text ORDER BY k.n)
                 FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k (column_number, n)
                 JOIN pg_attribute a ON a.attnum = k.column_number
                 WHERE i.indrelid = to_regclass('ntsb.' || quote_ident(q.table_name))
                   AND i.indisprimary AND a.attrelid = i.indrelid AND a.attname <> 'ev_year')
         FROM ntsb.staging_quarantine q",
        &[],
    );
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// Differences between expected and actual rejections and duplicates.
fn rejection_differences(loaded: &LoadedData) -> Vec<String> {
    let mut differences = Vec::new();
    for outcome in ["rejected", "duplicates"] {
        let (report_counts, expected) =
            (loaded.report_counts(outcome), loaded.manifest_counts(outcome));
        if report_counts != expected {
            differences
                .push(format!("{outcome}: {report_counts:?}, but {expected:?} were injected"));
        }
    }
    let quarantined = quarantined_rows(&loaded.database);
    for defect in loaded.injected_defects().iter().filter(|defect| defect.fate == "reject") {
        let by = |rule: &String| (defect.table.clone(), rule.clone(), defect.key.clone());
        if !defect.names.iter().any(|rule| quarantined.contains(&by(rule))) {
            differences.push(format!(
                "{}: {} {:?} was not rejected",
                defect.kind, defect.table, defect.key
            ));
        }
    }
    differences
}

/// Column and name of each recorded defect, by table and row key.
type RecordedDefects = BTreeMap<(String, String), Vec<(String, String)>>;

fn recorded_defects(database: &Database) -> RecordedDefects {
    let sql = "SELECT table_name, row_key, column_name, defect FROM ntsb.row_defects";
    let mut recorded = RecordedDefects::new();
    for row in database.query_rows(sql, &[]) {
        recorded.entry((row.get(0), row.get(1))).or_default().push((row.get(2), row.get(3)));
    }
    recorded
}

/// Defects of stored rows that are not recorded, and recorded defects that were not injected.
fn record_differences(loaded: &LoadedData) -> Vec<String> {
    let recorded = recorded_defects(&loaded.database);
    let (mut differences, mut names, mut expected) = (Vec::new(), BTreeSet::new(), 0);
    let injected = loaded.injected_defects();
    let row_is_stored =
        |defect: &&InjectedDefect| !["reject", "duplicate", "fold"].contains(&&*defect.fate);
    for defect in injected.iter().filter(row_is_stored) {
        names.extend(defect.names.iter().cloned());
        expected += defect.columns.len();
        let place = (defect.table.clone(), defect.row_key());
        let row_defects = recorded.get(&place).map_or(&[][..], Vec::as_slice);
        for column in &defect.columns {
            // Some rules apply to the whole row.
            let matches = |(at, name): &(String, String)| {
                (at == column || at == "*") && defect.names.contains(name)
            };
            if !row_defects.iter().any(matches) {
                differences.push(format!("{}: {place:?} {column} was not recorded", defect.kind));
            }
        }
    }
    let found = recorded.values().flatten().filter(|(_, name)| names.contains(name)).count();
    if found != expected {
        differences.push(format!("{found} defects recorded, but {expected} were injected"));
    }
    differences
}

/// Valid values that look like defects and were lost.
fn lost_values(loaded: &LoadedData) -> Vec<String> {
    let expected = loaded.manifest["kept"].as_object().unwrap().iter();
    let differs = |(entry, rows): (&String, &Value)| {
        let (column, value) = entry.split_once(' ').unwrap();
        let condition = match value {
            "NONE" => format!("{column} = 'NONE'"),
            "with a leading zero" => format!("{column} LIKE '0%'"),
            other => panic!("unknown kind of value in the manifest: {other}"),
        };
        let table = match column {
            "far_part" | "damage" | "flt_plan_filed" => "aircraft",
            "finding_code" => "findings",
            "eventsoe_no" => "events_sequence",
            _ => "events",
        };
        let found = loaded.database.count_rows(&format!("ntsb.{table} WHERE {condition}"));
        (Some(found) != rows.as_i64()).then(|| format!("{entry}: {found} of {rows}"))
    };
    expected.filter_map(differs).collect()
}

fn all_differences(loaded: &LoadedData) -> Vec<String> {
    [rejection_differences(loaded), record_differences(loaded), lost_values(loaded)].concat()
}

#[test]
fn the_gates_find_exactly_the_injected_defects() {
    for seed in ["1", "20261123"] {
        let loaded = load_with_defects(seed, "1500", "");
        let differences = all_differences(&loaded);
        assert!(
            differences.is_empty(),
            "seed {seed}: {} differences: {differences:#?}",
            differences.len()
        );
    }
}

/// Checks the test above: it must fail if a gate is disabled or too strict.
#[test]
fn changed_gates_are_detected() {
    let changes = "
        UPDATE ntsb.validation_rule SET enabled = false
        WHERE rule_id IN ('events.date_before_1962', 'events.injury_sum');
        UPDATE ntsb.validation_rule SET action = 'reject'
        WHERE rule_id = 'flight_crew.medical_after_event'";
    let differences = all_differences(&load_with_defects("1", "500", changes));
    for words in
        ["rejected: ", "date_before_1962: events ", "injury_sum_wrong: ", "defects recorded"]
    {
        assert!(
            differences.iter().any(|line| line.contains(words)),
            "no {words} in {differences:#?}"
        );
    }
}
