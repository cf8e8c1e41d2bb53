//! The codes that a column may hold, as the loaded data dictionary lists them.
//!
//! The dictionary writes codes since 2008 as patterns: phases as `552xxx`, events as `xxx230`,
//! findings as `01022214XX` and their modifiers as `xxxxxxxx01`. They are taken apart here, so that
//! a code is always looked up whole: a phase under `phase_no`, an event under `eventsoe_no`, the
//! first eight digits of a finding under `finding_code`.

use std::collections::{BTreeMap, HashMap};

/// Codes that the dictionary lacks and real rows hold in number, their meaning known from the rows
/// themselves. They count as listed wherever the dictionary lists codes of the column, so that
/// what is reported is news.
#[rustfmt::skip]
const IN_USE: &[(&str, &str, &[&str])] = &[
    ("events", "ev_state", &["OF", "FN", "AO", "PO", "GM", "CB", "PR", "GU", "VI", "UN"]),
    ("events", "ev_tmzn", &["AKD", "AKS", "GMT", "LCL"]),
    ("events", "wind_vel_ind", &["SPEC", "T", "F"]),
    ("events", "gust_ind", &["T", "F"]),
    ("aircraft", "acft_category", &["WSFT", "PPAR", "RCKT"]),
    ("aircraft", "acft_fire", &["UNKT"]),
    ("aircraft", "acft_expl", &["UNKT"]),
    ("aircraft", "afm_hrs_since", &["Y", "N"]),
    ("aircraft", "dest_same_local", &["SPEC"]),
    ("aircraft", "far_part", &["107", "437"]),
    ("aircraft", "fixed_retractable", &["FIXD"]),
    ("aircraft", "flight_plan_activated", &["U"]),
    ("aircraft", "oper_cert", &["NONE"]),
    ("aircraft", "type_fly", &["PUBF", "PUBL", "PUBS"]),
    ("engines", "eng_type", &["ELEC", "GTFN", "LR", "SR", "HR", "NONE"]),
    ("engines", "propeller_type", &["GRND"]),
    ("flight_crew", "crew_category", &["PASS", "PRPS", "CABN"]),
    ("flight_crew", "med_certf", &["BASC"]),
    ("flight_crew", "med_crtf_vldty", &["WTLS"]),
    ("flight_crew", "mr_faa_med_certf", &["BASC"]),
    ("flight_crew", "seat_occ_pic", &["NONE"]),
    ("injury", "inj_person_category", &["LAPC"]),
];

/// The codes of each (table, column). Case does not count, neither in names nor in codes.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    tables: HashMap<String, HashMap<String, Codes>>,
}

/// The codes of one column, packed into numbers and sorted.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    packed: Vec<u128>,
    /// A pattern that cannot be taken apart was listed, so that anything may be meant.
    open: bool,
}

impl Vocabulary {
    pub fn new() -> Vocabulary {
        Vocabulary::default()
    }

    /// `{"events": {"ev_highest_injury": ["FATL", …]}, …}`. Code tables go under their own names:
    /// `{"states": {"state": […]}, "country": {"country_code": […]}, "ct_seqevt": {"code": […]}}`.
    pub fn from_json(json: &str) -> Result<Vocabulary, serde_json::Error> {
        type Listed = BTreeMap<String, BTreeMap<String, Vec<Option<String>>>>;
        let listed: Listed = serde_json::from_str(json)?;
        let mut vocabulary = Vocabulary::new();
        for (table, columns) in &listed {
            for (column, codes) in columns {
                for code in codes.iter().flatten() {
                    vocabulary.add(table, column, code);
                }
            }
        }
        Ok(vocabulary)
    }

