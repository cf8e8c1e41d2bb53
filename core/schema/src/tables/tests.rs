use super::*;
use std::collections::HashSet;

#[test]
fn parents_come_before_children() {
    let mut seen = HashSet::new();
    for table in TABLES {
        if let Some(parent) = table.parent {
            assert!(seen.contains(parent), "{} before its parent {parent}", table.name);
        }
        assert!(seen.insert(table.name), "{} twice", table.name);
    }
}

#[test]
fn keys_are_columns_and_columns_are_unique() {
    for table in TABLES {
        let names: HashSet<_> = table.columns.iter().chain(table.derived).map(|c| c.name).collect();
        assert_eq!(names.len(), table.columns.len() + table.derived.len(), "{}", table.name);
        for key in table.key {
            assert!(table.has(key), "{}.{key}", table.name);
        }
    }
}

#[test]
fn tables_and_columns_have_comments() {
    for table in TABLES {
        assert!(!table.comment.is_empty() && table.comment != "TODO", "{}", table.name);
        for c in table.columns.iter().chain(table.derived) {
            assert!(!c.comment.is_empty() && c.comment != "TODO", "{}.{}", table.name, c.name);
        }
    }
}

#[test]
fn normalizes_names() {
    assert_eq!(normalize_name("Category of Data"), "category_of_data");
    assert_eq!(normalize_name("dt_Flight_Crew"), "dt_flight_crew");
    assert_eq!(normalize_name("\u{FEFF}ev_id\r"), "ev_id", "after a byte order mark");
}
