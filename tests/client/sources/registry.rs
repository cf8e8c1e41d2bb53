//! The FAA aircraft registry: loading it, and the registrations of accident aircraft.
//!
//! The fixture (tests/fixtures/registry/make.py) is made up; the expected grades follow from its dates and
//! serial numbers.

use std::fs;
use std::path::Path;

use ntsb_tests::cli::run_ntsb;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::ProcessOutput;
use tempfile::TempDir;

/// ev_id, date of the event, mark, serial number and year of manufacture, as NTSB gives them.
const AIRCRAFT: &str = "
    ('20050704X00001', '1', '07/04/2005', 'N101AA',  NULL,          NULL),
    ('20050704X00002', '1', '07/04/2016', 'n-101aa', '172 70101',   NULL),
    ('20050704X00003', '1', '07/04/2012', 'N101AA',  NULL,          NULL),
    ('20050704X00004', '1', '07/04/2005', 'N102BB',  '17280222',    NULL),
    ('20050704X00005', '1', '07/04/2005', 'N102BB',  '99999',       NULL),
    ('20050704X00006', '1', '07/04/2010', 'N103CC',  '28-7325999',  NULL),
    ('20050704X00007', '1', '07/04/2012', 'N104DD',  NULL,          '1978'),
    ('20050704X00008', '1', '07/04/2019', 'N105EE',  NULL,          NULL),
    ('20050704X00009', '1', '07/04/2017', 'N107GG',  NULL,          NULL),
    ('20050704X00010', '1', '07/04/2018', 'N106FF',  '24001',       '2003'),
    ('20050704X00011', '1', '07/04/2018', 'C-GABC',  '1',           NULL),
    ('20050704X00012', '1', '07/04/2012', 'N109JJ',  '33',          NULL),
    ('20050704X00013', '1', '07/04/2016', 'N108HH',  '30108',       NULL),
    ('20050704X00013', '2', '07/04/2016', 'N110KK',  '42',          NULL)";

pub fn ingest(database: &Database, name: &str, aircraft: &str) {
    database.execute(&format!(
        "SELECT ntsb_begin_batch('{name}', 'increment');
         CREATE TEMP TABLE row (ev_id, aircraft_key, ev_date, regis_no, serial_no, acft_year)
             ON COMMIT DROP AS VALUES {aircraft};
         INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_year, ev_type, ev_country, ev_highest_injury)
         SELECT DISTINCT ev_id, ev_date, right(ev_date, 4), 'ACC', 'USA', 'NONE' FROM row;
         INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, acft_serial_no, acft_year)
         SELECT ev_id, aircraft_key, regis_no, serial_no, acft_year FROM row;
         CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'))"
    ));
    database.execute("CALL ntsb_refresh_star()");
}

pub fn load(database: &Database, file: &Path, options: &[&str]) -> ProcessOutput {
    let mut arguments = vec!["load-registry", file.to_str().unwrap()];
    arguments.extend(options);
    run_ntsb(database, &arguments)
}

#[track_caller]
pub fn load_ok(database: &Database, file: &Path) -> String {
    let loaded = load(database, file, &[]);
    assert_eq!(loaded.code, Some(0), "{}", loaded.all_output());
    loaded.stdout
}

pub fn registry_zip() -> std::path::PathBuf {
    fixture("registry/ReleasableAircraft.zip")
}

/// A folder with the files of the fixture, changed by `edit` (file name, text).
pub fn registry_folder(edit: impl Fn(&str, String) -> String) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["MASTER.txt", "DEREG.txt", "ACFTREF.txt", "ENGINE.txt"] {
        let text = fs::read_to_string(fixture(&format!("registry/{name}"))).unwrap();
        fs::write(folder.path().join(name), edit(name, text)).unwrap();
    }
    folder
}

