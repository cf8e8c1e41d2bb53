//! Hostile SQL literals, by type name.

const TEXTS: &[&str] = &[
    "NULL::text",
    "''",
    "'x'",
    "'CESSNA'",
    "'events'",
    "'severity'",
    "'ntsb.events'",
    "'20240914902470'",
    "'fatalities > 0'",
    "'ev_state = ''AK'''",
    "'CASE fatalities WHEN 1 THEN true WHEN 2 THEN false END'",
    "'1; DROP TABLE ntsb.events; --'",
    "'../../../etc/passwd'",
    "'/tmp'",
    "'%s%n{}$1'",
    "'infinity'",
    "E'\\x01\\x1e\\x7f'",
    "U&'\\202E\\FFFD\\D83D\\DE00'",
    "repeat('a', 1000000)",
    "repeat('(', 20000)",
    "repeat('NOT ', 5000)",
    "repeat('\"', 999)",
    "repeat('[', 20000)",
];
const INTEGERS: &[&str] = &["NULL", "0", "-1", "1", "7", "100", "2147483647", "'-2147483648'"];
const SMALL: &[&str] = &["NULL", "0", "-1", "32767", "'-32768'"];
const BIG: &[&str] =
    &["NULL", "0", "-1", "1", "2147483648", "9223372036854775807", "'-9223372036854775808'"];
const DOUBLES: &[&str] = &[
    "NULL",
    "0",
    "'-0'",
    "1",
    "-1",
    "39.7",
    "-105",
    "0.95",
    "10",
    "1e308",
    "'-1e308'",
    "5e-324",
    "'NaN'",
    "'Infinity'",
    "'-Infinity'",
];
const DATES: &[&str] = &[
    "NULL",
    "'infinity'",
    "'-infinity'",
    "'4713-01-01 BC'",
    "'5874897-12-31'",
    "'0001-01-01'",
    "'2020-02-29'",
];
const TIMES: &[&str] =
    &["NULL", "'infinity'", "'-infinity'", "'4713-01-01 BC'", "'294276-12-31'", "'2020-02-29'"];
const JSON: &[&str] = &[
    "NULL",
    "'null'",
    "'{}'",
    "'[]'",
    "'\"x\"'",
    "'-1e400'",
    "'true'",
    "'{\"acft_make\": \"CESSNA\"}'",
    "'{\"acft_make\": {\"a\": [[]]}, \"ev_date\": \"infinity\"}'",
    "'{\"ev_id\": null, \"x\": 1e999}'",
    "'[{\"acft_make\": \"CESSNA\"}, null, 7, []]'",
    "'{\"ev_date\": \"5874897-12-31\", \"dec_latitude\": 1e308, \"dec_longitude\": -1e308}'",
    "(repeat('[', 2000) || repeat(']', 2000))::jsonb",
    "(repeat('{\"a\":', 2000) || '1' || repeat('}', 2000))::jsonb",
    "(SELECT jsonb_agg(i) FROM generate_series(1, 50000) i)",
    "(SELECT jsonb_object_agg('k' || i, i) FROM generate_series(1, 20000) i)",
];
const BYTES: &[&str] = &[
    "NULL",
    "''",
    "'\\x00'",
    "'\\x7b4c'",
    "'\\x7b4c0000000000000005'",
    "convert_to('{\"learner\": {}}', 'UTF8')",
    "convert_to(repeat('[', 100000), 'UTF8')",
    "decode(repeat('5b', 100000), 'hex')",
    "decode(repeat('ff', 1000000), 'hex')",
];
const TEXT_ARRAYS: &[&str] = &[
    "NULL",
    "'{}'",
    "'{NULL}'",
    "'{\"\"}'",
    "'{{a,b},{c,d}}'",
    "'[5:6]={fatalities,pilot_age}'",
    "'{fatalities,pilot_age}'",
    "array_fill('x'::text, ARRAY[100000])",
    "array_fill(NULL::text, ARRAY[100000])",
];
const NUMBER_ARRAYS: &[&str] = &[
    "NULL",
    "'{}'",
    "'{NULL}'",
    "'{NaN}'",
    "'{Infinity,-Infinity}'",
    "'{{1,2},{3,4}}'",
    "'{1,2,3}'",
    "array_fill(1, ARRAY[100000])",
    "array_fill(NULL::integer, ARRAY[100000])",
];
const GEOMETRIES: &[&str] = &[
    "NULL",
    "'POINT EMPTY'",
    "'POINT(1e308 -1e308)'",
    "'GEOMETRYCOLLECTION EMPTY'",
    "'SRID=4326;POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90))'",
    "ST_MakePoint('NaN', 'Infinity')",
];
const ROWS: &[&str] = &[
    "NULL::pg_class",
    "ROW()",
    "ROW(1, 'a', NULL)",
    "(SELECT s FROM ntsb.states s LIMIT 1)",
    "(SELECT s FROM hostile_rows s)",
    "(SELECT x FROM (SELECT '100'::text AS code) x)",
];
const SHAPES: &[&str] = &[
    "NULL::text",
    "NULL::integer[]",
    "NULL::pg_class",
    "NULL::hostile_shape",
    "NULL::ntsb_staging.clean_events",
    "NULL::ntsb_staging.clean_ct_seqevt",
    "ROW(1, 2)",
];

/// The literals of a type, or only NULL for other types.
pub fn literals_of_type(name: &str) -> &'static [&'static str] {
    match name {
        "text" => TEXTS,
        "integer" => INTEGERS,
        "smallint" => SMALL,
        "bigint" => BIG,
        "double precision" | "real" => DOUBLES,
        "date" => DATES,
        "timestamp with time zone" | "timestamp without time zone" => TIMES,
        "interval" => &["NULL", "'0'", "'-1 day'", "'178000000 years'", "'-178000000 years'"],
        "boolean" => &["NULL", "true", "false"],
        "jsonb" | "json" => JSON,
        "bytea" => BYTES,
        "text[]" => TEXT_ARRAYS,
        "real[]" | "double precision[]" => NUMBER_ARRAYS,
        "daterange" => {
            &["NULL", "'empty'", "'(,)'", "'[infinity,infinity]'", "'[2010-01-01,2020-01-01)'"]
        }
        "geometry" => GEOMETRIES,
        "record" => ROWS,
        "anyelement" => SHAPES,
        _ => &["NULL"],
    }
}

/// Casts a literal to the type of an argument. A cast to a polymorphic type is not possible.
pub fn cast_argument(literal: &str, name: &str) -> String {
    if matches!(name, "record" | "anyelement") {
        literal.to_owned()
    } else {
        format!("({literal})::{name}")
    }
}
