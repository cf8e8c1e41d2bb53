use super::*;
use ntsb_schema::clean::row::{CleanRow, Context, RowCleaner};
use ntsb_schema::tables::Table;
use proptest::prelude::*;

fn table(name: &str) -> &'static Table {
    Table::find(name).expect("table exists")
}

/// Evaluates a condition on a row of `events`.
fn eval(condition: &str, cells: &[(&str, &str)]) -> Option<bool> {
    let table = table("events");
    let cell = |name: &str| cells.iter().find(|c| c.0 == name).map(|c| c.1);
    let raw: Vec<_> = table.columns.iter().map(|c| cell(c.name)).collect();
    let mut row = CleanRow::new();
    RowCleaner::new(table).clean(&raw, &Context::default(), &mut row);
    let predicate = Predicate::parse(condition, table);
    predicate.unwrap_or_else(|e| panic!("{condition}: {e}")).eval(&row.values)
}

/// The expected results come from PostgreSQL 15 (`golden/make.sh`).
#[test]
fn conditions_evaluate_as_in_postgresql() {
    let row = [
        ("ev_id", "20100615X00001"),
        ("ev_date", "2010-06-15"),
        ("ev_city", "Reno"),
        ("ev_state", "NV"),
        ("ev_time", "825"),
        ("inj_tot_f", "2"),
        ("vis_sm", "2.5"),
        ("altimeter", "29.92"),
        ("dec_latitude", "39.5"),
        ("dec_longitude", "-119.75"),
        ("lchg_date", "2012-01-02 03:04:05"),
    ];
    let cases = include_str!("golden/answers.tsv").lines().filter(|l| !l.starts_with('#'));
    let mut count = 0;
    for case in cases {
        let (condition, result) = case.split_once('\t').expect("condition and result");
        let expected = match result {
            "t" => Some(true),
            "f" => Some(false),
            _ => None,
        };
        assert_eq!(eval(condition, &row), expected, "{condition}");
        count += 1;
    }
    assert!(count > 100, "{count}");
}

