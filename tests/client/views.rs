//! Materialized views, compared with counts of the source tables.

use ntsb_tests::cli::{load, run_ntsb};
use ntsb_tests::database::Database;
use tempfile::tempdir;

/// Queries of each view, and recounts that share no SQL with it: severity, state and so on are looked up
/// event by event.
const VIEWS: &[(&str, &str)] = &[
    (
        "SELECT ev_year, events, fatal_events, fatalities FROM ntsb.mv_yearly_stats",
        "SELECT ev_year, count(*), count(*) FILTER (WHERE severity = 'FATL'), sum(dead) FROM event GROUP BY 1",
    ),
    (
        "SELECT ev_year, ev_month, events, fatal_events FROM ntsb.mv_monthly_stats",
        "SELECT ev_year, ev_month, count(*), count(*) FILTER (WHERE severity = 'FATL') FROM event GROUP BY 1, 2",
    ),
    (
        "SELECT ev_state, events, placed_events, round(ST_X(centroid::geometry)::numeric, 6),
                round(ST_Y(centroid::geometry)::numeric, 6) FROM ntsb.mv_state_heatmap",
        "SELECT ev_state, count(*), count(lat), round(avg(lon)::numeric, 6), round(avg(lat)::numeric, 6)
         FROM event WHERE ev_state IS NOT NULL GROUP BY 1",
    ),
    (
        "SELECT acft_make, acft_model, events, fatal_events FROM ntsb.mv_aircraft_stats",
        "SELECT a.acft_make_std, a.acft_model_std, count(DISTINCT e.ev_id),
                count(DISTINCT e.ev_id) FILTER (WHERE severity = 'FATL')
         FROM event e JOIN ntsb.aircraft a ON a.ev_id = e.ev_id AND a.withdrawn_batch IS NULL GROUP BY 1, 2",
    ),
    (
        "SELECT code, sum(events)::bigint FROM ntsb.mv_cause_stats WHERE era = '2008' AND kind = 'finding' GROUP BY 1",
        "SELECT f.finding_code, count(DISTINCT (f.ev_id, CASE WHEN f.cm_inpc IS NOT NULL THEN f.cm_inpc = 'T' WHEN f.cause_factor IS NOT NULL THEN true END))
         FROM event e JOIN ntsb.findings f ON f.ev_id = e.ev_id AND f.withdrawn_batch IS NULL
         WHERE f.finding_code IS NOT NULL GROUP BY 1",
    ),
    (
        "SELECT ev_year, severity, ev_state, sum(events)::bigint, coalesce(sum(fatalities), 0)::bigint
         FROM ntsb.mv_accident_cube GROUP BY 1, 2, 3",
        "SELECT ev_year, severity, ev_state, count(*), coalesce(sum(dead), 0)::bigint FROM event GROUP BY 1, 2, 3",
    ),
    (
        "SELECT ev_year, severity, sum(events)::bigint FROM ntsb.mv_year_severity GROUP BY 1, 2",
        "SELECT ev_year, severity, count(*) FROM event GROUP BY 1, 2",
    ),
    (
        "SELECT sum(events)::bigint FROM ntsb.mv_phase_stats",
        "SELECT count(*) FROM event",
    ),
    (
        "SELECT sum(events)::bigint FROM ntsb.mv_crew_stats",
        "SELECT count(*) FROM event",
    ),
];

/// Events from the source tables. A null count is zero if the severity is known.
const EVENT: &str = "
    WITH event AS (
        SELECT ev_id, ev_year, ev_month, ev_state, lat, lon,
               CASE WHEN ev_highest_injury IS NULL AND inj_tot_f > 0 THEN 'FATL' ELSE ev_highest_injury END AS severity,
               CASE WHEN ev_highest_injury <> 'FATL' THEN coalesce(inj_tot_f, 0)
                    ELSE inj_tot_f END::bigint AS dead
        FROM ntsb.events WHERE withdrawn_batch IS NULL)";

fn assert_views_agree(database: &Database) {
    for (view, recount) in VIEWS {
        let sql = format!(
            "{EVENT}, shown AS ({view}), counted AS ({recount})
             SELECT 'only in the view: ' || row_to_json(s) FROM (SELECT * FROM shown EXCEPT ALL SELECT * FROM counted) s
             UNION ALL
             SELECT 'only in the recount: ' || row_to_json(c) FROM (SELECT * FROM counted EXCEPT ALL SELECT * FROM shown) c"
        );
        let differences: Vec<String> = database.query_column(&sql, &[]);
        assert!(
            differences.is_empty(),
            "{view}\n{}",
            differences.iter().take(6).cloned().collect::<Vec<_>>().join("\n")
        );
    }
}

