//! Random filters give the same result in PostgreSQL, as SQL with parameters, and in the core, which
//! evaluates them row by row.

use ntsb_filter::{Literal, Predicate, Scope, SqlCondition, Type, render};
use ntsb_schema::clean::Value;
use ntsb_tests::database::Database;
use postgres::Client;
use postgres::error::SqlState;
use postgres::types::{ToSql, Type as SqlType};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::time::{Duration, SystemTime};

/// Columns of the test row, as name, type and SQL value: every type, null and not null.
const COLUMNS: &[(&str, Type, &str)] = &[
    ("one", Type::Int, "7::smallint"),
    ("two", Type::Int, "-3::integer"),
    ("none", Type::Int, "NULL::integer"),
    ("real", Type::Real, "29.92::real"),
    ("double", Type::Double, "0.5::double precision"),
    ("city", Type::Text, "'Reno'::text"),
    ("state", Type::Text, "'NV'::text"),
    ("nowhere", Type::Text, "NULL::text"),
    ("yes", Type::Bool, "true"),
    ("day", Type::Date, "'2010-06-15'::date"),
    ("never", Type::Date, "NULL::date"),
    ("moment", Type::Timestamp, "'2012-01-02 03:04:05'::timestamp"),
];

/// The test row, with the values of [`COLUMNS`].
fn row_values() -> Vec<Value<'static>> {
    vec![
        Value::Int(7),
        Value::Int(-3),
        Value::Null,
        Value::Real(29.92),
        Value::Double(0.5),
        Value::Text("Reno".into()),
        Value::Text("NV".into()),
        Value::Null,
        Value::Bool(true),
        Value::Date(14_775),
        Value::Null,
        Value::Timestamp(1_325_473_445),
    ]
}

struct Row;

impl Scope for Row {
    fn name(&self) -> &'static str {
        "row"
    }

    fn find(&self, column: &str) -> Option<(usize, Type)> {
        let index = COLUMNS.iter().position(|c| c.0 == column)?;
        Some((index, COLUMNS[index].1))
    }
}

type TextStrategy = BoxedStrategy<String>;

fn choose(choices: &'static [&'static str]) -> TextStrategy {
    prop::sample::select(choices).prop_map(str::to_owned).boxed()
}

/// Fills each `_` of a pattern with an expression.
fn template(pattern: &'static str, parts: Vec<TextStrategy>) -> TextStrategy {
    parts
        .prop_map(move |parts| {
            let mut text = String::new();
            let mut parts = parts.iter();
            for (index, piece) in pattern.split('_').enumerate() {
                if index > 0 {
                    text.push_str(parts.next().unwrap());
                }
                text.push_str(piece);
            }
            text
        })
        .boxed()
}

const NUMBERS: &[&str] =
    &["one", "two", "none", "real", "double", "0", "1", "2", "7", "2.5", "1e3", "NULL", "-1"];
const TEXTS: &[&str] =
    &["city", "state", "nowhere", "'Reno'", "'reno'", "'NV'", "''", "' a '", "'x''y'", "'Z'"];
const DATES: &[&str] = &["day", "never", "moment", "DATE '2010-06-15'", "DATE '1999-12-31'"];
const LIKE_PATTERNS: &[&str] = &["'%en%'", "'R_no'", "'r%'", "'%'", "''", "'N\\V'"];