#[test]
fn accident_aircraft_get_the_registration_of_their_date() {
    let database = Database::empty_warehouse();
    ingest(&database, "accidents.mdb", AIRCRAFT);
    let report = load_ok(&database, &registry_zip());
    for part in [
        "9 registered, 2 deregistered, 0 former registrations, 1 rejected",
        "5 aircraft types, 2 engine types",
        "6 exact, 2 by serial number, 1 with another serial number, 3 without a fitting period, \
         1 not in the registry",
        "5 ages changed",
    ] {
        assert!(report.contains(part), "no {part:?} in {report}");
    }
    let found: Vec<String> = database.query_column(
        "SELECT concat_ws('|', right(r.ev_id, 2), r.aircraft_key, coalesce(grade, '-'), make, r.model,
             year_manufactured, registered_serial_no, a.aircraft_age_years)
         FROM ntsb.aircraft_registration r JOIN ntsb.accidents a USING (ev_id) ORDER BY r.ev_id, r.aircraft_key",
        &[],
    );
    let expected = [
        "01|1|exact|PIPER|PA-28-140|1972|28-7225101|33",
        "02|1|exact|CESSNA|172N|1978|17270101|38",
        "03|1|no period fits",
        "04|1|serial agrees|CESSNA|172N|1979|172-80222|26",
        "05|1|no period fits",
        // The registry has another serial number for that day: nothing of it is taken over.
        "06|1|serial differs|28-7325333",
        // The age is known from NTSB alone.
        "07|1|no period fits|34",
        "08|1|exact|CESSNA|172N|1978|17270105|41",
        "09|1|not registered",
        // The builder's name is left out. NTSB's year (2003) goes before the registry's (2004).
        "10|1|exact|RV-6|2004|24001|15",
        "11|1|-",
        // Built after the event: no age.
        "12|1|exact|SCHWEIZER|SGS 2-33A|2016|33",
        "13|1|exact|BOEING|737-823|2001|30108|15",
        // Without a certificate date no period is known; the age is that of the first aircraft.
        "13|2|serial agrees|PIPER|PA-28-140|0042|15",
    ];
    assert_eq!(found, expected);

    let details = "SELECT concat_ws('|', engine_make, engine_model, r.engine_type, thrust_lbs, r.engine_count, seats,
            weight_class, airworthiness_class, is_fractional, registrant_type, is_expired)
        FROM ntsb.aircraft_registration r WHERE ev_id LIKE '%13' AND aircraft_key = 1";
    let expected = "CFM INTL|CFM56-7B26|Turbofan|26300|2|149|3|Standard|t|3";
    assert_eq!(database.query_value::<String>(details), expected);
    let expired = "SELECT is_expired FROM ntsb.aircraft_registration WHERE ev_id LIKE '%08'";
    assert!(database.query_value::<bool>(expired));
    let kit = "SELECT concat_ws('|', make, kit_make, kit_model, airworthiness_class, family)
        FROM ntsb.aircraft_registration WHERE ev_id LIKE '%10'";
    assert_eq!(database.query_value::<String>(kit), "VANS AIRCRAFT INC|RV-6|Experimental");
    let glider = "SELECT concat_ws('|', aircraft_type, engine_count, engine_type)
        FROM ntsb.aircraft_registration WHERE ev_id LIKE '%12'";
    assert_eq!(database.query_value::<String>(glider), "Glider|0|None");

    // The star schema keeps NTSB's spelling of a mark; the registry does not.
    let dimension: Vec<String> = database.query_column(
        "SELECT concat_ws('|', d.regis_no, registry_family, registry_weight_class) FROM ntsb.dim_aircraft d
         WHERE registry_family IS NOT NULL AND regis_no <> 'N109JJ' ORDER BY regis_no, valid_from",
        &[],
    );
    let expected = [
        "N-101AA|172|1",
        "N101AA|PA-28|1",
        "N102BB|172|1",
        "N105EE|172|1",
        "N108HH|737|3",
        "N110KK|PA-28|1",
    ];
    assert_eq!(dimension, expected);
    let filtered = "SELECT count(*) FROM ntsb_search_advanced('aircraft_age_years BETWEEN 30 AND 40', 'ev_id', 100)";
    assert_eq!(database.query_value::<i64>(filtered), 3);
    let status = "SELECT concat_ws('|', status, edition, row_count, name) FROM ntsb.source_status
        WHERE source = 'aircraft_registry'";
    let expected = "current|2025-10-01|11|ReleasableAircraft.zip";
    assert_eq!(database.query_value::<String>(status), expected);

    // A rebuild and a new event give what the load of the registry gave.
    let ages =
        "SELECT string_agg(ev_id || coalesce(aircraft_age_years::text, '?'), ',' ORDER BY ev_id)
        FROM ntsb.accidents WHERE ev_id < '2018'";
    let before = database.query_value::<String>(ages);
    database.execute("CALL ntsb_rebuild_star()");
    assert_eq!(database.query_value::<String>(ages), before);
    ingest(
        &database,
        "later.mdb",
        "('20180101X00001', '1', '01/01/2018', 'N101AA', NULL, NULL::text)",
    );
    let later = "SELECT grade || ' ' || aircraft_age_years FROM ntsb.aircraft_registration
        JOIN ntsb.accidents USING (ev_id) WHERE ev_id = '20180101X00001'";
    assert_eq!(database.query_value::<String>(later), "exact 40");
}

