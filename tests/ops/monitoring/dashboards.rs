//! Every query of the Grafana dashboards, executed.

use ntsb_tests::database::Database;
use serde_json::Value;

use super::stack::{Stack, encode, get_json};
use super::{list, read};

/// A query with where it stands, for messages.
struct PanelQuery {
    place: String,
    text: String,
}

fn dashboards() -> Vec<(String, Value)> {
    let names = list("grafana/dashboards");
    assert_eq!(names.len(), 4, "{names:?}");
    let parse =
        |name: &String| serde_json::from_str(&read(&format!("grafana/dashboards/{name}"))).unwrap();
    names.iter().map(|name| (name.clone(), parse(name))).collect()
}

/// The queries with this key: `expr` of Prometheus or `rawSql` of PostgreSQL.
fn panel_queries(key: &str) -> Vec<PanelQuery> {
    let mut queries = Vec::new();
    for (name, dashboard) in dashboards() {
        for panel in dashboard["panels"].as_array().unwrap() {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let place = format!("{name}: {}", panel["title"].as_str().unwrap());
                queries.extend(
                    target[key].as_str().map(|text| PanelQuery { place, text: text.to_owned() }),
                );
            }
        }
    }
    queries
}

/// The variables whose values come from this type of data source: name and query.
fn variables(source: &str) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for (_, dashboard) in dashboards() {
        for variable in dashboard["templating"]["list"].as_array().unwrap() {
            if variable["datasource"]["type"] == source {
                let text = |key: &str| variable[key].as_str().unwrap().to_owned();
                assert_eq!(variable["allValue"], ".*");
                variables.push((text("name"), text("query")));
            }
        }
    }
    variables
}

fn replace_macros(query: &str) -> String {
    let query = query.replace("$__rate_interval", "10s");
    let mut parts = query.split("$__timeFilter(");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (column, rest) = part.split_once(')').unwrap();
        out += &format!("{column} BETWEEN '1900-01-01T00:00:00Z' AND '2100-01-01T00:00:00Z'{rest}");
    }
    for name in ["endpoint", "state", "severity"] {
        out = out.replace(&format!("${name}"), ".*");
    }
    // `$'` ends a regular expression.
    assert!(!out.replace("$'", "").contains('$'), "a macro is left: {out}");
    out
}

/// Whether one of the series has a number.
fn has_value(series: &[Value]) -> bool {
    series.iter().any(|series| series["value"][1].as_str().is_some_and(|value| value != "NaN"))
}

/// Rates need requests between two scrapes, so the service is used until each query has a result.
pub fn check_promql(stack: &Stack, use_the_service: &dyn Fn()) {
    let mut queries = panel_queries("expr");
    let count = queries.len();
    assert!(count > 50, "{count}");
    let start = std::time::Instant::now();
    loop {
        use_the_service();
        queries.retain(|query| !has_value(&stack.query(&replace_macros(&query.text))));
        if queries.is_empty() {
            break;
        }
        let left: Vec<String> =
            queries.iter().map(|q| format!("{}: {}", q.place, q.text)).collect();
        assert!(start.elapsed().as_secs() < 40, "queries without a result:\n{}", left.join("\n"));
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    for (name, query) in variables("prometheus") {
        let inner =
            query.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')')).unwrap();
        let (metric, label) = inner.split_once(", ").unwrap();
        let url = format!(
            "http://{}/api/v1/label/{label}/values?match[]={}",
            stack.prometheus,
            encode(metric)
        );
        assert!(!get_json(&url)["data"].as_array().unwrap().is_empty(), "{name}: {query}");
    }
    ntsb_tests::announce(&format!("figure: {count} PromQL queries of dashboards executed"));
}

/// Runs them as a role that is only ntsb_viewer.
pub fn check_sql(database: &Database) {
    let mut client = database.connect_as("ntsb_grafana");
    let queries = panel_queries("rawSql");
    assert!(queries.len() > 15, "{}", queries.len());
    let choices = variables("grafana-postgresql-datasource");
    let choices = choices.into_iter().map(|(place, text)| PanelQuery { place, text });
    for query in queries.into_iter().chain(choices) {
        let sql = replace_macros(&query.text);
        let rows =
            client.simple_query(&sql).unwrap_or_else(|e| panic!("{}: {e:?}: {sql}", query.place));
        let rows = rows.iter().filter(|row| matches!(row, postgres::SimpleQueryMessage::Row(_)));
        assert!(rows.count() > 0, "{} has no rows: {sql}", query.place);
    }
}

#[test]
fn macros_are_replaced() {
    assert_eq!(
        replace_macros("rate(x{e=~\"$endpoint\"}[$__rate_interval])"),
        "rate(x{e=~\".*\"}[10s])"
    );
    assert_eq!(
        replace_macros("$__timeFilter(ev_date) AND s ~ '^($state)$'"),
        "ev_date BETWEEN '1900-01-01T00:00:00Z' AND '2100-01-01T00:00:00Z' AND s ~ '^(.*)$'"
    );
}
