//! Properties of all cleaning functions: they do not panic, and clean values are unchanged.

use super::*;
use crate::tables::{TABLES, Table};
use proptest::prelude::*;
use row::{CleanRow, Context, RowCleaner};

type CleanFn = for<'a> fn(&'a str, &mut DefectKinds) -> Value<'a>;

/// Every function that cleans a single cell.
const FUNCTIONS: &[(&str, CleanFn)] = &[
    ("ev_id", code::clean_ev_id),
    ("code", code::clean_code),
    ("day_of_week", code::clean_day_of_week),
    ("boolean", code::clean_boolean),
    ("coordinate", coordinate::clean_coordinate),
    ("date", date::clean_date),
    ("timestamp", date::clean_timestamp),
    ("name", name::clean_name),
    ("numbered", name::clean_numbered_name),
    ("registration", name::clean_registration),
    ("station", |raw, defects| name::clean_station(raw, true, defects)),
    ("small", number::clean_smallint),
    ("long", number::clean_integer),
    ("single", number::clean_real),
    ("double", number::clean_double),
    ("altimeter", number::clean_altimeter),
    ("literal", text::clean_literal),
    ("prose", text::clean_prose),
    ("hour_minute", time::clean_time),
];

/// Formats a value as PostgreSQL would print it.
fn format_value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Real(x) => x.to_string(),
        Value::Double(x) => x.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Date(days) => {
            let (y, m, d) = crate::calendar::days_to_date(*days);
            format!("{y:04}-{m:02}-{d:02}")
        }
        Value::Timestamp(s) => {
            let (days, s) = (s.div_euclid(86_400), s.rem_euclid(86_400));
            let day = format_value(&Value::Date(days as i32));
            format!("{day} {:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
        }
    }
}

/// Text as the files contain it, and any other text.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC*",
        "[ -~\\t\\n\\r\\x00\\x1E\\x7F\u{FFFD}\u{A0}]{0,30}",
        "[-+ ]?[0-9]{0,20}[.,eE:/ -]?[0-9]{0,20}([eE][-+]?[0-9]{1,6})?",
        "[0-9]{1,2}[/ -]([0-9]{1,2}|[A-Za-z]{3,9})[/ -][0-9]{1,4}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?( [AaPp][Mm])?",
        "(&#?x?[0-9a-fA-Z]{0,6};?|[ a-z]){0,6}",
        "[0-9]{6,7}[nsewNSEW]",
        "( ?(UNK|unk|N/A|NONE|None|UNREG|Mo|we|NaN|inf) ?){1,2}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn clean_values_are_unchanged(raw in any_text()) {
        for (name, clean) in FUNCTIONS {
            let mut defects = DefectKinds::default();
            let once = format_value(&clean(&raw, &mut defects));
            // `&amp;lt;` means `&lt;`, which would be decoded again to `<`.
            if once.contains('&') {
                continue;
            }
            let mut again = DefectKinds::default();
            prop_assert_eq!(&format_value(&clean(&once, &mut again)), &once, "{}", name);
            again.remove(DefectKind::LostCharacter);
            again.remove(DefectKind::CenturyGuessed);
            prop_assert!(again.is_empty(), "{} {:?} {:?}", name, once, again);
        }
    }

    #[test]
    fn changes_are_reported(raw in any_text()) {
        for (name, clean) in FUNCTIONS {
            let mut defects = DefectKinds::default();
            let value = clean(&raw, &mut defects);
            let is_unchanged = match &value {
                Value::Null => raw.is_empty(),
                Value::Text(text) => *text == raw,
                _ => true,
            };
            prop_assert!(is_unchanged || !defects.is_empty(), "{} {:?} {:?}", name, raw, value);
        }
    }

    #[test]
    fn text_is_valid_in_postgresql(raw in any_text()) {
        for (_, clean) in FUNCTIONS {
            if let Value::Text(text) = clean(&raw, &mut DefectKinds::default()) {
                prop_assert!(!text.contains('\0') && !text.is_empty());
            }
        }
    }
}

fn rows() -> impl Strategy<Value = (&'static Table, Vec<Option<String>>)> {
    (0..TABLES.len()).prop_flat_map(|at| {
        let table = TABLES.get(at).unwrap_or(&TABLES[0]);
        let cells =
            prop::collection::vec(prop::option::of(any_text()), 0..=table.columns.len() + 1);
        (Just(table), cells)
    })
}

proptest! {
    #[test]
    fn any_row_of_any_table_can_be_cleaned((table, cells) in rows(), far_part in "(091|121)?") {
        let raw: Vec<_> = cells.iter().map(Option::as_deref).collect();
        let mut out = CleanRow::new();
        let context = Context { far_part: Some(far_part.as_str()) };
        RowCleaner::new(table).clean(&raw, &context, &mut out);
        prop_assert_eq!(out.values.len(), table.columns.len() + table.derived.len());
        for (column, value) in table.columns.iter().chain(table.derived).zip(&out.values) {
            prop_assert!(fits(column.sql_type(), value), "{} {:?}", column.name, value);
        }
        for defect in &out.defects {
            let raw = cells.get(defect.column).and_then(Option::as_deref);
            prop_assert_eq!(Some(&*defect.raw), raw);
        }
    }
}

fn fits(sql_type: &str, value: &Value) -> bool {
    match (sql_type, value) {
        (_, Value::Null) => true,
        ("text", Value::Text(_)) => true,
        ("smallint", Value::Int(n)) => i16::try_from(*n).is_ok(),
        ("integer", Value::Int(_)) => true,
        ("real", Value::Real(x)) => x.is_finite(),
        ("double precision", Value::Double(x)) => x.is_finite(),
        ("boolean", Value::Bool(_)) => true,
        ("date", Value::Date(_)) => true,
        ("timestamp(0)", Value::Timestamp(_)) => true,
        _ => false,
    }
}
