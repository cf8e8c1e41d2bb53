//! Reads the star schema without surrogate keys. A rebuilt star and a refreshed star may differ in
//! those keys only.

use std::collections::BTreeMap;

use postgres::GenericClient;

/// A query per table: each row as JSON, with natural keys in place of surrogate keys.
const TABLE_QUERIES: &[(&str, &str)] = &[
    (
        "fact_accidents",
        "SELECT (to_jsonb(f) - '{accident_id,location_id,aircraft_id,crew_id,weather_id,occurrence_cause_id,
                                 finding_cause_id,created_at,updated_at}'::text[]
                 || jsonb_build_object('place', l.natural_key, 'aircraft', a.natural_key, 'crew', c.member,
                        'crew_from', c.valid_from, 'weather', w.natural_key, 'occurrence', o.natural_key,
                        'finding', i.natural_key))::text
         FROM ntsb.fact_accidents f
         JOIN ntsb.dim_location l USING (location_id)
         JOIN ntsb.dim_aircraft a USING (aircraft_id)
         JOIN ntsb.dim_crew c USING (crew_id)
         JOIN ntsb.dim_weather w USING (weather_id)
         JOIN ntsb.dim_causes o ON o.cause_id = occurrence_cause_id
         JOIN ntsb.dim_causes i ON i.cause_id = finding_cause_id",
    ),
    (
        "bridge_event_aircraft",
        "SELECT (to_jsonb(b) - '{accident_id,aircraft_id}'::text[]
                 || jsonb_build_object('event', f.ev_id, 'aircraft', a.natural_key))::text
         FROM ntsb.bridge_event_aircraft b
         JOIN ntsb.fact_accidents f USING (accident_id)
         JOIN ntsb.dim_aircraft a ON a.aircraft_id = b.aircraft_id",
    ),
    (
        "bridge_event_crew",
        "SELECT (to_jsonb(b) - '{accident_id,crew_id}'::text[]
                 || jsonb_build_object('event', f.ev_id, 'crew', c.member, 'from', c.valid_from))::text
         FROM ntsb.bridge_event_crew b
         JOIN ntsb.fact_accidents f USING (accident_id)
         JOIN ntsb.dim_crew c ON c.crew_id = b.crew_id",
    ),
    (
        "bridge_event_cause",
        "SELECT (to_jsonb(b) - '{accident_id,cause_id}'::text[]
                 || jsonb_build_object('event', f.ev_id, 'cause', c.natural_key))::text
         FROM ntsb.bridge_event_cause b
         JOIN ntsb.fact_accidents f USING (accident_id)
         JOIN ntsb.dim_causes c USING (cause_id)",
    ),
    ("dim_location", "SELECT (to_jsonb(d) - 'location_id')::text FROM ntsb.dim_location d"),
    ("dim_aircraft", "SELECT (to_jsonb(d) - 'aircraft_id')::text FROM ntsb.dim_aircraft d"),
    ("dim_crew", "SELECT (to_jsonb(d) - 'crew_id')::text FROM ntsb.dim_crew d"),
    ("dim_weather", "SELECT (to_jsonb(d) - 'weather_id')::text FROM ntsb.dim_weather d"),
    ("dim_causes", "SELECT (to_jsonb(d) - 'cause_id')::text FROM ntsb.dim_causes d"),
    ("code_meaning", "SELECT to_jsonb(d)::text FROM ntsb.code_meaning d"),
    ("year_completeness", "SELECT to_jsonb(d)::text FROM ntsb.year_completeness d"),
];

/// The sorted rows of each table.
pub type StarContents = BTreeMap<&'static str, Vec<String>>;

pub fn read_star(client: &mut impl GenericClient) -> StarContents {
    let mut rows = |sql: &str| {
        let rows = client.query(sql, &[]).unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        let mut rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        rows.sort_unstable();
        rows
    };
    TABLE_QUERIES.iter().map(|(table, sql)| (*table, rows(sql))).collect()
}

/// Rebuilds the star in a transaction, reads it and rolls back.
pub fn read_rebuilt_star(client: &mut postgres::Client) -> StarContents {
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute("CALL ntsb_rebuild_star()").unwrap();
    let rebuilt = read_star(&mut transaction);
    transaction.rollback().unwrap();
    rebuilt
}

/// Panics with up to three rows that only one of the two has.
pub fn assert_same_star(refreshed: &StarContents, rebuilt: &StarContents, when: &str) {
    for (table, rows) in refreshed {
        let others = &rebuilt[table];
        let only = |a: &[String], b: &[String]| -> Vec<String> {
            a.iter().filter(|row| b.binary_search(row).is_err()).take(3).cloned().collect()
        };
        let (left, right) = (only(rows, others), only(others, rows));
        assert!(
            rows == others,
            "{when}: {table} differs ({} rows, rebuilt {}); only refreshed: {left:#?}\nonly rebuilt: {right:#?}",
            rows.len(),
            others.len()
        );
    }
}