fn number(depth: u32) -> TextStrategy {
    let leaf = choose(NUMBERS);
    if depth == 0 {
        return leaf;
    }
    let (n, w, t, d) = (number(depth - 1), text(depth - 1), boolean(depth - 1), choose(DATES));
    prop_oneof![
        2 => leaf,
        1 => template("(_ + _)", vec![n.clone(), n.clone()]),
        1 => template("(_ - _)", vec![n.clone(), n.clone()]),
        1 => template("(_ * _)", vec![n.clone(), n.clone()]),
        1 => template("(_ / _)", vec![n.clone(), n.clone()]),
        1 => template("(_ % _)", vec![choose(&["one", "two", "7", "0"]), choose(&["one", "3", "none", "0"])]),
        1 => template("(- _)", vec![n.clone()]),
        1 => template("abs(_)", vec![n.clone()]),
        1 => template("round(_)", vec![n.clone()]),
        1 => template("floor(_)", vec![n.clone()]),
        1 => template("coalesce(_, _)", vec![n.clone(), n.clone()]),
        1 => template("greatest(_, _)", vec![n.clone(), n.clone()]),
        1 => template("least(_, _)", vec![n.clone(), n.clone()]),
        1 => template("nullif(_, _)", vec![n.clone(), n.clone()]),
        1 => template("length(_)", vec![w]),
        1 => template("extract(year FROM _)", vec![d.clone()]),
        1 => template("extract(hour FROM _)", vec![d]),
        1 => template("(DATE '2020-03-01' - _)", vec![choose(&["day", "never"])]),
        1 => template("CASE WHEN _ THEN _ ELSE _ END", vec![t, n.clone(), n.clone()]),
        1 => template("CASE _ WHEN _ THEN _ WHEN _ THEN _ END", vec![n.clone(), n.clone(), n.clone(), n.clone(), n]),
    ]
    .boxed()
}

fn text(depth: u32) -> TextStrategy {
    let leaf = choose(TEXTS);
    if depth == 0 {
        return leaf;
    }
    let w = text(depth - 1);
    let n = choose(&["0", "1", "2", "-1", "none", "one"]);
    prop_oneof![
        3 => leaf,
        1 => template("upper(_)", vec![w.clone()]),
        1 => template("lower(_)", vec![w.clone()]),
        1 => template("trim(_)", vec![w.clone()]),
        1 => template("left(_, _)", vec![w.clone(), n.clone()]),
        1 => template("right(_, _)", vec![w.clone(), n.clone()]),
        1 => template("substr(_, _)", vec![w.clone(), n.clone()]),
        1 => template("substr(_, _, _)", vec![w.clone(), n.clone(), n]),
        1 => template("coalesce(_, _)", vec![w.clone(), w.clone()]),
        1 => template("greatest(_, _)", vec![w.clone(), w.clone()]),
        1 => template("nullif(_, _)", vec![w.clone(), w]),
    ]
    .boxed()
}

fn boolean(depth: u32) -> TextStrategy {
    let leaf = choose(&["yes", "TRUE", "FALSE", "NULL", "one > 3", "none = 1", "city = 'Reno'"]);
    if depth == 0 {
        return leaf;
    }
    let (n, w, t, d) = (number(depth - 1), text(depth - 1), boolean(depth - 1), choose(DATES));
    let comparison = choose(&["=", "<>", "<", "<=", ">", ">="]);
    prop_oneof![
        1 => leaf,
        3 => template("(_ _ _)", vec![n.clone(), comparison.clone(), n.clone()]),
        2 => template("(_ _ _)", vec![w.clone(), comparison.clone(), w.clone()]),
        1 => template("(_ _ _)", vec![d.clone(), comparison, d.clone()]),
        1 => template("(_ > '2010-06-15')", vec![choose(&["day", "never", "moment"])]),
        2 => template("(_ AND _)", vec![t.clone(), t.clone()]),
        2 => template("(_ OR _)", vec![t.clone(), t.clone()]),
        2 => template("(NOT _)", vec![t.clone()]),
        1 => template("(_ IS NULL)", vec![n.clone()]),
        1 => template("(_ IS NOT TRUE)", vec![t.clone()]),
        1 => template("(_ IS FALSE)", vec![t.clone()]),
        1 => template("(_ IS UNKNOWN)", vec![t]),
        1 => template("(_ IS DISTINCT FROM _)", vec![n.clone(), n.clone()]),
        1 => template("(_ IS NOT DISTINCT FROM _)", vec![w.clone(), w.clone()]),
        1 => template("(_ IN (_, _))", vec![n.clone(), n.clone(), n.clone()]),
        1 => template("(_ NOT IN (_, _))", vec![w.clone(), w.clone(), w.clone()]),
        1 => template("(_ BETWEEN _ AND _)", vec![n.clone(), n.clone(), n]),
        1 => template("(_ NOT BETWEEN _ AND _)", vec![w.clone(), w.clone(), w.clone()]),
        1 => template("(_ BETWEEN _ AND _)", vec![d.clone(), d.clone(), d]),
        1 => template("(_ LIKE _)", vec![w.clone(), choose(LIKE_PATTERNS)]),
        1 => template("(_ NOT ILIKE _)", vec![w, choose(LIKE_PATTERNS)]),
    ]
    .boxed()
}