#[test]
fn a_mark_is_looked_up_on_a_day() {
    let database = Database::empty_warehouse();
    load_ok(&database, &registry_zip());
    for (arguments, expected) in [
        // The certificate's day counts, the day of cancellation does not.
        ("'N101AA', '1990-01-15'", Some("exact PA-28-140")),
        ("'N101AA', '1990-01-14'", Some("no period fits")),
        ("'N101AA', '2010-12-30'", Some("exact PA-28-140")),
        ("'N101AA', '2010-12-31'", Some("no period fits")),
        ("'N101AA', '2015-06-01'", Some("exact 172N")),
        (" ' n 101-aa ', '2015-06-01'", Some("exact 172N")),
        ("'101AA', '2015-06-01'", Some("exact 172N")),
        ("'N101AA', '2012-01-01', '17270101'", Some("serial agrees 172N")),
        ("'N101AA', '2012-01-01', '172-51111'", Some("serial agrees 172N")),
        ("'N101AA', '2016-01-01', '287225101'", Some("serial agrees PA-28-140")),
        ("'N101AA', '2016-01-01', '4711'", Some("serial differs")),
        ("'N101AA', '2016-01-01', 'UNK'", Some("exact 172N")),
        ("'N101AA', NULL", Some("no period fits")),
        ("'N110KK', '2016-01-01'", Some("no period fits")),
        ("'N110KK', '2016-01-01', '000042'", Some("serial agrees PA-28-140")),
        ("'N107GG', '2017-01-01'", None),
        ("'N999ZZ', '2017-01-01'", None),
        ("'XA-ABC', '2017-01-01'", None),
        ("NULL, '2017-01-01'", None),
        ("repeat('N', 1000000), '2017-01-01'", None),
    ] {
        let sql =
            format!("SELECT concat_ws(' ', grade, model) FROM ntsb_registration_on({arguments})");
        let found: Vec<String> = database.query_column(&sql, &[]);
        assert_eq!(found.first().map(String::as_str), expected, "{arguments}");
        assert!(found.len() <= 1, "{arguments}: {found:?}");
    }
}

