//! Clusters, neighbours and tiles, compared with PostGIS on the sample and with scikit-learn on the
//! real data.

use ntsb_tests::cli::load_within;
use ntsb_tests::database::Database;
use ntsb_tests::server::real_data_dir;
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

/// Properties of DBSCAN, each with a query for the events that violate it.
const VIOLATIONS: &[(&str, &str)] = &[
    (
        "an event is a core if and only if it has at least six events within the distance",
        "SELECT f.ev_id FROM found f JOIN (SELECT ev_id, count(*) AS about FROM pair GROUP BY 1) p USING (ev_id)
         WHERE f.is_core <> (p.about >= 6)",
    ),
    (
        "cores within the distance of each other are in the same cluster",
        "SELECT a.ev_id FROM pair JOIN found a USING (ev_id) JOIN found b ON b.ev_id = pair.other
         WHERE a.is_core AND b.is_core AND a.cluster_id IS DISTINCT FROM b.cluster_id",
    ),
    (
        "any other event is in the lowest cluster that has a core within the distance, or in none",
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
        "every event with coordinates is returned",
        "SELECT ev_id FROM ntsb.events WHERE lat IS NOT NULL AND withdrawn_batch IS NULL
         EXCEPT SELECT ev_id FROM found",
    ),
];

#[test]
fn clusters_satisfy_the_definition_of_dbscan() {
    let database = Database::with_sample();
    let mut client = database.connect();
    client.batch_execute(NEIGHBOURS).unwrap();
    let clusters: i64 =
        client.query_one("SELECT count(DISTINCT cluster_id) FROM found", &[]).unwrap().get(0);
    assert!(clusters > 3, "{clusters} clusters are too few for a comparison");
    for (property, violations) in VIOLATIONS {
        let rows = client.query(*violations, &[]).unwrap();
        let ids: Vec<String> = rows.iter().take(5).map(|row| row.get(0)).collect();
        assert!(ids.is_empty(), "violated: {property}: {ids:?}");
    }
}

#[test]
fn nearby_events_match_the_haversine_formula() {
    let database = Database::with_sample();
    for (lat, lon, km) in [(39.7, -105.0, 120.0), (61.2, -149.9, 300.0), (-89.0, 12.0, 20_000.0)] {
        let mismatches = format!(
            "WITH expected AS (
                 SELECT ev_id, 2 * 6371.0088 * asin(sqrt(power(sind((lat - {lat}) / 2), 2)
                        + cosd(lat) * cosd({lat}) * power(sind((lon - ({lon})) / 2), 2))) AS km
                 FROM ntsb.events WHERE lat IS NOT NULL AND withdrawn_batch IS NULL)
             SELECT count(*) FROM (SELECT * FROM expected WHERE km <= {km}) e
             FULL JOIN ntsb_accidents_near({lat}, {lon}, {km}, 10000) n USING (ev_id)
             WHERE abs(e.km - n.km) < 0.001 IS NOT TRUE"
        );
        assert_eq!(database.query_value::<i64>(&mismatches), 0, "{lat} {lon}");
        let is_sorted = format!(
            "SELECT km <= max(km) OVER () AND row_number() OVER () = rank() OVER (ORDER BY km)
                             FROM ntsb_accidents_near({lat}, {lon}, {km}, 50)"
        );
        assert!(database.query_column::<bool>(&is_sorted, &[]).into_iter().all(|sorted| sorted));
    }
}

