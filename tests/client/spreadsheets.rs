//! Files that a spreadsheet has changed, and files that do not have NTSB's tables.

use std::fs;

use ntsb_tests::cli::{load, load_command};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::{run, run_ok};
use serde_json::json;
use tempfile::{TempDir, tempdir};

const EVENTS: &str = "ev_id,ntsb_no,ev_type,ev_date,ev_city,ev_state,ev_country\n\
    2.02506E+13,WPR25FA902,ACC,6/14/2025 0:00,Testville,NV,USA\n\
    20250616990003,CEN25LA904,ACC,6/16/2025 0:00,Exampleton,KS,USA\n";
const AIRCRAFT: &str = "ev_id,Aircraft_Key,regis_no,far_part,damage,acft_make,acft_model\n\
    20250616990003,1,N900ZW,91,SUBS,Piper,28-Oct\n\
    20250616990003,2,N900ZV,121,SUBS,Boeing,737\n";
const FINDINGS: &str = "ev_id,Aircraft_Key,finding_no,finding_code,category_no,subcategory_no,modifier_no,cm_inPc\n\
    20250616990003,1,1,204151044,2,4,44,TRUE\n\
    20250616990003,1,2,0204151044,02,04,44,F\n";

fn write_folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn values_damaged_by_a_spreadsheet_are_repaired_and_recorded() {
    let folder = write_folder(&[
        ("events.csv", EVENTS),
        ("aircraft.csv", AIRCRAFT),
        ("Findings.csv", FINDINGS),
    ]);
    let database = Database::empty_warehouse();
    let report = load(&database, &["--increment"], folder.path());
    assert_eq!((report.count("events", "inserted"), report.count("events", "rejected")), (1, 1));
    let aircraft =
        database.query_json("SELECT far_part, acft_model FROM ntsb.aircraft ORDER BY aircraft_key");
    assert_eq!(
        aircraft,
        json!([{"far_part": "091", "acft_model": "28-Oct"}, {"far_part": "121", "acft_model": "737"}])
    );
    let findings = database.query_json(
        "SELECT finding_code, category_no, cm_inpc FROM ntsb.findings ORDER BY finding_no",
    );
    let finding =
        |inpc| json!({"finding_code": "0204151044", "category_no": "02", "cm_inpc": inpc});
    assert_eq!(findings, json!([finding("T"), finding("F")]));
    let defects: Vec<String> = database.query_column(
        "SELECT concat_ws(' ', defect, column_name, raw_value, action) FROM ntsb.row_defects
         WHERE defect IN ('zero_restored', 'truth_word', 'any.spreadsheet_date') ORDER BY 1",
        &[],
    );
    assert_eq!(
        defects,
        [
            "any.spreadsheet_date acft_model 28-Oct flag",
            "truth_word cm_inpc TRUE repair",
            "zero_restored category_no 2 repair",
            "zero_restored far_part 91 repair",
            "zero_restored finding_code 204151044 repair",
            "zero_restored subcategory_no 4 repair",
        ]
    );
}

/// A restored leading zero does not make a code valid that the dictionary does not list.
#[test]
fn a_restored_code_that_is_not_listed_is_flagged() {
    let dictionary = "Table,Column,code_iaids,meaning\nFindings,findings_code,02041510XX,Noticed\n";
    let findings = FINDINGS.replace("0204151044", "299999999");
    let folder = write_folder(&[
        ("eADMSPUB_DataDictionary.csv", dictionary),
        ("events.csv", EVENTS),
        ("aircraft.csv", AIRCRAFT),
        ("Findings.csv", &findings),
    ]);
    let database = Database::empty_warehouse();
    load(&database, &["--increment"], folder.path());
    let flagged: Vec<String> = database.query_column(
        "SELECT row_key || ' ' || raw_value FROM ntsb.row_defects
         WHERE defect = 'findings.code_unlisted'",
        &[],
    );
    assert_eq!(flagged, ["20250616990003/1/2 0299999999"]);
}

