//! Made-up data with known faults come in: what the gates find is what the manifest says was
//! planted, all of it and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{Report, command, load};
use ntsb_tests::process::succeed;
use ntsb_tests::server::server;
use serde_json::Value;
use tempfile::tempdir;

/// Of the events that offer a place, far more than in real files: each kind is met.
const SHARE: f64 = 0.02;

/// Made-up files in a folder, and their manifest.
fn generate(folder: &Path, events: &str, seed: &str, more: &[String]) -> Value {
    let mut generate = command(server(), "ntsb");
    generate.args(["generate", "--events", events, "--seed", seed, "--words", "20", "--out"]);
    generate.arg(folder).args(more);
    succeed(generate);
    serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap()
}

/// Options that raise the share of every kind that there is.
fn dirty() -> Vec<String> {
    let folder = tempdir().unwrap();
    let manifest = generate(folder.path(), "1", "1", &[]);
    let usual = manifest["made"]["dirt"].as_object().unwrap().iter();
    let raised = usual.map(|(kind, share)| (kind, share.as_f64().unwrap().max(SHARE)));
    raised.flat_map(|(kind, share)| ["--dirt".to_owned(), format!("{kind}={share}")]).collect()
}

struct Loaded {
    manifest: Value,
    report: Report,
    database: Database,
}

/// A set that went through gates that were changed.
fn loaded(seed: &str, events: &str, changes: &str) -> Loaded {
    let folder = tempdir().unwrap();
    let manifest = generate(folder.path(), events, seed, &dirty());
    let database = Database::blank();
    database.execute(changes);
    let report = load(&database, &["--full"], folder.path());
    report.assert_nothing_lost();
    Loaded { manifest, report, database }
}

/// One planted fault: its kind's names in the database, its table, key and columns.
struct Planted {
    kind: String,
    fate: String,
    /// Rules that claim it; of a kind without, the defect that cleaning reports.
    names: Vec<String>,
    table: String,
    key: Vec<Option<String>>,
    columns: Vec<String>,
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.map(|item| item.as_str().unwrap().to_owned()).collect()
}

impl Planted {
    fn of(kind: &str, of: &Value, place: &Value) -> Planted {
        let defect_kind = of["defect"].as_str().map(str::to_owned);
        let rules = texts(&of["rules"]);
        let key = place["key"].as_array().unwrap().iter();
        Planted {
            kind: kind.to_owned(),
            fate: of["fate"].as_str().unwrap().to_owned(),
            names: if rules.is_empty() { defect_kind.into_iter().collect() } else { rules },
            table: place["table"].as_str().unwrap().to_lowercase(),
            key: key.map(|part| part.as_str().map(str::to_owned)).collect(),
            columns: texts(&place["columns"]),
        }
    }

    /// As `row_defects` writes it: a part that was padded in the file is not any more.
    fn row_key(&self) -> String {
        let parts: Vec<_> =
            self.key.iter().map(|part| part.as_deref().unwrap_or("").trim()).collect();
        parts.join("/")
    }
}

impl Loaded {
    /// Every fault, all of which the manifest must list.
    fn planted(&self) -> Vec<Planted> {
        let mut planted = Vec::new();
        for (kind, of) in self.manifest["kinds"].as_object().unwrap() {
            let places = of["places"].as_array().unwrap();
            let count = self.manifest["planted"][kind].as_u64().unwrap();
            assert!(count > 0, "no {kind} was planted");
            assert_eq!(places.len() as u64, count, "{kind}: more places than are listed");
            planted.extend(places.iter().map(|place| Planted::of(kind, of, place)));
        }
        planted
    }

    fn by_table(&self, what: &str) -> BTreeMap<String, i64> {
        let tables = self.manifest[what].as_object().unwrap().iter();
        tables.map(|(table, rows)| (table.to_lowercase(), rows.as_i64().unwrap())).collect()
    }

    fn reported(&self, what: &str) -> BTreeMap<String, i64> {
        let counts = self.report.tables.iter().map(|(table, counts)| (table.clone(), counts[what]));
        counts.filter(|(_, rows)| *rows > 0).collect()
    }
}

