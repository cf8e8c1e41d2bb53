//! Converts a filter from a JSON tree to the SQL expression that ntsb_search_advanced reads. Only the syntax is checked
//! here. The database checks the columns and types.

use serde_json::{Map, Value};

use crate::error::Problem;

const MAX_DEPTH: usize = 16;
const OPERATORS: [(&str, &str); 6] =
    [("eq", "="), ("ne", "<>"), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">=")];

pub fn filter_sql(tree: &Value) -> Result<String, Problem> {
    node_sql(tree, 0)
}

fn invalid(message: &str, value: &Value) -> Problem {
    let value: String = value.to_string().chars().take(200).collect();
    Problem::bad_input(message.to_owned()).details(value).hint(
        r#"{"and": […]}, {"or": […]}, {"not": …} or {"column": …, "op": eq, ne, lt, le, gt, ge, in, like, between or null, "value": …}."#,
    )
}

fn node_sql(tree: &Value, depth: usize) -> Result<String, Problem> {
    let Value::Object(fields) = tree else {
        return Err(invalid("a filter must be a JSON object", tree));
    };
    if depth > MAX_DEPTH {
        return Err(invalid("the filter tree must not be deeper than 16 levels", tree));
    }
    if fields.len() == 1 {
        if let Some(inner) = fields.get("not") {
            return Ok(format!("NOT ({})", node_sql(inner, depth + 1)?));
        }
        for (name, operator) in [("and", " AND "), ("or", " OR ")] {
            if let Some(list) = fields.get(name) {
                return list_sql(list, operator, depth);
            }
        }
    }
    comparison_sql(fields, tree)
}

fn list_sql(list: &Value, operator: &str, depth: usize) -> Result<String, Problem> {
    let parts = list.as_array().filter(|parts| !parts.is_empty());
    let parts = parts.ok_or_else(|| invalid("and, or need a list of filters", list))?;
    let parts =
        parts.iter().map(|part| node_sql(part, depth + 1)).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("({})", parts.join(operator)))
}

fn comparison_sql(fields: &Map<String, Value>, tree: &Value) -> Result<String, Problem> {
    let is_known = |name: &String| ["column", "op", "value"].contains(&name.as_str());
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let (Some(column), Some(op), true) = (text("column"), text("op"), fields.keys().all(is_known))
    else {
        return Err(invalid("a comparison must have column, op and value", tree));
    };
    let is_valid = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if column.is_empty() || column.len() > 63 || !column.bytes().all(is_valid) {
        return Err(invalid("column must be a column name", tree));
    }
    let value = fields.get("value").unwrap_or(&Value::Null);
    let literals = || {
        let list = value.as_array().filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| invalid("in, between need a list of values", tree))?;
        list.iter().map(literal_sql).collect::<Result<Vec<_>, _>>()
    };
    Ok(match op {
        "null" => {
            format!("{column} IS {}NULL", if *value == Value::Bool(false) { "NOT " } else { "" })
        }
        "like" => format!("{column} ILIKE {}", literal_sql(value)?),
        "in" => format!("{column} IN ({})", literals()?.join(", ")),
        "between" => match literals()?.as_slice() {
            [from, to] => format!("{column} BETWEEN {from} AND {to}"),
            _ => return Err(invalid("between needs two values", tree)),
        },
        _ => {
            let found = OPERATORS.iter().find(|(name, _)| *name == op);
            let (_, operator) = found.ok_or_else(|| invalid("unknown op", tree))?;
            format!("{column} {operator} {}", literal_sql(value)?)
        }
    })
}

fn literal_sql(value: &Value) -> Result<String, Problem> {
    match value {
        Value::String(text) if !text.contains('\0') => {
            Ok(format!("'{}'", text.replace('\'', "''")))
        }
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(is) => Ok(is.to_string()),
        other => Err(invalid("value must be text, a number, true or false", other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sql(tree: Value) -> String {
        filter_sql(&tree).unwrap_or_else(|problem| format!("rejected: {}", problem.message))
    }

    #[test]
    fn a_tree_becomes_an_sql_expression() {
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
    fn an_invalid_tree_is_rejected() {
        for tree in [
            json!(1),
            json!({}),
            json!({"and": []}),
            json!({"column": "a; DROP TABLE x", "op": "eq", "value": 1}),
            json!({"column": "a", "op": "; --", "value": 1}),
            json!({"column": "a", "op": "eq", "value": {"b": 1}}),
            json!({"column": "a", "op": "eq", "value": 1, "extra": 1}),
            json!({"column": "a", "op": "eq", "value": "\0"}),
        ] {
            assert!(sql(tree.clone()).starts_with("rejected"), "{tree}");
        }
        let mut deep = json!({"column": "a", "op": "null"});
        for _ in 0..40 {
            deep = json!({ "not": deep });
        }
        assert!(sql(deep).starts_with("rejected"));
    }
}