#[test]
fn a_byte_order_mark_is_not_part_of_a_column_name() {
    let folder =
        write_folder(&[("events.csv", &format!("\u{FEFF}{}", EVENTS.replace('\n', "\r\n")))]);
    let database = Database::empty_warehouse();
    let copy: String = database.query_value(
        "SELECT ntsb_copy_command('events', 'events.csv', ARRAY[U&'\\FEFFev_id', E'ev_date\\r'])",
    );
    let expected =
        "\\copy ntsb_staging.events (ev_id, ev_date) FROM 'events.csv' WITH (FORMAT csv, HEADER)";
    assert_eq!(copy, expected);
    // The commands of docs/loading-with-psql.md.
    let script = "file=events.csv
        psql -XqAt -v ON_ERROR_STOP=1 -v table=events -v file=$file \\
          -v columns=\"{$(head -n 1 $file | tr -d '\\357\\273\\277\\r')}\" <<'SQL' >copy.sql
SELECT ntsb_copy_command(:'table', :'file', :'columns');
SQL
        psql -Xq -v ON_ERROR_STOP=1 -c \"SELECT ntsb_begin_batch('events.csv')\" -f copy.sql \\
          -c \"CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint)\"";
    let mut command = database.server.command("sh", &database.name);
    command.args(["-eu", "-c", script]).current_dir(folder.path());
    run_ok(command);
    let cities: Vec<String> = database.query_column("SELECT ev_city FROM ntsb.events", &[]);
    assert_eq!(cities, ["Exampleton"]);
}

#[test]
fn a_zip_from_the_query_tool_loads_unchanged() {
    let folder = tempdir().unwrap();
    // It has the name of the full file, but holds only some cases.
    let zip = folder.path().join("avall.zip");
    let mut command = std::process::Command::new("python3");
    command.args(["-m", "zipfile", "-c"]).arg(&zip).arg(fixture("cases.json"));
    run_ok(command);
    let (zipped, plain) = (Database::empty_warehouse(), Database::empty_warehouse());
    let report = load(&zipped, &[], &zip);
    assert_eq!(report.mode, "increment");
    assert_eq!(report.tables, load(&plain, &[], &fixture("cases.json")).tables);
    assert!(zipped.count_rows("ntsb.events") > 0);
}

#[test]
fn flat_extracts_are_refused_with_the_files_to_use_instead() {
    let old_format = "Event.Id,Investigation.Type,Accident.Number,Event.Date,Location,Make,Model\n\
               20250614990001,Accident,WPR25FA902,2025-06-14,\"TESTVILLE, NV\",CESSNA,172N\n";
    let new_format = "NtsbNo,EventType,Mkey,EventDate,City,State,Make,Model\n\
               WPR25FA902,ACC,200001,2025-06-14T00:00:00Z,Testville,NV,CESSNA,172N\n";
    let database = Database::empty_warehouse();
    for (name, text) in
        [("AviationData.csv", old_format), ("cases.csv", new_format), ("events.csv", new_format)]
    {
        let folder = write_folder(&[(name, text)]);
        for path in [folder.path().join(name), folder.path().to_owned()] {
            let finished = run(load_command(&database, &[], &path));
            assert_eq!(finished.code, Some(3), "{}", finished.all_output());
            for words in ["flat extract", "avall.zip", "data.ntsb.gov/avdata", "JSON"] {
                assert!(finished.stderr.contains(words), "no {words}: {}", finished.stderr);
            }
        }
    }
}

#[test]
fn prefixed_names_are_refused_with_the_expected_names() {
    let folder = write_folder(&[("avall-events.csv", EVENTS), ("avall-aircraft.csv", AIRCRAFT)]);
    let finished = run(load_command(&Database::empty_warehouse(), &[], folder.path()));
    assert_eq!(finished.code, Some(3), "{}", finished.all_output());
    let message = "no events.csv, but found avall-aircraft.csv, avall-events.csv; rename each file to \
                   the name of its table";
    assert!(finished.stderr.contains(message), "{}", finished.stderr);
}