/// The rows of the quarantine: table, rule and key as the file has it.
fn refused(database: &Database) -> BTreeSet<(String, String, Vec<Option<String>>)> {
    let rows = database.rows(
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

/// What differs between the refusals planned and made, and in the duplicates.
fn wrong_refusals(loaded: &Loaded) -> Vec<String> {
    let mut wrong = Vec::new();
    for what in ["rejected", "duplicates"] {
        let (reported, planned) = (loaded.reported(what), loaded.by_table(what));
        if reported != planned {
            wrong.push(format!("{what}: {reported:?}, and planted were {planned:?}"));
        }
    }
    let refused = refused(&loaded.database);
    for fault in loaded.planted().iter().filter(|fault| fault.fate == "reject") {
        let by = |rule: &String| (fault.table.clone(), rule.clone(), fault.key.clone());
        if !fault.names.iter().any(|rule| refused.contains(&by(rule))) {
            wrong.push(format!("{}: {} {:?} was not refused", fault.kind, fault.table, fault.key));
        }
    }
    wrong
}

/// Column and name of each defect that is noted, by table and key of its row.
type Noted = BTreeMap<(String, String), Vec<(String, String)>>;

fn noted(database: &Database) -> Noted {
    let sql = "SELECT table_name, row_key, column_name, defect FROM ntsb.row_defects";
    let mut noted = Noted::new();
    for row in database.rows(sql, &[]) {
        noted.entry((row.get(0), row.get(1))).or_default().push((row.get(2), row.get(3)));
    }
    noted
}

/// Faults that leave their row in and are not noted where they are, or noted where none is.
fn wrong_notes(loaded: &Loaded) -> Vec<String> {
    let noted = noted(&loaded.database);
    let (mut wrong, mut names, mut expected) = (Vec::new(), BTreeSet::new(), 0);
    let planted = loaded.planted();
    let stays = |fault: &&Planted| !["reject", "duplicate", "fold"].contains(&&*fault.fate);
    for fault in planted.iter().filter(stays) {
        names.extend(fault.names.iter().cloned());
        expected += fault.columns.len();
        let place = (fault.table.clone(), fault.row_key());
        let of_row = noted.get(&place).map_or(&[][..], Vec::as_slice);
        for column in &fault.columns {
            // Some rules mean the row as a whole.
            let is_it = |(at, name): &(String, String)| {
                (at == column || at == "*") && fault.names.contains(name)
            };
            if !of_row.iter().any(is_it) {
                wrong.push(format!("{}: {place:?} {column} was not noted", fault.kind));
            }
        }
    }
    let found = noted.values().flatten().filter(|(_, name)| names.contains(name)).count();
    if found != expected {
        wrong.push(format!("{found} faults noted, and planted were {expected}"));
    }
    wrong
}

/// Values that look odd, are none the less right, and did not survive.
fn lost(loaded: &Loaded) -> Vec<String> {
    let kept = loaded.manifest["kept"].as_object().unwrap().iter();
    let differs = |(what, rows): (&String, &Value)| {
        let (column, value) = what.split_once(' ').unwrap();
        let condition = match value {
            "NONE" => format!("{column} = 'NONE'"),
            "with a leading zero" => format!("{column} LIKE '0%'"),
            other => panic!("the manifest tells of {other}"),
        };
        let table = match column {
            "far_part" | "damage" | "flt_plan_filed" => "aircraft",
            "finding_code" => "findings",
            "eventsoe_no" => "events_sequence",
            _ => "events",
        };
        let found = loaded.database.count(&format!("ntsb.{table} WHERE {condition}"));
        (Some(found) != rows.as_i64()).then(|| format!("{what}: {found} of {rows}"))
    };
    kept.filter_map(differs).collect()
}

fn all_that_is_wrong(loaded: &Loaded) -> Vec<String> {
    [wrong_refusals(loaded), wrong_notes(loaded), lost(loaded)].concat()
}

#[test]
fn the_gates_find_what_was_planted_and_nothing_else() {
    for seed in ["1", "20261123"] {
        let loaded = loaded(seed, "1500", "");
        let wrong = all_that_is_wrong(&loaded);
        assert!(wrong.is_empty(), "seed {seed}: {} differences: {wrong:#?}", wrong.len());
    }
}

/// So that the test above means something.
#[test]
fn a_gate_that_is_open_or_too_narrow_is_noticed() {
    let changes = "
        UPDATE ntsb.validation_rule SET enabled = false
        WHERE rule_id IN ('events.date_before_1962', 'events.injury_sum');
        UPDATE ntsb.validation_rule SET action = 'reject'
        WHERE rule_id = 'flight_crew.medical_after_event'";
    let wrong = all_that_is_wrong(&loaded("1", "500", changes));
    for words in ["rejected: ", "date_before_1962: events ", "injury_sum_wrong: ", "faults noted"] {
        assert!(wrong.iter().any(|line| line.contains(words)), "no {words} in {wrong:#?}");
    }
}