fn parse_error(condition: &str) -> String {
    match Predicate::parse(condition, table("events")) {
        Ok(_) => format!("{condition} is accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn forbidden_constructs_are_named_in_the_error() {
    for (condition, expected) in [
        ("(SELECT true)", "a subquery"),
        ("ev_id IN (SELECT ev_id FROM aircraft)", "a subquery"),
        ("EXISTS (SELECT 1)", "a subquery"),
        ("pg_sleep(1) IS NULL", "function pg_sleep"),
        ("pg_catalog.lower(ev_city) = 'x'", "function pg_catalog.lower"),
        ("now() > ev_date", "function now"),
        ("current_date > ev_date", "function current_date"),
        ("ev_date::text = 'x'", "a cast to TEXT"),
        ("CAST(ev_time AS text) = 'x'", "a cast"),
        ("ev_time = $1", "parameter $1"),
        ("ev_time = ?", "syntax error in the condition"),
        ("ev_time = 1;", "a semicolon"),
        ("ev_time = 1; DROP TABLE events", "a semicolon"),
        ("ev_time = 1 ev_city", "after the end"),
        ("no_such > 1", "no column \"no_such\""),
        ("\"EV_TIME\" > 1", "no column \"EV_TIME\""),
        ("aircraft.ev_id = 'x'", "the name \"aircraft.ev_id\""),
        ("ev_time = 'x'", "a comparison cannot combine integer and text"),
        ("ev_city > 1", "a comparison cannot combine text and integer"),
        ("ev_date > 'soon'", "not a date"),
        ("ev_date > '06/15/10'", "not a date"),
        ("ev_city + 1 > 1", "arithmetic cannot combine text and integer"),
        ("vis_sm % 2 = 0", "% cannot combine real and integer"),
        ("ev_time", "the condition must be boolean, got integer"),
        ("NOT ev_time", "the operand of NOT must be boolean"),
        ("ev_city || 'x' = 'y'", "the operator ||"),
        ("ev_city ~ 'x'", "the operator ~"),
        ("ev_city SIMILAR TO 'x'", "a regular expression"),
        ("ev_city LIKE 'x' ESCAPE '!'", "LIKE with ANY or ESCAPE"),
        ("ev_time = ANY (ARRAY[1])", "an array"),
        ("ev_time = ANY (ev_year)", "ANY"),
        ("(ev_time, ev_year) = (1, 2)", "a row of values"),
        ("count(*) > 1", "function count"),
        ("length(DISTINCT ev_city) > 1", "length with clauses"),
        ("length() > 1", "length does not take 0"),
        ("round(vis_sm, 2) > 1", "round does not take 2"),
        ("abs(ev_city) > 1", "the argument of abs must be a number, got text"),
        ("lower(ev_time) = 'x'", "the first argument of lower must be text, got integer"),
        ("left(ev_city, 'x') = 'y'", "an argument of left must be an integer, got text"),
        ("extract(epoch FROM ev_date) > 1", "extract(EPOCH"),
        ("extract(year FROM ev_city) > 1", "must be a date or timestamp"),
        ("ev_date - INTERVAL '1 day' > ev_date", "an interval"),
        ("ev_city COLLATE \"C\" = 'x'", "COLLATE"),
        ("1 < ev_time < 3", "boolean and integer"),
        ("", "syntax error in the condition"),
        ("ev_city = 'x", "syntax error in the condition"),
        ("ev_city = E'\\x'", "the constant"),
    ] {
        let error = parse_error(condition);
        assert!(error.contains(expected), "{condition}: {error}");
    }
}

#[test]
fn long_and_deep_conditions_are_rejected() {
    assert_eq!(parse_error(&" ".repeat(2001)), FilterError::TooLong.to_string());
    for (open, close) in
        [("(", ")"), ("NOT ", ""), ("- ", ""), ("abs(", ")"), ("CASE WHEN ", " THEN TRUE END")]
    {
        let nested = |n: usize| format!("{}ev_time{}", open.repeat(n), close.repeat(n));
        // At its limit the parser may try another production and report the error of that one.
        assert!(Predicate::parse(&nested(100), table("events")).is_err(), "{open}");
    }
    let sum = vec!["ev_time"; 100].join("+");
    assert_eq!(parse_error(&format!("{sum} > 1")), FilterError::TooDeep.to_string());
    let chain = vec!["ev_time=1"; 140].join(" OR ");
    assert!(Predicate::parse(&chain, table("events")).is_ok(), "{}", parse_error(&chain));
}

#[test]
fn lists_the_columns_of_a_condition() {
    let table = table("events");
    let predicate = Predicate::parse("ev_time > ev_year OR ev_time IS NULL OR lat > 1", table);
    let predicate = predicate.expect("valid condition");
    let names: Vec<_> = table.columns.iter().chain(table.derived).map(|c| c.name).collect();
    let columns: Vec<_> = predicate.columns().iter().map(|c| names[*c]).collect();
    assert_eq!(columns, ["ev_time", "ev_year", "lat"]);
}

/// Fragments of conditions. Texts composed of them are often nearly valid.
const PIECES: &[&str] = &[
    "ev_time",
    "ev_city",
    "ev_date",
    "lat",
    "1",
    "-1",
    "2.5",
    "'x'",
    "'2020-01-01'",
    "NULL",
    "TRUE",
    "(",
    ")",
    ",",
    "=",
    "<>",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "AND",
    "OR",
    "NOT",
    "IS",
    "IN",
    "BETWEEN",
    "LIKE",
    "ILIKE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "abs(",
    "coalesce(",
    "substr(",
    "extract(",
    "year",
    "FROM",
    "greatest(",
    "DATE",
    "::",
    "date",
    "$1",
    ";",
    "\"",
    "'",
    "--",
    "/*",
    "[",
    "]",
    "{",
    "}",
    "@",
    "\\",
    "|",
    "SELECT",
    "EXISTS",
    "INTERVAL",
    "9999999999999999999",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,80}") {
        let _ = Predicate::parse(&text, table("events"));
    }

    #[test]
    fn no_nearly_valid_condition_makes_parser_or_evaluation_panic(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 1..14),
        cells in prop::collection::vec("[0-9]{1,5}|[ -~]{0,6}", 74),
    ) {
        let table = table("events");
        if let Ok(predicate) = Predicate::parse(&pieces.join(" "), table) {
            let raw: Vec<_> = cells.iter().map(|c| Some(c.as_str())).collect();
            let mut row = CleanRow::new();
            RowCleaner::new(table).clean(&raw, &Context::default(), &mut row);
            let _ = predicate.eval(&row.values);
            let _ = predicate.eval(&[]);
        }
    }
}