    /// Lists a code as the dictionary writes it.
    pub fn add(&mut self, table: &str, column: &str, code: &str) {
        let (table, column) = (table.trim().to_lowercase(), column.trim().to_lowercase());
        let code = code.trim();
        if code.is_empty() {
            return;
        }
        let place = Place::of(&table, &column, code);
        let codes =
            self.tables.entry(table).or_default().entry(place.column.to_owned()).or_default();
        match (place.open, packed(place.code)) {
            (false, Some(code)) => {
                if let Err(at) = codes.packed.binary_search(&code) {
                    codes.packed.insert(at, code);
                }
            }
            _ => codes.open = true,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The codes of a column as they are used: those listed and, if any are, [`IN_USE`].
    pub(super) fn in_use(&self, table: &str, column: &str) -> Option<Codes> {
        let mut codes = self.codes(table, column)?.clone();
        for (_, _, more) in IN_USE.iter().filter(|(t, c, _)| (*t, *c) == (table, column)) {
            codes.packed.extend(more.iter().filter_map(|code| packed(code)));
        }
        codes.packed.sort_unstable();
        codes.packed.dedup();
        Some(codes)
    }

    /// The codes of a column, if any are listed.
    pub(super) fn codes(&self, table: &str, column: &str) -> Option<&Codes> {
        self.tables.get(table)?.get(column).filter(|c| !c.open && !c.packed.is_empty())
    }

    /// The columns of a table.
    pub(super) fn columns(&self, table: &str) -> impl Iterator<Item = (&str, &Codes)> {
        self.tables.get(table).into_iter().flatten().map(|(name, codes)| (name.as_str(), codes))
    }
}

impl Codes {
    pub fn lists(&self, code: &str) -> bool {
        self.open || packed(code).is_some_and(|c| self.packed.binary_search(&c).is_ok())
    }

    /// Whether a number is listed, as it is written.
    pub fn lists_number(&self, n: i32) -> bool {
        let (mut rest, mut digits, mut shift) = (n.unsigned_abs(), 0_u128, 0);
        loop {
            digits |= u128::from(b'0' + (rest % 10) as u8) << shift;
            (rest, shift) = (rest / 10, shift + 8);
            if rest == 0 {
                break;
            }
        }
        self.open || n >= 0 && self.packed.binary_search(&digits).is_ok()
    }

    /// The codes of both.
    pub fn with(&self, others: &Codes) -> Codes {
        let mut packed = [&self.packed[..], &others.packed[..]].concat();
        packed.sort_unstable();
        packed.dedup();
        Codes { packed, open: self.open || others.open }
    }
}

/// Where a code of the dictionary is kept.
struct Place<'c> {
    column: &'c str,
    code: &'c str,
    open: bool,
}

impl<'c> Place<'c> {
    fn of(table: &str, column: &'c str, code: &'c str) -> Place<'c> {
        let digits = code.trim_matches(['x', 'X']);
        let pattern = digits.len() < code.len()
            && (code.contains('x') || digits.bytes().all(|b| b.is_ascii_digit()));
        let column = match (table, column) {
            // The dictionary's own slip.
            ("findings", "findings_code") => "finding_code",
            ("events_sequence", "occurrence_code") if pattern && code.starts_with(['x', 'X']) => {
                "eventsoe_no"
            }
            ("events_sequence", "occurrence_code") if pattern => "phase_no",
            _ => column,
        };
        let apart = matches!(table, "findings" | "events_sequence");
        let code = if pattern && apart { digits } else { code };
        Place { column, code, open: pattern && !apart }
    }
}

/// A code of up to 16 characters as a number, in upper case.
fn packed(code: &str) -> Option<u128> {
    let bytes = code.as_bytes();
    if bytes.len() > 16 {
        return None;
    }
    Some(bytes.iter().fold(0, |all, b| all << 8 | u128::from(b.to_ascii_uppercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_a_column() {
        let json = r#"{"Events": {"ev_dow": ["MO", "TU", null, " "]}, "dt_events": {"wx_metar": ["xxSS"]}}"#;
        let vocabulary = Vocabulary::from_json(json).expect("a vocabulary");
        let days = vocabulary.codes("events", "ev_dow").expect("codes");
        assert!(days.lists("Mo") && days.lists("TU") && !days.lists("WE") && !days.lists(""));
        assert!(vocabulary.codes("events", "ev_type").is_none());
        let json = r#"{"ct_seqevt": {"code": ["100", "24019", "0"]}}"#;
        let vocabulary = Vocabulary::from_json(json).expect("a vocabulary");
        let codes = vocabulary.codes("ct_seqevt", "code").expect("codes");
        assert!([100, 24019, 0].iter().all(|n| codes.lists_number(*n)));
        assert!(![-100, 10, 2401, i32::MIN, i32::MAX].iter().any(|n| codes.lists_number(*n)));
        assert!(
            vocabulary.codes("dt_events", "wx_metar").is_none(),
            "a pattern of letters is open"
        );
    }

    #[test]
    fn patterns_are_taken_apart() {
        let mut vocabulary = Vocabulary::new();
        for code in ["552xxx", "xxx230"] {
            vocabulary.add("Events_Sequence", "Occurrence_Code", code);
        }
        vocabulary.add("Findings", "findings_code", "01022214XX");
        vocabulary.add("Findings", "modifier_no", "xxxxxxxx07");
        vocabulary.add("aircraft", "far_part", "NUSX");
        for (table, column, code) in [
            ("events_sequence", "phase_no", "552"),
            ("events_sequence", "eventsoe_no", "230"),
            ("findings", "finding_code", "01022214"),
            ("findings", "modifier_no", "07"),
            ("aircraft", "far_part", "NUSX"),
        ] {
            let codes = vocabulary.codes(table, column).expect(column);
            assert!(codes.lists(code), "{table}.{column} {code}");
            assert!(!codes.lists("99"));
        }
    }

    #[test]
    fn what_is_no_vocabulary_is_an_error() {
        assert!(Vocabulary::from_json("[1]").is_err());
        assert!(Vocabulary::from_json("{\"events\": {\"ev_dow\": 1}}").is_err());
    }
}