#[test]
fn views_agree_with_the_tables() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    let path = folder.path().join("synthetic");
    let finished = run_ntsb(
        &database,
        &[
            "generate",
            "--events",
            "3000",
            "--seed",
            "7",
            "--words",
            "8",
            "--out",
            path.to_str().unwrap(),
        ],
    );
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    load(&database, &["--full"], &path);
    database.execute("CALL ntsb_refresh()");
    assert_views_agree(&database);

    // A refresh without changes does not refresh the views.
    let last_refresh =
        "SELECT max(refreshed_at)::text FROM ntsb.refresh_state WHERE what LIKE 'mv_%'";
    let before: String = database.query_value(last_refresh);
    database.execute("CALL ntsb_refresh()");
    assert_eq!(database.query_value::<String>(last_refresh), before);

    database.execute(
        "SELECT ntsb_begin_batch('corrected.mdb');
         INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_state, ev_highest_injury, inj_tot_f, lchg_date)
         SELECT ev_id, '1999-12-31', 'AK', 'FATL', '2', '2026-01-01' FROM ntsb.events ORDER BY ev_id LIMIT 40;
         CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'));
         CALL ntsb_refresh()",
    );
    assert!(database.query_value::<String>(last_refresh) > before);
    assert_views_agree(&database);
}

/// Maintenance, refreshes and an upgrade of the warehouse take different locks.
#[test]
fn concurrent_maintenance_does_not_block_a_refresh() {
    let database = Database::with_sample();
    database.execute("TRUNCATE ntsb.refresh_state");
    let mut other = database.connect();
    let mut locked = other.transaction().unwrap();
    let locks = "SELECT pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number(what))
                 FROM unnest('{warehouse,maintenance}'::text[]) what";
    locked.query(locks, &[]).unwrap();
    database.execute("CALL ntsb_refresh()");
    for what in ["star", "search", "mv_yearly_stats"] {
        assert_eq!(
            database.count_rows(&format!("ntsb.refresh_state WHERE what = '{what}'")),
            1,
            "{what}"
        );
    }
    locked.rollback().unwrap();

    let lock_numbers = "SELECT count(DISTINCT ntsb_internal.lock_number(what))
                   FROM unnest('{load,warehouse,star,views,search,maintenance}'::text[]) what";
    assert_eq!(database.query_value::<i64>(lock_numbers), 6);
}

/// Problems of BI and GIS tools: dates outside the supported years, geometries without a type or SRID, and
/// relations that information_schema does not list.
#[test]
fn every_relation_is_readable_for_bi_and_gis_tools() {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    let dates: Vec<String> = database.query_column(
        "SELECT format('SELECT %L FROM ntsb.%I WHERE %3$I NOT BETWEEN ''1900-01-01 00:00+00'' AND ''9999-12-31 00:00+00'' LIMIT 1',
                       c.relname || '.' || a.attname, c.relname, a.attname)
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'ntsb'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
           AND a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)",
        &[],
    );
    assert!(dates.len() > 40, "{}", dates.len());
    for sql in dates {
        assert_eq!(database.query_column::<String>(&sql, &[]), [""; 0], "{sql}");
    }
    let current =
        "SELECT count(*) FROM ntsb.dim_aircraft WHERE is_current AND valid_to = '9999-12-31'";
    assert!(database.query_value::<i64>(current) > 100);
    let untyped =
        "SELECT f_table_name::text FROM geography_columns WHERE srid <> 4326 OR type <> 'Point'
                   UNION ALL SELECT f_table_name::text FROM geometry_columns WHERE srid = 0";
    assert_eq!(database.query_column::<String>(untyped, &[]), [""; 0]);
    assert!(database.count_rows("geography_columns WHERE f_table_name = 'mv_state_heatmap'") > 0);
    let names =
        "SELECT substr(matviewname, 4) FROM pg_matviews WHERE schemaname = 'ntsb' ORDER BY 1";
    let views: Vec<String> = database.query_column(names, &[]);
    assert!(views.len() >= 10, "{views:?}");
    for view in views {
        let listed = format!(
            "information_schema.tables WHERE table_schema = 'ntsb' AND table_name = '{view}'"
        );
        assert_eq!(database.count_rows(&listed), 1, "{view}");
        let columns = format!(
            "(SELECT attname, col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = 'ntsb.mv_{view}'::regclass AND attnum > 0
              EXCEPT SELECT attname, col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = 'ntsb.{view}'::regclass) x"
        );
        assert_eq!(database.count_rows(&columns), 0, "{view}");
        let rows = [format!("ntsb.{view}"), format!("ntsb.mv_{view}")]
            .map(|name| database.count_rows(&name));
        assert_eq!(rows[0], rows[1], "{view}");
    }
}
