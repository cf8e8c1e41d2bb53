//! Shares as they were counted on real rows, within what chance allows.

use super::*;
use std::collections::HashMap;

const EVENTS: u64 = 20_000;

/// How often each value of a few columns comes, and the fatal events among them.
#[derive(Default)]
struct Counted(HashMap<(String, String), (f64, f64)>);

impl Counted {
    fn of(plan: &Plan) -> Counted {
        let mut counted = Counted::default();
        each(plan, EVENTS, |_, case| {
            let fatal = first(case, "events", "ev_highest_injury") == Some("FATL");
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
                let value = first(case, table, column).unwrap_or("");
                let value =
                    if column == "dec_latitude" && !value.is_empty() { "known" } else { value };
                let slot = counted.0.entry((column.to_owned(), value.to_owned())).or_default();
                slot.0 += 1.0;
                slot.1 += f64::from(u8::from(fatal));
            }
        });
        counted
    }

    fn get(&self, column: &str, value: &str) -> (f64, f64) {
        self.0.get(&(column.to_owned(), value.to_owned())).copied().unwrap_or_default()
    }

    /// Percent of all events.
    fn share(&self, column: &str, value: &str) -> f64 {
        self.get(column, value).0 * 100.0 / EVENTS as f64
    }

    fn fatal(&self, column: &str, value: &str) -> f64 {
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
        let found = self.fatal(column, value);
        assert!((found - share).abs() <= tolerance, "fatal where {column} {value:?}: {found}");
    }
}

#[test]
fn all_years() {
    let counted = Counted::of(&plan(&[]));
    for (level, percent) in [("NONE", 55.1), ("FATL", 19.7), ("MINR", 14.3), ("SERS", 11.0)] {
        counted.assert_share("ev_highest_injury", level, percent, 2.0);
    }
    for (month, percent) in [("1", 5.62), ("4", 7.70), ("7", 12.18), ("12", 5.45)] {
        counted.assert_share("ev_month", month, percent, 0.8);
    }
    for (day, percent) in [("Sa", 17.9), ("Su", 15.5), ("Tu", 12.2)] {
        counted.assert_share("ev_dow", day, percent, 0.9);
    }
    for (year, events) in [("1982", 3545.0), ("2000", 2183.0), ("2020", 1395.0)] {
        counted.assert_share("ev_year", year, events / 927.14, 0.1);
    }
    counted.assert_share("dec_latitude", "", 16.0, 2.0);
    counted.assert_fatal("wx_cond_basic", "IMC", 0.58, 0.06);
    counted.assert_fatal("wx_cond_basic", "VMC", 0.15, 0.02);
    counted.assert_fatal("damage", "DEST", 0.80, 0.05);
    counted.assert_fatal("damage", "SUBS", 0.12, 0.03);
}

#[test]
fn since_2008() {
    let counted = Counted::of(&Plan { from: 2008, ..plan(&[]) });
    counted.assert_share("ev_country", "USA", 84.0, 1.0);
    for (state, percent) in
        [("CA", 7.6), ("TX", 6.8), ("FL", 6.1), ("AK", 5.4), ("", 15.5), ("OF", 2.7)]
    {
        counted.assert_share("ev_state", state, percent, 2.3);
    }
    counted.assert_share("wx_cond_basic", "VMC", 86.2, 2.0);
    counted.assert_share("wx_cond_basic", "IMC", 6.5, 1.0);
    for (make, percent) in [
        ("CESSNA", 23.6),
        ("PIPER", 13.7),
        ("BOEING", 5.2),
        ("BEECH", 5.1),
        ("ROBINSON", 2.8),
        ("BELL", 2.3),
        ("AIRBUS", 1.2),
    ] {
        counted.assert_share("acft_make", make, percent, 2.0);
    }
    for (part, percent) in [("NUSN", 7.6), ("NUSC", 4.8), ("137", 3.9), ("121", 2.9)] {
        counted.assert_share("far_part", part, percent, 1.5);
    }
    // Null and UNK, 4 % of real rows, are not made up.
    counted.assert_share("far_part", "091", 71.4, 4.5);
    counted.assert_share("acft_category", "AIR", 84.3, 2.5);
    counted.assert_share("acft_category", "HELI", 10.7, 2.0);
    counted.assert_share("damage", "SUBS", 86.5, 4.0);
    counted.assert_share("damage", "DEST", 8.5, 1.5);
    counted.assert_share("type_fly", "PERS", 62.0, 4.0);
    counted.assert_share("type_fly", "INST", 13.0, 2.0);
    counted.assert_fatal("far_part", "NUSN", 0.53, 0.05);
    counted.assert_fatal("far_part", "121", 0.012, 0.015);
    counted.assert_fatal("acft_category", "HELI", 0.25, 0.06);
    counted.assert_fatal("ev_state", "AK", 0.105, 0.03);
    counted.assert_fatal("ev_state", "CA", 0.216, 0.04);
}

#[test]
fn narratives_are_as_long_as_told() {
    let mut lengths = Vec::new();
    each(&Plan { words: 256, ..plan(&[]) }, 4_000, |_, case| {
        let texts = ["narr_accp", "narr_accf", "narr_cause"].map(|c| first(case, "narratives", c));
        lengths.push(texts.iter().flatten().map(|t| t.split_whitespace().count()).sum::<usize>());
    });
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2] as f64;
    let mean = lengths.iter().sum::<usize>() as f64 / lengths.len() as f64;
    assert!((200.0..320.0).contains(&median) && (430.0..640.0).contains(&mean), "{median} {mean}");
}
