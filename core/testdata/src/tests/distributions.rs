//! Compares shares with those counts in the real database, within sampling error.

use super::*;
use std::collections::HashMap;

const EVENTS: u64 = 20_000;

/// The number of events with each value of some columns, and the number of fatal ones among them.
#[derive(Default)]
struct Counts(HashMap<(String, String), (f64, f64)>);

impl Counts {
    fn new(config: &GeneratorConfig) -> Counts {
        let mut counts = Counts::default();
        for_each_event(config, EVENTS, |_, data| {
            let fatal = first_cell(data, "events", "ev_highest_injury") == Some("FATL");
            for (table, column) in [
                ("events", "wx_cond_basic"),
                ("events", "ev_state"),
                ("events", "ev_highest_injury"),
                ("events", "ev_month"),
                ("events", "ev_dow"),
                ("events", "ev_country"),
                ("events", "ev_year"),
                ("events", "dec_latitude"),
                ("aircraft", "acft_make"),
                ("aircraft", "acft_category"),
                ("aircraft", "damage"),
                ("aircraft", "far_part"),
                ("aircraft", "type_fly"),
                ("flight_crew", "crew_category"),
            ] {
                let value = first_cell(data, table, column).unwrap_or("");
                let value =
                    if column == "dec_latitude" && !value.is_empty() { "known" } else { value };
                let slot = counts.0.entry((column.to_owned(), value.to_owned())).or_default();
                slot.0 += 1.0;
                slot.1 += f64::from(u8::from(fatal));
            }
        });
        counts
    }

    fn get(&self, column: &str, value: &str) -> (f64, f64) {
        self.0.get(&(column.to_owned(), value.to_owned())).copied().unwrap_or_default()
    }

    /// The share of a value in percent of all events.
    fn share(&self, column: &str, value: &str) -> f64 {
        self.get(column, value).0 * 100.0 / EVENTS as f64
    }

    fn fatal_share(&self, column: &str, value: &str) -> f64 {
        let (all, fatal) = self.get(column, value);
        fatal / all
    }

    #[track_caller]
    fn assert_share(&self, column: &str, value: &str, percent: f64, tolerance: f64) {
        let share = self.share(column, value);
        assert!((share - percent).abs() <= tolerance, "{column} {value:?}: {share} %");
    }

    #[track_caller]
    fn assert_fatal(&self, column: &str, value: &str, share: f64, tolerance: f64) {
        let found = self.fatal_share(column, value);
        assert!((found - share).abs() <= tolerance, "fatal where {column} {value:?}: {found}");
    }
}

#[test]
fn shares_of_all_years() {
    let counts = Counts::new(&config(&[]));
    for (level, percent) in [("NONE", 55.1), ("FATL", 19.7), ("MINR", 14.3), ("SERS", 11.0)] {
        counts.assert_share("ev_highest_injury", level, percent, 2.0);
    }
    for (month, percent) in [("1", 5.62), ("4", 7.70), ("7", 12.18), ("12", 5.45)] {
        counts.assert_share("ev_month", month, percent, 0.8);
    }
    for (day, percent) in [("Sa", 17.9), ("Su", 15.5), ("Tu", 12.2)] {
        counts.assert_share("ev_dow", day, percent, 0.9);
    }
    for (year, events) in [("1982", 3545.0), ("2000", 2183.0), ("2020", 1395.0)] {
        counts.assert_share("ev_year", year, events / 927.14, 0.1);
    }
    counts.assert_share("dec_latitude", "", 16.0, 2.0);
    counts.assert_fatal("wx_cond_basic", "IMC", 0.58, 0.06);
    counts.assert_fatal("wx_cond_basic", "VMC", 0.15, 0.02);
    counts.assert_fatal("damage", "DEST", 0.80, 0.05);
    counts.assert_fatal("damage", "SUBS", 0.12, 0.03);
}

#[test]
fn shares_since_2008() {
    let counts = Counts::new(&GeneratorConfig { first_year: 2008, ..config(&[]) });
    counts.assert_share("ev_country", "USA", 84.0, 1.0);
    for (state, percent) in
        [("CA", 7.6), ("TX", 6.8), ("FL", 6.1), ("AK", 5.4), ("", 15.5), ("OF", 2.7)]
    {
        counts.assert_share("ev_state", state, percent, 2.3);
    }
    counts.assert_share("wx_cond_basic", "VMC", 86.2, 2.0);
    counts.assert_share("wx_cond_basic", "IMC", 6.5, 1.0);
    for (make, percent) in [
        ("CESSNA", 23.6),
        ("PIPER", 13.7),
        ("BOEING", 5.2),
        ("BEECH", 5.1),
        ("ROBINSON", 2.8),
        ("BELL", 2.3),
        ("AIRBUS", 1.2),
    ] {
        counts.assert_share("acft_make", make, percent, 2.0);
    }
    for (part, percent) in [("NUSN", 7.6), ("NUSC", 4.8), ("137", 3.9), ("121", 2.9)] {
        counts.assert_share("far_part", part, percent, 1.5);
    }
    // Null and UNK, 4 % of real rows, are not generated.
    counts.assert_share("far_part", "091", 71.4, 4.5);
    counts.assert_share("acft_category", "AIR", 84.3, 2.5);
    counts.assert_share("acft_category", "HELI", 10.7, 2.0);
    counts.assert_share("damage", "SUBS", 86.5, 4.0);
    counts.assert_share("damage", "DEST", 8.5, 1.5);
    counts.assert_share("type_fly", "PERS", 62.0, 4.0);
    counts.assert_share("type_fly", "INST", 13.0, 2.0);
    counts.assert_fatal("far_part", "NUSN", 0.53, 0.05);
    counts.assert_fatal("far_part", "121", 0.012, 0.015);
    counts.assert_fatal("acft_category", "HELI", 0.25, 0.06);
    counts.assert_fatal("ev_state", "AK", 0.105, 0.03);
    counts.assert_fatal("ev_state", "CA", 0.216, 0.04);
}

#[test]
fn narratives_have_the_configured_length() {
    let mut lengths = Vec::new();
    for_each_event(&GeneratorConfig { narrative_words: 256, ..config(&[]) }, 4_000, |_, data| {
        let texts =
            ["narr_accp", "narr_accf", "narr_cause"].map(|c| first_cell(data, "narratives", c));
        lengths.push(texts.iter().flatten().map(|t| t.split_whitespace().count()).sum::<usize>());
    });
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2] as f64;
    let mean = lengths.iter().sum::<usize>() as f64 / lengths.len() as f64;
    assert!((200.0..320.0).contains(&median) && (430.0..640.0).contains(&mean), "{median} {mean}");
}
