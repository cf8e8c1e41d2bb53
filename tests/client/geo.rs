//! Clusters, neighbours and tiles against what PostGIS says of the same points, and scikit-learn of
//! the real ones.

use ntsb_tests::database::Database;
use ntsb_tests::ntsb::load_within;
use ntsb_tests::server::real_data;
use postgres::error::SqlState;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Pairs of events within 40 km of each other on the sphere, by PostGIS.
const NEIGHBOURS: &str = "
    CREATE TEMP TABLE pair AS
    SELECT a.ev_id, b.ev_id AS other FROM ntsb.events a
    JOIN ntsb.events b ON public.ST_DWithin(a.geog, b.geog, 40000, false)
    WHERE a.withdrawn_batch IS NULL AND b.withdrawn_batch IS NULL;
    CREATE TEMP TABLE found AS SELECT * FROM ntsb_cluster_accidents(40, 6)";

/// What the definition of DBSCAN forbids, each with what must be none.
const BROKEN: &[(&str, &str)] = &[
    (
        "a core has six events about it, and nothing else is a core",
        "SELECT f.ev_id FROM found f JOIN (SELECT ev_id, count(*) AS about FROM pair GROUP BY 1) p USING (ev_id)
         WHERE f.is_core <> (p.about >= 6)",
    ),
    (
        "cores within the distance are of one cluster",
        "SELECT a.ev_id FROM pair JOIN found a USING (ev_id) JOIN found b ON b.ev_id = pair.other
         WHERE a.is_core AND b.is_core AND a.cluster_id IS DISTINCT FROM b.cluster_id",
    ),
    (
        "another event is of the lowest cluster that reaches it, or of none",
        "SELECT f.ev_id FROM found f
         LEFT JOIN LATERAL (SELECT min(c.cluster_id) AS lowest FROM pair JOIN found c ON c.ev_id = pair.other
                            WHERE pair.ev_id = f.ev_id AND c.is_core) l ON true
         WHERE NOT f.is_core AND f.cluster_id IS DISTINCT FROM l.lowest",
    ),
    (
        "clusters are numbered from 0 in the order of their first cores",
        "SELECT cluster_id::text FROM (SELECT cluster_id, min(ev_id COLLATE \"C\") AS first FROM found
                                       WHERE is_core GROUP BY 1) c
         WHERE cluster_id <> (SELECT count(DISTINCT o.cluster_id) FROM found o
                              WHERE o.is_core AND o.ev_id COLLATE \"C\" < c.first)",
    ),
    (
        "every event with coordinates is told",
        "SELECT ev_id FROM ntsb.events WHERE lat IS NOT NULL AND withdrawn_batch IS NULL
         EXCEPT SELECT ev_id FROM found",
    ),
];

#[test]
fn clusters_are_what_the_definition_says_by_postgis() {
    let database = Database::with_sample();
    let mut client = database.connect();
    client.batch_execute(NEIGHBOURS).unwrap();
    let clusters: i64 =
        client.query_one("SELECT count(DISTINCT cluster_id) FROM found", &[]).unwrap().get(0);
    assert!(clusters > 3, "{clusters} clusters show little");
    for (rule, broken) in BROKEN {
        let rows = client.query(*broken, &[]).unwrap();
        let ids: Vec<String> = rows.iter().take(5).map(|row| row.get(0)).collect();
        assert!(ids.is_empty(), "not so: {rule}: {ids:?}");
    }
}

#[test]
fn what_is_near_is_what_the_haversine_says() {
    let database = Database::with_sample();
    for (lat, lon, km) in [(39.7, -105.0, 120.0), (61.2, -149.9, 300.0), (-89.0, 12.0, 20_000.0)] {
        let wrong = format!(
            "WITH expected AS (
                 SELECT ev_id, 2 * 6371.0088 * asin(sqrt(power(sind((lat - {lat}) / 2), 2)
                        + cosd(lat) * cosd({lat}) * power(sind((lon - ({lon})) / 2), 2))) AS km
                 FROM ntsb.events WHERE lat IS NOT NULL AND withdrawn_batch IS NULL)
             SELECT count(*) FROM (SELECT * FROM expected WHERE km <= {km}) e
             FULL JOIN ntsb_accidents_near({lat}, {lon}, {km}, 10000) n USING (ev_id)
             WHERE abs(e.km - n.km) < 0.001 IS NOT TRUE"
        );
        assert_eq!(database.one::<i64>(&wrong), 0, "{lat} {lon}");
        let first = format!(
            "SELECT km <= max(km) OVER () AND row_number() OVER () = rank() OVER (ORDER BY km)
                             FROM ntsb_accidents_near({lat}, {lon}, {km}, 50)"
        );
        assert!(database.column::<bool>(&first, &[]).into_iter().all(|sorted| sorted));
    }
}