/// The result in PostgreSQL, or an error if a number is out of range.
fn evaluate_in_postgres(
    client: &mut Client,
    text: &str,
    rendered: &SqlCondition,
) -> Result<Option<bool>, String> {
    let columns: Vec<_> = COLUMNS.iter().map(|c| format!("{} AS {}", c.2, c.0)).collect();
    let sql = format!("SELECT {}::boolean FROM (SELECT {}) e", rendered.sql, columns.join(", "));
    let types: Vec<_> = rendered.values.iter().map(|v| bind_parameter(v).0).collect();
    let values: Vec<_> = rendered.values.iter().map(|v| bind_parameter(v).1).collect();
    let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|v| &**v).collect();
    let result = client.prepare_typed(&sql, &types).and_then(|s| client.query_one(&s, &values));
    match result {
        Ok(row) => Ok(row.get(0)),
        Err(e) if e.code() == Some(&SqlState::NUMERIC_VALUE_OUT_OF_RANGE) => Err("range".into()),
        Err(e) => panic!("{text}\n{sql}\n{e:?}"),
    }
}

fn bind_parameter(value: &Literal) -> (SqlType, Box<dyn ToSql + Sync>) {
    match value {
        Literal::Int(n) => (SqlType::INT8, Box::new(*n)),
        Literal::Double(x) => (SqlType::FLOAT8, Box::new(*x)),
        Literal::Text(text) => (SqlType::TEXT, Box::new(text.clone())),
        Literal::Date(days) => (SqlType::DATE, Box::new(DateParameter(*days))),
        Literal::Timestamp(seconds) => {
            let time =
                SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(*seconds).unwrap());
            (SqlType::TIMESTAMP, Box::new(time))
        }
        other => panic!("{other:?} is never a parameter"),
    }
}

#[derive(Debug)]
struct DateParameter(i32);

impl ToSql for DateParameter {
    fn to_sql(
        &self,
        _: &SqlType,
        out: &mut bytes::BytesMut,
    ) -> Result<postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&(self.0 - 10_957).to_be_bytes());
        Ok(postgres::types::IsNull::No)
    }

    fn accepts(kind: &SqlType) -> bool {
        *kind == SqlType::DATE
    }

    postgres::types::to_sql_checked!();
}

#[test]
fn filters_give_the_same_result_in_postgres_and_in_the_core() {
    let database = Database::without_extension();
    let mut client = database.connect();
    let mut runner = TestRunner::default();
    let (strategy, row) = (boolean(3), row_values());
    let (mut evaluated, mut not_null, mut out_of_range, mut invalid) = (0, 0, 0, 0);
    while evaluated < 3000 {
        let text = strategy.new_tree(&mut runner).unwrap().current();
        let Ok(predicate) = Predicate::parse(&text, &Row) else {
            invalid += 1;
            assert!(invalid < 3000, "{text}: {:?}", Predicate::parse(&text, &Row));
            continue;
        };
        let rendered =
            render(predicate.expr(), &|index| (COLUMNS[index].0, COLUMNS[index].1), 1).unwrap();
        evaluated += 1;
        match evaluate_in_postgres(&mut client, &text, &rendered) {
            Ok(result) => {
                assert_eq!(result, predicate.eval(&row), "{text}\n{}", rendered.sql);
                not_null += usize::from(result.is_some());
            }
            Err(_) => out_of_range += 1,
        }
    }
    assert!(
        not_null > 1000 && out_of_range < 30,
        "{not_null} not null, {out_of_range} out of range"
    );
}
