//! Search finds aircraft models and typeset text in all their spellings.

use ntsb_tests::database::Database;

/// Synthetic events, each with one aircraft model and a report of one sentence.
fn database_with_models(models: &[(&str, &str)]) -> Database {
    let database = Database::empty_warehouse();
    let mut client = database.connect();
    client.batch_execute("BEGIN; SELECT ntsb_begin_batch('names.csv')").unwrap();
    for (number, (model, report)) in models.iter().enumerate() {
        let ev_id = format!("20200101X{:05}", number + 1);
        for (sql, value) in [
            (
                "INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date) VALUES ($1, '01/01/20', $2)",
                "01/02/20",
            ),
            (
                "INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, acft_make, acft_model) VALUES ($1, '1', 'MAKER', $2)",
                model,
            ),
            (
                "INSERT INTO ntsb_staging.narratives (ev_id, aircraft_key, narr_cause) VALUES ($1, '1', $2)",
                report,
            ),
        ] {
            client.execute(sql, &[&ev_id, &value]).unwrap();
        }
    }
    let ingest = "CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq')); COMMIT";
    client.batch_execute(ingest).unwrap();
    client.batch_execute("CALL ntsb_refresh_search()").unwrap();
    database
}

/// The numbers of the events that a query finds, from 1.
fn find_numbers(database: &Database, query: &str) -> Vec<i32> {
    let sql = "SELECT right(ev_id, 5)::int FROM ntsb_search($1) ORDER BY 1";
    database.query_column(sql, &[&query])
}

#[test]
fn an_aircraft_model_is_found_in_all_its_spellings() {
    let database = database_with_models(&[
        ("PA-28-181", "The pilot landed."),
        ("PA28", "The pilot landed."),
        ("X1", "The PA 28 landed short."),
        ("X1", "The pilot of the PA-28, a new one, landed."),
        ("X1", "A PA28-181 was parked there."),
        ("X1", "The PA\u{2011}28 was parked there."),
        ("737-800", "The crew landed."),
        ("X1", "The B737-800 was parked."),
        ("X1", "A 737 800 was parked."),
        ("DC-3", "The crew landed."),
        ("X1", "The DC 3 was parked."),
        ("F16", "The crew landed."),
        ("X1", "The F-16 and the F 16 were parked."),
        ("X1", "There were 28 people in the park, of whom 181 left at 800."),
        ("CESSNA-172", "The crew landed."),
    ]);
    for (spellings, expected) in [
        (
            &["PA-28", "PA 28", "PA28", "pa28", "\"PA 28\"", "\"PA-28\"", "PA\u{2013}28"][..],
            &[1, 2, 3, 4, 5, 6][..],
        ),
        (&["PA-28-181", "PA28-181", "PA 28-181", "PA 28 181"], &[1, 5]),
        (&["737-800", "737 800", "737\u{2212}800"], &[7, 8, 9]),
        (&["DC-3", "DC 3", "DC3"], &[10, 11]),
        (&["F-16", "F 16", "F16"], &[12, 13]),
        (&["181"], &[1, 5, 14]),
        (&["800"], &[7, 8, 9, 14]),
        (&["28 people", "\"28 people\""], &[14]),
        (&["CESSNA-172", "\"cessna 172\""], &[15]),
        (&["parked -PA-28", "parked -\"PA 28\""], &[8, 9, 11, 13, 14]),
    ] {
        for spelling in spellings {
            assert_eq!(find_numbers(&database, spelling), expected, "{spelling}");
        }
    }
    let snippet = "SELECT snippet FROM ntsb_search('PA28') WHERE ev_id = '20200101X00004'";
    let snippet: String = database.query_value(snippet);
    assert!(snippet.contains("«PA»«-28»"), "{snippet}");
}

#[test]
fn typographic_characters_make_no_difference() {
    let database = database_with_models(&[
        ("X1", "The \u{201C}engine power\u{201D} was lost\u{2014}the car\u{AD}buretor iced."),
        ("X1", "Power of the engine; fuel was there."),
        ("X1", "The pilot\u{2019}s engine power\u{A0}faded because of fuel."),
    ]);
    for (queries, expected) in [
        (
            &[
                "\"engine power\" -fuel",
                "\u{201C}engine power\u{201D} \u{2013}fuel",
                "\u{201E}engine power\u{201C} \u{2212}fuel",
                "\u{AB}engine\u{A0}power\u{BB} \u{2011}fuel",
                "\u{FF02}engine power\u{FF02}\u{A0}-fuel",
            ][..],
            &[1][..],
        ),
        (&["\u{201C}engine power\u{201D}", "\"engine power\""], &[1, 3]),
        (&["carburetor", "car\u{AD}buretor"], &[1]),
        (&["pilot's", "pilot\u{2019}s"], &[3]),
        (&["\"power faded\"", "power\u{202F}faded"], &[3]),
        (&["\"was lost the carburetor\""], &[1]),
    ] {
        for query in queries {
            assert_eq!(find_numbers(&database, query), expected, "{query}");
        }
    }
}

/// SQL normalizes the indexed text as Rust normalizes a query.
#[test]
fn index_and_query_normalize_every_character_alike() {
    let database = Database::empty_warehouse();
    let mismatches = "SELECT count(*) FROM generate_series(1, 65535) c
                 WHERE c NOT BETWEEN 55296 AND 57343
                   AND ntsb.normalize_text('a' || chr(c) || 'b') <> ntsb_internal.rewrite_search_query('a' || chr(c) || 'b')";
    assert_eq!(database.query_value::<i64>(mismatches), 0);
}