#[test]
fn a_tile_holds_the_events_of_its_place() {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    let placed: i64 = database
        .one("SELECT count(*) FROM ntsb.events WHERE abs(lat) < 85 AND withdrawn_batch IS NULL");
    let tile = |sql: &str| database.one::<Vec<u8>>(&format!("SELECT ntsb_tile({sql})"));
    // Far out every feature is counted in one of 64 by 64 cells, near by it is an event.
    let (cells, filtered) =
        (features(&tile("0, 0, 0")), features(&tile("0, 0, 0, '{\"filter\": \"TRUE\"}'")));
    assert!((20..=placed).contains(&cells), "{cells} of {placed}");
    assert!((cells - filtered).abs() * 20 < cells, "{cells} or {filtered}");
    let busiest = database.rows(
        "SELECT floor((lon + 180) / 360 * 256)::integer, floor((0.5 - ln(tan(pi() / 4 + radians(lat) / 2)) / (2 * pi())) * 256)::integer,
                count(*) FROM ntsb.events WHERE abs(lat) < 85 AND withdrawn_batch IS NULL GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 3",
        &[],
    );
    for row in busiest {
        let (x, y, events): (i32, i32, i64) = (row.get(0), row.get(1), row.get(2));
        let found = features(&tile(&format!("8, {x}, {y}")));
        // With those of the edge about it.
        assert!((events..events + events / 4 + 3).contains(&found), "{found} of {events}");
        assert_eq!(
            found,
            features(&tile(&format!(r#"8, {x}, {y}, '{{"filter": "ev_year > 0"}}'"#)))
        );
    }
}

/// Features of the one layer of a tile: Tile.layers is field 3, Layer.features field 2.
fn features(tile: &[u8]) -> i64 {
    let layers = fields(tile).into_iter().filter(|(field, _)| *field == 3);
    layers.map(|(_, layer)| fields(layer).iter().filter(|(f, _)| *f == 2).count() as i64).sum()
}

/// The fields of a protocol buffer that have a length, with their content.
fn fields(mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = number(&mut bytes);
        let value = number(&mut bytes);
        if tag & 7 == 2 {
            let (content, rest) = bytes.split_at(usize::try_from(value).unwrap());
            found.push((tag >> 3, content));
            bytes = rest;
        }
    }
    found
}

fn number(bytes: &mut &[u8]) -> u64 {
    let length = 1 + bytes.iter().position(|b| *b < 128).unwrap();
    let (own, rest) = bytes.split_at(length);
    *bytes = rest;
    own.iter().rev().fold(0, |n, b| n << 7 | u64::from(b & 127))
}

#[test]
fn a_long_question_can_be_cancelled() {
    let database = Database::with_sample();
    let mut client = database.connect();
    for sql in [
        "SELECT * FROM ntsb_morans_i(permutations => 99999)",
        "SELECT count(*) FROM ntsb_hotspots(neighbours => 100, permutations => 99999)",
        "SELECT count(*) FROM ntsb_density(0.05, 500)",
    ] {
        client.batch_execute("SET ntsb.work_mem = '4GB'; SET statement_timeout = '100ms'").unwrap();
        let start = Instant::now();
        let error = client.query(sql, &[]).unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED), "{sql}: {error:?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{sql}: {:?}", start.elapsed());
    }
}

