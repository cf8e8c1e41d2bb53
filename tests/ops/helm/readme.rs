//! deploy/helm/pg-ntsb/README.md lists the values. It is generated from the comments of values.yaml:
//! `./dev test ops helm --bless` writes it.

use std::fmt::Write;
use std::fs;

use super::repository;

const INTRODUCTION: &str = "# Values of the chart pg-ntsb

Generated from `values.yaml` by `./dev test ops helm --bless`. How to install the chart: [docs/deploy.md](../../../docs/deploy.md).
Wrong values are refused by `values.schema.json`. Value sets to start from are in [../ci](../ci).

| value | default | meaning |
|---|---|---|
";

/// A key of values.yaml that has a description.
struct Entry {
    path: String,
    default: String,
    meaning: String,
}

fn read_entries(text: &str) -> Vec<Entry> {
    let (mut entries, mut parents, mut meaning): (Vec<Entry>, Vec<(usize, String)>, _) =
        (Vec::new(), Vec::new(), None::<String>);
    let mut open = None::<usize>;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if let Some(comment) = line.strip_prefix("# -- ") {
            (meaning, open) = (Some(comment.to_owned()), None);
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        if let Some(outer) = open.filter(|outer| indent > *outer) {
            // The members of a described value are its default.
            assert!(meaning.is_none(), "{line}");
            let entry = entries.last_mut().unwrap();
            let separator = if entry.default.is_empty() { "" } else { ", " };
            entry.default += &format!("{separator}{line}");
            let _ = outer;
            continue;
        }
        open = None;
        let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
        parents.retain(|(depth, _)| *depth < indent);
        let path: Vec<&str> = parents.iter().map(|(_, name)| name.as_str()).chain([key]).collect();
        let (path, value) = (path.join("."), value.trim());
        match meaning.take() {
            Some(meaning) => {
                entries.push(Entry { path, default: value.to_owned(), meaning });
                open = value.is_empty().then_some(indent);
            }
            None => assert!(value.is_empty(), "{path} has no description"),
        }
        parents.push((indent, key.to_owned()));
    }
    entries
}

fn generate(values: &str) -> String {
    let mut text = INTRODUCTION.to_owned();
    for Entry { path, default, meaning } in read_entries(values) {
        let cell = |text: &str| text.replace('|', "\\|");
        writeln!(text, "| `{path}` | `{}` | {} |", cell(&default), cell(&meaning)).unwrap();
    }
    text
}

#[test]
fn the_readme_lists_every_value() {
    let chart = repository().join("deploy/helm/pg-ntsb");
    let expected = generate(&fs::read_to_string(chart.join("values.yaml")).unwrap());
    assert!(expected.lines().count() > 90, "{expected}");
    let file = chart.join("README.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &expected).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(found, expected, "run ./dev test ops helm --bless");
}

#[test]
fn nested_values_are_read() {
    let entries = read_entries(
        "a:\n  # -- A list\n  b: [1]\n  c:\n    # -- Deep\n    d: \"\"\n# -- A map\ne:\n  x: 1\n  y: 2\n",
    );
    let found: Vec<_> =
        entries.iter().map(|e| (e.path.as_str(), e.default.as_str(), e.meaning.as_str())).collect();
    assert_eq!(
        found,
        [("a.b", "[1]", "A list"), ("a.c.d", "\"\"", "Deep"), ("e", "x: 1, y: 2", "A map")]
    );
}