#[test]
fn names_and_addresses_are_neither_staged_nor_stored() {
    let database = Database::empty_warehouse();
    // Records every row that is staged.
    database.execute(
        "CREATE TABLE public.staged (row text);
         CREATE FUNCTION public.record_row() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN INSERT INTO public.staged VALUES (to_jsonb(NEW)::text); RETURN NEW; END';
         DO $$ DECLARE t text; BEGIN
             FOREACH t IN ARRAY '{master,deregistered,type,engine}'::text[] LOOP
                 EXECUTE format('CREATE TRIGGER record BEFORE INSERT ON ntsb_staging.registry_%s
                     FOR EACH ROW EXECUTE FUNCTION public.record_row()', t);
             END LOOP; END $$",
    );
    load_ok(&database, &registry_zip());
    assert_eq!(database.count_rows("public.staged"), 11 + 2 + 5 + 2);
    let tables: Vec<String> = database.query_column(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
         WHERE schemaname IN ('ntsb', 'ntsb_staging', 'public') AND tablename <> 'spatial_ref_sys'",
        &[],
    );
    assert!(tables.len() > 60);
    for table in tables {
        let private = "(FICTITIOUS|INVENTED|NOWHEREVILLE|IMAGINARY|999999999)";
        let from = format!("{table} t WHERE t::text ~* '{private}'");
        assert_eq!(database.count_rows(&from), 0, "{table}");
    }
    assert_eq!(database.count_rows("ntsb_staging.registry_master"), 0);
}

#[test]
fn an_unchanged_file_is_not_loaded_again() {
    let database = Database::empty_warehouse();
    load_ok(&database, &registry_zip());
    let loaded_at =
        "SELECT loaded_at::text FROM ntsb.source_state WHERE source = 'aircraft_registry'";
    let first = database.query_value::<String>(loaded_at);
    let again = load_ok(&database, &registry_zip());
    assert!(again.contains("ReleasableAircraft.zip: unchanged since it was loaded"), "{again}");
    assert_eq!(database.query_value::<String>(loaded_at), first);
    let asked =
        "SELECT asked_at > loaded_at FROM ntsb.source_state WHERE source = 'aircraft_registry'";
    assert!(database.query_value::<bool>(asked));
    // A folder with the same files has another digest; its rows are compared, and none is written.
    let rows = "SELECT string_agg(xmin::text || registration_id, ',' ORDER BY registration_id) FROM ntsb.registration";
    let before = database.query_value::<String>(rows);
    load_ok(&database, registry_folder(|_, text| text).path());
    assert_eq!(database.query_value::<String>(rows), before);
}

#[test]
fn registrations_that_vanish_stay_for_their_period() {
    let database = Database::empty_warehouse();
    load_ok(&database, &registry_zip());
    // N103CC is sold, N108HH disappears, N104DD gets another status.
    let second = registry_folder(|name, text| match name {
        "MASTER.txt" => {
            let rows = text.split_inclusive('\n').filter(|row| !row.starts_with("108HH"));
            let edit = |row: &str| match row.get(..5) {
                Some("103CC") => row.replace("20000101", "20240101"),
                Some("101AA") => row.replace("20251001", "20251101"),
                Some("104DD") => row.replace(",V ,", ",T ,"),
                _ => row.to_owned(),
            };
            rows.map(edit).collect()
        }
        _ => text,
    });
    let report = load_ok(&database, second.path());
    assert!(report.contains("8 registered, 2 deregistered, 2 former"), "{report}");
    for (arguments, expected) in [
        ("'N103CC', '2010-01-01'", "exact former 2024-01-01"),
        ("'N103CC', '2024-01-01'", "exact master"),
        // It vanished between the editions of 2025-10-01 and 2025-11-01.
        ("'N108HH', '2020-01-01'", "exact former 2025-10-01"),
        ("'N104DD', '2020-01-01'", "exact master"),
    ] {
        let sql = format!(
            "SELECT concat_ws(' ', o.grade, r.origin, r.valid_until)
             FROM ntsb_registration_on({arguments}) o LEFT JOIN ntsb.registration r USING (registration_id)"
        );
        assert_eq!(database.query_value::<String>(&sql), expected, "{arguments}");
    }
    let status = "SELECT status FROM ntsb_registration_on('N104DD', '2020-01-01')";
    assert_eq!(database.query_value::<String>(status), "T");

    let older = load(&database, &registry_zip(), &[]);
    assert_eq!(older.code, Some(1), "{}", older.all_output());
    let message = "the registry of 2025-10-01 is older than the stored one of 2025-11-01";
    assert!(older.stderr.contains(message), "{}", older.stderr);
    assert_eq!(database.query_value::<String>(status), "T");
    let forced = load(&database, &registry_zip(), &["--force"]);
    assert_eq!(forced.code, Some(0), "{}", forced.all_output());
    assert_eq!(database.query_value::<String>(status), "V");
}