#[test]
fn real_points_are_clustered_as_by_scikit_learn() {
    let Some(folder) = real_data() else {
        println!("skipped: NTSB_DATA names no folder of real NTSB files");
        return;
    };
    let database = Database::blank();
    for file in ["Pre2008.zip", "avall.zip"] {
        load_within(&database, &["--no-refresh"], &folder.join(file), Duration::from_secs(300));
    }
    database.execute("CALL ntsb_refresh_star()");
    let golden = include_str!("../golden/geo_real.tsv");
    let mut lines = golden.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    for line in lines {
        let of: HashMap<_, _> = names.iter().copied().zip(line.iter().copied()).collect();
        let sql = format!(
            "SELECT concat_ws(' ', count(*), max(cluster_id) + 1, count(*) FILTER (WHERE cluster_id IS NULL),
                encode(sha256(convert_to(string_agg(format(E'%s %s %s\\n', ev_id, coalesce(cluster_id, -1), is_core::integer),
                       '' ORDER BY ev_id COLLATE \"C\"), 'UTF8')), 'hex'))
             FROM ntsb_cluster_accidents({}, {})",
            of["eps_km"], of["min_points"]
        );
        let expected = ["points", "clusters", "noise", "sha256"].map(|name| of[name]).join(" ");
        assert_eq!(database.one::<String>(&sql), expected, "{} km", of["eps_km"]);
    }
    moran_is_what_is_known(&database);
}

/// With eight neighbours: 0.0697 on 77,883 points, z about 42.
fn moran_is_what_is_known(database: &Database) {
    let i: f64 = database.one("SELECT morans_i FROM ntsb_morans_i(permutations => 0)");
    let z: f64 = database.one("SELECT z FROM ntsb_morans_i(permutations => 0)");
    assert!((i - 0.0697).abs() < 0.001 && (z - 42.0).abs() < 1.0, "{i} {z}");
}

/// martin's discovery: three integers named z (or zoom), x and y, at most one more argument, of JSON, and bytes
/// as result.
const MARTIN: &str = "
    SELECT r.routine_name::text
    FROM information_schema.routines r
    JOIN information_schema.parameters p USING (specific_schema, specific_name)
    WHERE r.routine_name LIKE 'ntsb%' AND r.data_type = 'bytea' AND p.parameter_mode = 'IN'
    GROUP BY r.specific_name, r.routine_name
    HAVING array_agg(p.parameter_name::text ORDER BY p.ordinal_position)
               FILTER (WHERE p.ordinal_position <= 3 AND p.data_type = 'integer') IN ('{z,x,y}', '{zoom,x,y}')
       AND count(*) BETWEEN 3 AND 4
       AND coalesce(bool_and(p.data_type IN ('json', 'jsonb')) FILTER (WHERE p.ordinal_position = 4), true)";

/// pg_tileserv's: z, x and y first, all integer, and bytes as result.
const PG_TILESERV: &str = "
    SELECT p.proname::text FROM pg_proc p
    WHERE p.proname LIKE 'ntsb%' AND p.prorettype = 'bytea'::regtype AND p.proargnames[1:3] = '{z,x,y}'
      AND p.proargtypes[0] = 'int4'::regtype AND p.proargtypes[1] = 'int4'::regtype
      AND p.proargtypes[2] = 'int4'::regtype";

#[test]
fn tile_servers_find_the_tiles() {
    let database = Database::with_sample();
    for discovery in [MARTIN, PG_TILESERV] {
        assert_eq!(database.column::<String>(discovery, &[]), ["ntsb_tile"]);
    }
    // As the two call it.
    let fatal = r#"'{"filter": "severity = ''FATL''", "style": "dark"}'::json"#;
    let all =
        features(&database.one::<Vec<u8>>(
            "SELECT public.ntsb_tile(0::integer, 0::integer, 0::integer, '{}'::json)",
        ));
    let few = features(&database.one::<Vec<u8>>(&format!(
        "SELECT public.ntsb_tile(z => 0, x => 0, y => 0, query => {fatal})"
    )));
    assert!(few > 0 && few < all, "{few} of {all}");
}

/// An error says what is wrong and in which functions, and not by which pages of SQL it was found.
#[test]
fn errors_print_no_sql() {
    let database = Database::with_sample();
    for call in [
        "SELECT * FROM ntsb_cluster_summary(0, 5)",
        "SELECT * FROM ntsb_cluster_summary(10, 0)",
        "SELECT * FROM ntsb_cluster_summary(10, 5, 'zzz = 1')",
        "CALL ntsb_refresh_clusters(10, 5, 'zzz = 1')",
        "SELECT * FROM ntsb_cluster_accidents(10, 5, 'zzz = 1')",
        "SELECT * FROM ntsb_search_advanced('zzz = 1')",
        "SELECT * FROM ntsb_predict_causes('{}'::jsonb)",
        "SELECT * FROM ntsb_predict_batch('[]'::jsonb, 'zz')",
        "CALL ntsb_train('m', 'zz')",
        "CALL ntsb_archive_decade(1995)",
        "SELECT ntsb_adopt_airports('x')",
    ] {
        let error = database.connect().batch_execute(call).unwrap_err();
        let context = error.as_db_error().and_then(|e| e.where_()).unwrap_or_default().to_owned();
        // The functions that it went through, each in a line.
        assert!(context.lines().count() <= 3 && context.len() < 250, "{call}: {context}");
    }
}
