//! A condition means the same in PostgreSQL, where it runs as SQL with parameters, as in the core,
//! which judges row by row.

use ntsb_filter::{Literal, Predicate, Rendered, Scope, Type, render};
use ntsb_schema::clean::Value;
use ntsb_tests::database::Database;
use postgres::Client;
use postgres::error::SqlState;
use postgres::types::{ToSql, Type as SqlType};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::time::{Duration, SystemTime};

/// Columns of a row that is not of the warehouse: every type, null and not.
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

fn row() -> Vec<Value<'static>> {
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
        let at = COLUMNS.iter().position(|c| c.0 == column)?;
        Some((at, COLUMNS[at].1))
    }
}

type Text = BoxedStrategy<String>;

fn any_of(words: &'static [&'static str]) -> Text {
    prop::sample::select(words).prop_map(str::to_owned).boxed()
}

/// Puts expressions of kinds into the places of a form.
fn form(pattern: &'static str, parts: Vec<Text>) -> Text {
    parts
        .prop_map(move |parts| {
            let mut text = String::new();
            let mut parts = parts.iter();
            for (at, piece) in pattern.split('_').enumerate() {
                if at > 0 {
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
const WORDS: &[&str] =
    &["city", "state", "nowhere", "'Reno'", "'reno'", "'NV'", "''", "' a '", "'x''y'", "'Z'"];
const DAYS: &[&str] = &["day", "never", "moment", "DATE '2010-06-15'", "DATE '1999-12-31'"];
const PATTERNS: &[&str] = &["'%en%'", "'R_no'", "'r%'", "'%'", "''", "'N\\V'"];

fn number(depth: u32) -> Text {
    let leaf = any_of(NUMBERS);
    if depth == 0 {
        return leaf;
    }
    let (n, w, t, d) = (number(depth - 1), word(depth - 1), truth(depth - 1), any_of(DAYS));
    prop_oneof![
        2 => leaf,
        1 => form("(_ + _)", vec![n.clone(), n.clone()]),
        1 => form("(_ - _)", vec![n.clone(), n.clone()]),
        1 => form("(_ * _)", vec![n.clone(), n.clone()]),
        1 => form("(_ / _)", vec![n.clone(), n.clone()]),
        1 => form("(_ % _)", vec![any_of(&["one", "two", "7", "0"]), any_of(&["one", "3", "none", "0"])]),
        1 => form("(- _)", vec![n.clone()]),
        1 => form("abs(_)", vec![n.clone()]),
        1 => form("round(_)", vec![n.clone()]),
        1 => form("floor(_)", vec![n.clone()]),
        1 => form("coalesce(_, _)", vec![n.clone(), n.clone()]),
        1 => form("greatest(_, _)", vec![n.clone(), n.clone()]),
        1 => form("least(_, _)", vec![n.clone(), n.clone()]),
        1 => form("nullif(_, _)", vec![n.clone(), n.clone()]),
        1 => form("length(_)", vec![w]),
        1 => form("extract(year FROM _)", vec![d.clone()]),
        1 => form("extract(hour FROM _)", vec![d]),
        1 => form("(DATE '2020-03-01' - _)", vec![any_of(&["day", "never"])]),
        1 => form("CASE WHEN _ THEN _ ELSE _ END", vec![t, n.clone(), n.clone()]),
        1 => form("CASE _ WHEN _ THEN _ WHEN _ THEN _ END", vec![n.clone(), n.clone(), n.clone(), n.clone(), n]),
    ]
    .boxed()
}

fn word(depth: u32) -> Text {
    let leaf = any_of(WORDS);
    if depth == 0 {
        return leaf;
    }
    let w = word(depth - 1);
    let n = any_of(&["0", "1", "2", "-1", "none", "one"]);
    prop_oneof![
        3 => leaf,
        1 => form("upper(_)", vec![w.clone()]),
        1 => form("lower(_)", vec![w.clone()]),
        1 => form("trim(_)", vec![w.clone()]),
        1 => form("left(_, _)", vec![w.clone(), n.clone()]),
        1 => form("right(_, _)", vec![w.clone(), n.clone()]),
        1 => form("substr(_, _)", vec![w.clone(), n.clone()]),
        1 => form("substr(_, _, _)", vec![w.clone(), n.clone(), n]),
        1 => form("coalesce(_, _)", vec![w.clone(), w.clone()]),
        1 => form("greatest(_, _)", vec![w.clone(), w.clone()]),
        1 => form("nullif(_, _)", vec![w.clone(), w]),
    ]
    .boxed()
}

fn truth(depth: u32) -> Text {
    let leaf = any_of(&["yes", "TRUE", "FALSE", "NULL", "one > 3", "none = 1", "city = 'Reno'"]);
    if depth == 0 {
        return leaf;
    }
    let (n, w, t, d) = (number(depth - 1), word(depth - 1), truth(depth - 1), any_of(DAYS));
    let how = any_of(&["=", "<>", "<", "<=", ">", ">="]);
    prop_oneof![
        1 => leaf,
        3 => form("(_ _ _)", vec![n.clone(), how.clone(), n.clone()]),
        2 => form("(_ _ _)", vec![w.clone(), how.clone(), w.clone()]),
        1 => form("(_ _ _)", vec![d.clone(), how, d.clone()]),
        1 => form("(_ > '2010-06-15')", vec![any_of(&["day", "never", "moment"])]),
        2 => form("(_ AND _)", vec![t.clone(), t.clone()]),
        2 => form("(_ OR _)", vec![t.clone(), t.clone()]),
        2 => form("(NOT _)", vec![t.clone()]),
        1 => form("(_ IS NULL)", vec![n.clone()]),
        1 => form("(_ IS NOT TRUE)", vec![t.clone()]),
        1 => form("(_ IS FALSE)", vec![t.clone()]),
        1 => form("(_ IS UNKNOWN)", vec![t]),
        1 => form("(_ IS DISTINCT FROM _)", vec![n.clone(), n.clone()]),
        1 => form("(_ IS NOT DISTINCT FROM _)", vec![w.clone(), w.clone()]),
        1 => form("(_ IN (_, _))", vec![n.clone(), n.clone(), n.clone()]),
        1 => form("(_ NOT IN (_, _))", vec![w.clone(), w.clone(), w.clone()]),
        1 => form("(_ BETWEEN _ AND _)", vec![n.clone(), n.clone(), n]),
        1 => form("(_ NOT BETWEEN _ AND _)", vec![w.clone(), w.clone(), w.clone()]),
        1 => form("(_ BETWEEN _ AND _)", vec![d.clone(), d.clone(), d]),
        1 => form("(_ LIKE _)", vec![w.clone(), any_of(PATTERNS)]),
        1 => form("(_ NOT ILIKE _)", vec![w, any_of(PATTERNS)]),
    ]
    .boxed()
}

/// What PostgreSQL answers; an error of the kind that the module names counts as none.
fn answer(client: &mut Client, text: &str, rendered: &Rendered) -> Result<Option<bool>, String> {
    let columns: Vec<_> = COLUMNS.iter().map(|c| format!("{} AS {}", c.2, c.0)).collect();
    let sql = format!("SELECT {}::boolean FROM (SELECT {}) e", rendered.sql, columns.join(", "));
    let types: Vec<_> = rendered.values.iter().map(|v| bound(v).0).collect();
    let values: Vec<_> = rendered.values.iter().map(|v| bound(v).1).collect();
    let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|v| &**v).collect();
    let asked = client.prepare_typed(&sql, &types).and_then(|s| client.query_one(&s, &values));
    match asked {
        Ok(row) => Ok(row.get(0)),
        Err(e) if e.code() == Some(&SqlState::NUMERIC_VALUE_OUT_OF_RANGE) => Err("range".into()),
        Err(e) => panic!("{text}\n{sql}\n{e:?}"),
    }
}

fn bound(value: &Literal) -> (SqlType, Box<dyn ToSql + Sync>) {
    match value {
        Literal::Int(n) => (SqlType::INT8, Box::new(*n)),
        Literal::Double(x) => (SqlType::FLOAT8, Box::new(*x)),
        Literal::Text(text) => (SqlType::TEXT, Box::new(text.clone())),
        Literal::Date(days) => (SqlType::DATE, Box::new(Day(*days))),
        Literal::Timestamp(seconds) => {
            let moment =
                SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(*seconds).unwrap());
            (SqlType::TIMESTAMP, Box::new(moment))
        }
        other => panic!("{other:?} is written as a word"),
    }
}

#[derive(Debug)]
struct Day(i32);

impl ToSql for Day {
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
fn conditions_mean_in_postgresql_what_they_mean_in_the_core() {
    let database = Database::bare();
    let mut client = database.connect();
    let mut runner = TestRunner::default();
    let (all, row) = (truth(3), row());
    let (mut judged, mut known, mut ranges, mut refused) = (0, 0, 0, 0);
    while judged < 3000 {
        let text = all.new_tree(&mut runner).unwrap().current();
        let Ok(predicate) = Predicate::parse(&text, &Row) else {
            refused += 1;
            assert!(refused < 3000, "{text}: {:?}", Predicate::parse(&text, &Row));
            continue;
        };
        let rendered = render(predicate.expr(), &|at| (COLUMNS[at].0, COLUMNS[at].1), 1).unwrap();
        judged += 1;
        match answer(&mut client, &text, &rendered) {
            Ok(answer) => {
                assert_eq!(answer, predicate.eval(&row), "{text}\n{}", rendered.sql);
                known += usize::from(answer.is_some());
            }
            Err(_) => ranges += 1,
        }
    }
    assert!(known > 1000 && ranges < 30, "{known} known, {ranges} out of range");
}
