//! A value that is too long for an index is dropped or rejects its row. It does not fail the load.

use std::fs;
use std::path::Path;

use ntsb_tests::cli::{load, run_ntsb};
use ntsb_tests::database::Database;
use tempfile::tempdir;

/// Random text. An index would compress repetitive text.
fn random_text(seed: u64, bytes: usize) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(state >> 33) as usize % 32])
    };
    (0..bytes).map(|_| next()).collect()
}

/// Random text as distinct words of seven characters.
fn random_words(seed: u64, bytes: usize) -> String {
    let text = random_text(seed, bytes);
    let words: Vec<_> = text.as_bytes().chunks(7).map(String::from_utf8_lossy).collect();
    words.join(" ")
}

fn write_lines(folder: &Path, name: &str, lines: &[String]) {
    fs::write(folder.join(name), lines.join("\n") + "\n").unwrap();
}

#[test]
fn a_key_of_six_kilobytes_is_quarantined() {
    let folder = tempdir().unwrap();
    let long = random_text(1, 6 << 10);
    let events = ["ev_id,ev_date", "20250101X00001,2025-01-01", &format!("{long},2025-01-01")];
    write_lines(folder.path(), "events.csv", &events.map(str::to_owned));
    let details = [
        "ev_id,col_name,code".to_owned(),
        format!("20250101X00001,wx_cond,{long}"),
        format!("20250101X00001,{long},RAIN"),
        "20250101X00001,wx_cond,RAIN".to_owned(),
        format!("{long},wx_cond,RAIN"),
    ];
    write_lines(folder.path(), "dt_events.csv", &details);
    write_lines(folder.path(), "states.csv", &["state,name".into(), format!("{long},Nowhere")]);
    let database = Database::empty_warehouse();
    let report = load(&database, &[], folder.path());
    report.assert_counts_add_up();
    assert_eq!((report.count("events", "inserted"), report.count("dt_events", "inserted")), (1, 1));
    let rules: Vec<String> = database.query_column(
        "SELECT rule_id || ' ' || column_name FROM ntsb.staging_quarantine ORDER BY 1",
        &[],
    );
    let too_long = ["code", "col_name", "state"].map(|c| format!("schema.text_far_too_long {c}"));
    let mut expected = too_long.to_vec();
    expected.extend(vec!["schema.not_an_ev_id ev_id".to_owned(); 2]);
    expected.sort();
    assert_eq!(rules, expected);
    let payload = "ntsb.staging_quarantine WHERE payload ->> 'code' = $$LONG$$";
    assert_eq!(
        database.count_rows(&payload.replace("LONG", &long)),
        1,
        "the quarantined row is incomplete"
    );
}

/// The columns are not part of a key, but each is in an index of the warehouse or of derived tables.
#[test]
fn names_of_six_kilobytes_are_dropped_and_recorded() {
    let folder = tempdir().unwrap();
    let event = ["ntsb_no", "ev_state", "ev_city", "ev_highest_injury", "ev_nr_apt_id", "apt_name"];
    let aircraft = ["regis_no", "acft_make", "acft_model", "far_part", "acft_category"];
    let row = |key: &str, columns: &[&str]| {
        let values: Vec<_> =
            (0..columns.len()).map(|n| random_text(n as u64 + 2, 6 << 10)).collect();
        format!("20250101X00001{key},{}", values.join(","))
    };
    let events = [format!("ev_id,ev_date,{}", event.join(",")), row(",2025-01-01", &event)];
    write_lines(folder.path(), "events.csv", &events);
    let lines = [format!("ev_id,aircraft_key,{}", aircraft.join(",")), row(",1", &aircraft)];
    write_lines(folder.path(), "aircraft.csv", &lines);
    let crew = [
        "ev_id,aircraft_key,crew_no,crew_category,crew_sex".to_owned(),
        row(",1,1", &["crew_category", "crew_sex"]),
    ];
    write_lines(folder.path(), "Flight_Crew.csv", &crew);
    let database = Database::empty_warehouse();
    let report = load(&database, &[], folder.path());
    assert_eq!((report.total["inserted"], report.total["rejected"]), (3, 0), "{report:?}");
    let dropped = database.count_rows("ntsb.row_defects WHERE defect = 'schema.text_far_too_long'");
    assert_eq!(dropped as usize, event.len() + aircraft.len() + 2);
    assert_eq!(run_ntsb(&database, &["refresh"]).code, Some(0));
}

#[test]
fn four_reports_of_two_hundred_kilobytes_are_stored_completely() {
    let folder = tempdir().unwrap();
    let texts: Vec<_> = (1..=4).map(|seed| random_words(seed, 200_000)).collect();
    write_lines(
        folder.path(),
        "events.csv",
        &["ev_id,ev_date".into(), "20250101X00001,2025-01-01".into()],
    );
    write_lines(
        folder.path(),
        "aircraft.csv",
        &["ev_id,aircraft_key".into(), "20250101X00001,1".into()],
    );
    let narratives = [
        "ev_id,aircraft_key,narr_accp,narr_accf,narr_cause,narr_inc".to_owned(),
        format!("20250101X00001,1,{}", texts.join(",")),
    ];
    write_lines(folder.path(), "narratives.csv", &narratives);
    let database = Database::empty_warehouse();
    let report = load(&database, &[], folder.path());
    assert_eq!(report.count("narratives", "inserted"), 1, "{report:?}");
    let columns = "SELECT narr_accp, narr_accf, narr_cause, narr_inc FROM ntsb.narratives";
    let row = &database.query_rows(columns, &[])[0];
    for (column, text) in texts.iter().enumerate() {
        assert!(row.get::<_, &str>(column) == text, "report {column} was cut");
    }
    let first = texts[2].split(' ').next().unwrap();
    let found = format!("ntsb.narratives WHERE words @@ plainto_tsquery('english', '{first}')");
    assert_eq!(database.count_rows(&found), 1, "the first word is not found");
    assert_eq!(run_ntsb(&database, &["refresh"]).code, Some(0));
}
