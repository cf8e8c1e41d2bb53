//! A condition as a tree of JSON, written as the SQL that ntsb_search_advanced reads. Names and operators
//! are checked here for their form alone: what they may be is for the database to say.

use serde_json::{Map, Value};

use crate::error::Problem;

const DEEPEST: usize = 16;
const OPERATORS: [(&str, &str); 6] =
    [("eq", "="), ("ne", "<>"), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">=")];

pub fn condition(tree: &Value) -> Result<String, Problem> {
    node(tree, 0)
}

fn bad(what: &str, found: &Value) -> Problem {
    let found: String = found.to_string().chars().take(200).collect();
    Problem::bad_input(what.to_owned()).details(found).hint(
        r#"{"and": […]}, {"or": […]}, {"not": …} or {"column": …, "op": eq, ne, lt, le, gt, ge, in, like, between or null, "value": …}."#,
    )
}

fn node(tree: &Value, depth: usize) -> Result<String, Problem> {
    let Value::Object(fields) = tree else { return Err(bad("a condition is an object", tree)) };
    if depth > DEEPEST {
        return Err(bad("the tree is too deep", tree));
    }
    if fields.len() == 1 {
        if let Some(inner) = fields.get("not") {
            return Ok(format!("NOT ({})", node(inner, depth + 1)?));
        }
        for (name, word) in [("and", " AND "), ("or", " OR ")] {
            if let Some(list) = fields.get(name) {
                return joined(list, word, depth);
            }
        }
    }
    comparison(fields, tree)
}

fn joined(list: &Value, word: &str, depth: usize) -> Result<String, Problem> {
    let parts = list.as_array().filter(|parts| !parts.is_empty());
    let parts = parts.ok_or_else(|| bad("and, or take a list of conditions", list))?;
    let parts = parts.iter().map(|part| node(part, depth + 1)).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("({})", parts.join(word)))
}

fn comparison(fields: &Map<String, Value>, tree: &Value) -> Result<String, Problem> {
    let known = |name: &String| ["column", "op", "value"].contains(&name.as_str());
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let (Some(column), Some(op), true) = (text("column"), text("op"), fields.keys().all(known))
    else {
        return Err(bad("a comparison has column, op and value", tree));
    };
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if column.is_empty() || column.len() > 63 || !column.bytes().all(plain) {
        return Err(bad("this is no name of a column", tree));
    }
    let value = fields.get("value").unwrap_or(&Value::Null);
    let literals = || {
        let list = value.as_array().filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| bad("in, between take a list of values", tree))?;
        list.iter().map(literal).collect::<Result<Vec<_>, _>>()
    };
    Ok(match op {
        "null" => {
            format!("{column} IS {}NULL", if *value == Value::Bool(false) { "NOT " } else { "" })
        }
        "like" => format!("{column} ILIKE {}", literal(value)?),
        "in" => format!("{column} IN ({})", literals()?.join(", ")),
        "between" => match literals()?.as_slice() {
            [from, to] => format!("{column} BETWEEN {from} AND {to}"),
            _ => return Err(bad("between takes two values", tree)),
        },
        _ => {
            let found = OPERATORS.iter().find(|(name, _)| *name == op);
            let (_, sign) = found.ok_or_else(|| bad("there is no such op", tree))?;
            format!("{column} {sign} {}", literal(value)?)
        }
    })
}

fn literal(value: &Value) -> Result<String, Problem> {
    match value {
        Value::String(text) if !text.contains('\0') => {
            Ok(format!("'{}'", text.replace('\'', "''")))
        }
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(is) => Ok(is.to_string()),
        other => Err(bad("a value is text, a number, true or false", other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sql(tree: Value) -> String {
        condition(&tree).unwrap_or_else(|problem| format!("refused: {}", problem.message))
    }

    #[test]
    fn a_tree_becomes_a_condition() {
        let tree = json!({"and": [
            {"column": "acft_make", "op": "eq", "value": "O'Brien"},
            {"or": [{"column": "ev_state", "op": "in", "value": ["AK", "CA"]},
                    {"not": {"column": "fatalities", "op": "gt", "value": 2}}]},
            {"column": "ev_year", "op": "between", "value": [2010, 2020]},
            {"column": "light_cond", "op": "null"}]});
        assert_eq!(
            sql(tree),
            "(acft_make = 'O''Brien' AND (ev_state IN ('AK', 'CA') OR NOT (fatalities > 2)) \
             AND ev_year BETWEEN 2010 AND 2020 AND light_cond IS NULL)"
        );
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for bad in [
            json!(1),
            json!({}),
            json!({"and": []}),
            json!({"column": "a; DROP TABLE x", "op": "eq", "value": 1}),
            json!({"column": "a", "op": "; --", "value": 1}),
            json!({"column": "a", "op": "eq", "value": {"b": 1}}),
            json!({"column": "a", "op": "eq", "value": 1, "extra": 1}),
            json!({"column": "a", "op": "eq", "value": "\0"}),
        ] {
            assert!(sql(bad.clone()).starts_with("refused"), "{bad}");
        }
        let mut deep = json!({"column": "a", "op": "null"});
        for _ in 0..40 {
            deep = json!({ "not": deep });
        }
        assert!(sql(deep).starts_with("refused"));
    }
}
