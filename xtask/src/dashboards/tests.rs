use std::path::PathBuf;

use serde_json::Value;

use super::{all, write};

fn committed() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../deploy/monitoring/grafana/dashboards")
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn the_committed_dashboards_are_those_of_the_code() {
    if std::env::var_os("BLESS").is_some() {
        write(&committed()).unwrap_or_else(|e| panic!("{e}"));
    }
    let mut expected = Vec::new();
    for dashboard in all() {
        let name = format!("{}.json", dashboard.uid);
        let stored = std::fs::read_to_string(committed().join(&name)).unwrap_or_default();
        // The order of keys depends on the features of serde_json in this build.
        let (stored, generated) = (parse(&stored), parse(&dashboard.to_text().unwrap_or_default()));
        assert!(stored == generated, "{name} is outdated: run xtask dashboards");
        expected.push(name);
    }
    let files = std::fs::read_dir(committed()).into_iter().flatten().flatten();
    let mut files: Vec<String> =
        files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    files.sort();
    expected.sort();
    assert_eq!(files, expected);
}

#[test]
fn panels_fit_on_the_grid_and_do_not_overlap() {
    for dashboard in all() {
        let json = parse(&dashboard.to_text().unwrap_or_default());
        let mut taken = std::collections::HashSet::new();
        for panel in json["panels"].as_array().into_iter().flatten() {
            let at = |key: &str| panel["gridPos"][key].as_u64().unwrap_or(u64::MAX);
            assert!(at("x") + at("w") <= 24, "{panel}");
            for x in at("x")..at("x") + at("w") {
                for y in at("y")..at("y") + at("h") {
                    assert!(taken.insert((x, y)), "two panels at {x}, {y}: {panel}");
                }
            }
        }
        assert!(taken.len() > 100, "{}", dashboard.uid);
    }
}
