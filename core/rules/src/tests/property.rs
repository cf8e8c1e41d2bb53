//! Cleaning and checking never panic, whatever the text.

use super::*;
use ntsb_schema::tables::TABLES;
use proptest::prelude::*;

/// Edge cases mixed with arbitrary cells.
fn cell() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        2 => Just(None),
        2 => prop::sample::select(vec![
            "0", "-1", "1", "32767", "2147483647", "-2147483648", "1e308", "-1e-400", "NaN", "2400",
            "1900-01-01", "2100-12-31", "02/29/24 23:59:59", "20240230000001", "20100615X00001", "N1",
            "CEN99LA001", "552230", "0102221407", "FATL", "NONE", "C", "T", "USA", "KS", "410000N",
            "0973000W", "00000000", "\u{0}", "\u{FFFD}", "\u{1F681}\u{1F681}\u{1F681}", "  ",
        ]).prop_map(|s| Some(s.to_owned())),
        2 => "[0-9.:/ -]{0,14}".prop_map(Some),
        1 => "\\PC{0,60}".prop_map(Some),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_row_can_be_checked(
        at in 0..TABLES.len(),
        row in prop::collection::vec(cell(), 96),
        ev_date in prop::option::of(prop_oneof![any::<i32>(), Just(i32::MIN), Just(i32::MAX)]),
        today in prop_oneof![any::<i32>(), Just(i32::MIN), Just(i32::MAX)],
        threshold in prop::option::of(any::<f64>()),
    ) {
        let table = &TABLES[at];
        let mut settings: Vec<RuleSetting> = RULES.iter().map(RuleSetting::from).collect();
        settings.iter_mut().for_each(|s| s.threshold = threshold.or(s.threshold));
        let rules = RuleSet::new(table, &settings, &vocabulary()).expect("rules");
        let raw: Vec<_> = row.iter().map(Option::as_deref).take(table.columns.len()).collect();
        let context = Context { far_part: Some("091"), ev_date, today };
        let (mut clean, mut violations) = (CleanRow::new(), Vec::new());
        RowCleaner::new(table).clean(&raw, &context.cleaning_context(), &mut clean);
        rules.check(&mut clean, &context, &mut violations);
        for violation in &violations {
            prop_assert!(violation.value.chars().count() <= 1000);
            // A year or month that cannot be parsed is derived from the date again.
            let is_parsed = !violation.rule.starts_with("schema.");
            if let (Some(at), Action::Null, true) = (violation.column, violation.action, is_parsed) {
                prop_assert_eq!(&clean.values[at], &Value::Null, "{}", violation.rule);
            }
        }
        // A second check drops nothing more.
        let first = clean.clone();
        let mut second = Vec::new();
        rules.check(&mut clean, &context, &mut second);
        prop_assert!(second.iter().all(|v| v.action != Action::Null), "{:?}", second);
        prop_assert_eq!(first, clean);
    }
}
