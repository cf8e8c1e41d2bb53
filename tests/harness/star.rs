//! What the star holds, without the surrogate keys, by which a rebuilt star differs from one that
//! was refreshed.

use std::collections::BTreeMap;

use postgres::GenericClient;

/// Each row of a table as JSON, its members by their natural keys.
const CONTENTS: &[(&str, &str)] = &[
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

/// Rows of each table, sorted.
pub type Star = BTreeMap<&'static str, Vec<String>>;

pub fn star(client: &mut impl GenericClient) -> Star {
    let mut rows = |sql: &str| {
        let rows = client.query(sql, &[]).unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        let mut rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        rows.sort_unstable();
        rows
    };
    CONTENTS.iter().map(|(table, sql)| (*table, rows(sql))).collect()
}

/// What a rebuild would make of the star, which stays as it is.
pub fn rebuilt(client: &mut postgres::Client) -> Star {
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute("CALL ntsb_rebuild_star()").unwrap();
    let rebuilt = star(&mut transaction);
    transaction.rollback().unwrap();
    rebuilt
}

/// Fails with the first rows of which only one has each.
pub fn assert_same_star(refreshed: &Star, rebuilt: &Star, when: &str) {
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