#[test]
fn a_tile_holds_the_events_inside_it() {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    let with_coordinates: i64 = database.query_value(
        "SELECT count(*) FROM ntsb.events WHERE abs(lat) < 85 AND withdrawn_batch IS NULL",
    );
    let tile = |sql: &str| database.query_value::<Vec<u8>>(&format!("SELECT ntsb_tile({sql})"));
    // At a low zoom a feature is one of 64 by 64 cells, at a high zoom it is an event.
    let (cells, filtered) = (
        count_features(&tile("0, 0, 0")),
        count_features(&tile("0, 0, 0, '{\"filter\": \"TRUE\"}'")),
    );
    assert!((20..=with_coordinates).contains(&cells), "{cells} of {with_coordinates}");
    assert!((cells - filtered).abs() * 20 < cells, "{cells} or {filtered}");
    let busiest = database.query_rows(
        "SELECT floor((lon + 180) / 360 * 256)::integer, floor((0.5 - ln(tan(pi() / 4 + radians(lat) / 2)) / (2 * pi())) * 256)::integer,
                count(*) FROM ntsb.events WHERE abs(lat) < 85 AND withdrawn_batch IS NULL GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 3",
        &[],
    );
    for row in busiest {
        let (x, y, events): (i32, i32, i64) = (row.get(0), row.get(1), row.get(2));
        let found = count_features(&tile(&format!("8, {x}, {y}")));
        // Includes the events of the buffer around the tile.
        assert!((events..events + events / 4 + 3).contains(&found), "{found} of {events}");
        assert_eq!(
            found,
            count_features(&tile(&format!(r#"8, {x}, {y}, '{{"filter": "ev_year > 0"}}'"#)))
        );
    }
}

/// Counts the features of a tile. In the protocol buffer, Tile.layers is field 3, Layer.features is field 2.
fn count_features(tile: &[u8]) -> i64 {
    let layers = length_delimited_fields(tile).into_iter().filter(|(field, _)| *field == 3);
    layers
        .map(|(_, layer)| {
            length_delimited_fields(layer).iter().filter(|(f, _)| *f == 2).count() as i64
        })
        .sum()
}

/// The length-delimited fields of a protocol buffer: number and content.
fn length_delimited_fields(mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = read_varint(&mut bytes);
        let value = read_varint(&mut bytes);
        if tag & 7 == 2 {
            let (content, rest) = bytes.split_at(usize::try_from(value).unwrap());
            found.push((tag >> 3, content));
            bytes = rest;
        }
    }
    found
}

/// Reads a varint and removes it from the slice.
fn read_varint(bytes: &mut &[u8]) -> u64 {
    let length = 1 + bytes.iter().position(|b| *b < 128).unwrap();
    let (own, rest) = bytes.split_at(length);
    *bytes = rest;
    own.iter().rev().fold(0, |n, b| n << 7 | u64::from(b & 127))
}

#[test]
fn a_long_query_can_be_cancelled() {
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
fn real_data_is_clustered_as_by_scikit_learn() {
    let Some(folder) = real_data_dir() else {
        println!("skipped: NTSB_DATA names no folder of real NTSB files");
        return;
    };
    let database = Database::empty_warehouse();
    for file in ["Pre2008.zip", "avall.zip"] {
        load_within(&database, &["--no-refresh"], &folder.join(file), Duration::from_secs(300));
    }
    database.execute("CALL ntsb_refresh_star()");
    let golden = include_str!("../golden/geo_real.tsv");
    let mut lines = golden.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    for line in lines {
        let parameters: HashMap<_, _> = names.iter().copied().zip(line.iter().copied()).collect();
        let sql = format!(
            "SELECT concat_ws(' ', count(*), max(cluster_id) + 1, count(*) FILTER (WHERE cluster_id IS NULL),
                encode(sha256(convert_to(string_agg(format(E'%s %s %s\\n', ev_id, coalesce(cluster_id, -1), is_core::integer),
                       '' ORDER BY ev_id COLLATE \"C\"), 'UTF8')), 'hex'))
             FROM ntsb_cluster_accidents({}, {})",
            parameters["eps_km"], parameters["min_points"]
        );
        let expected =
            ["points", "clusters", "noise", "sha256"].map(|name| parameters[name]).join(" ");
        assert_eq!(database.query_value::<String>(&sql), expected, "{} km", parameters["eps_km"]);
    }
    assert_morans_i(&database);
}

/// Moran's I with eight neighbours is 0.0697 on 77,883 points, with z of about 42.
fn assert_morans_i(database: &Database) {
    let i: f64 = database.query_value("SELECT morans_i FROM ntsb_morans_i(permutations => 0)");
    let z: f64 = database.query_value("SELECT z FROM ntsb_morans_i(permutations => 0)");
    assert!((i - 0.0697).abs() < 0.001 && (z - 42.0).abs() < 1.0, "{i} {z}");
}

/// Tile functions that martin discovers: three integers named z (or zoom), x and y, at most one more argument of
/// type json or jsonb, and a bytea result.
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

/// Tile functions that pg_tileserv discovers: first z, x and y, all integer, and a bytea result.
const PG_TILESERV: &str = "
    SELECT p.proname::text FROM pg_proc p
    WHERE p.proname LIKE 'ntsb%' AND p.prorettype = 'bytea'::regtype AND p.proargnames[1:3] = '{z,x,y}'
      AND p.proargtypes[0] = 'int4'::regtype AND p.proargtypes[1] = 'int4'::regtype
      AND p.proargtypes[2] = 'int4'::regtype";

#[test]
fn tile_servers_discover_the_tile_function() {
    let database = Database::with_sample();
    for discovery in [MARTIN, PG_TILESERV] {
        assert_eq!(database.query_column::<String>(discovery, &[]), ["ntsb_tile"]);
    }
    // The calls that martin and pg_tileserv make.
    let fatal = r#"'{"filter": "severity = ''FATL''", "style": "dark"}'::json"#;
    let all = count_features(&database.query_value::<Vec<u8>>(
        "SELECT public.ntsb_tile(0::integer, 0::integer, 0::integer, '{}'::json)",
    ));
    let fatal_only = count_features(&database.query_value::<Vec<u8>>(&format!(
        "SELECT public.ntsb_tile(z => 0, x => 0, y => 0, query => {fatal})"
    )));
    assert!(fatal_only > 0 && fatal_only < all, "{fatal_only} of {all}");
}

/// The CONTEXT of an error names the functions. It must not print their SQL.
#[test]
fn errors_do_not_print_sql() {
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
        // One line per function of the call stack.
        assert!(context.lines().count() <= 3 && context.len() < 250, "{call}: {context}");
    }
}
