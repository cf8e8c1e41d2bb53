//! The codes that the loaded data dictionary lists for each column.
//!
//! The dictionary writes codes since 2008 as patterns: phases as `552xxx`, events as `xxx230`,
//! findings as `01022214XX` and their modifiers as `xxxxxxxx01`. The patterns are split here, so that
//! each part can be looked up as a whole: a phase under `phase_no`, an event under `eventsoe_no`, the
//! first eight digits of a finding under `finding_code`.

use std::collections::{BTreeMap, HashMap};

/// Codes that the dictionary lacks but that are common in real data, with a meaning that is known
/// from the rows. They count as listed if the dictionary lists any codes of the column, so that only
/// unexpected codes are reported.
#[rustfmt::skip]
const UNDOCUMENTED_CODES: &[(&str, &str, &[&str])] = &[
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

/// The codes of each (table, column). Names and codes are case-insensitive.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    tables: HashMap<String, HashMap<String, Codes>>,
}

/// The codes of one column, packed into numbers (see [`pack`]) and sorted.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    packed: Vec<u128>,
    /// The dictionary lists a pattern that cannot be split, so any code is accepted.
    accepts_any: bool,
}

impl Vocabulary {
    /// Creates an empty vocabulary.
    pub fn new() -> Vocabulary {
        Vocabulary::default()
    }

    /// Parses `{"events": {"ev_highest_injury": ["FATL", …]}, …}`. Code tables use their own names:
    /// `{"states": {"state": […]}, "country": {"country_code": […]}, "ct_seqevt": {"code": […]}}`.
    pub fn from_json(json: &str) -> Result<Vocabulary, serde_json::Error> {
        type Tables = BTreeMap<String, BTreeMap<String, Vec<Option<String>>>>;
        let tables: Tables = serde_json::from_str(json)?;
        let mut vocabulary = Vocabulary::new();
        for (table, columns) in &tables {
            for (column, codes) in columns {
                for code in codes.iter().flatten() {
                    vocabulary.add(table, column, code);
                }
            }
        }
        Ok(vocabulary)
    }

    /// Adds a code as the dictionary writes it.
    pub fn add(&mut self, table: &str, column: &str, code: &str) {
        let (table, column) = (table.trim().to_lowercase(), column.trim().to_lowercase());
        let code = code.trim();
        if code.is_empty() {
            return;
        }
        let entry = Entry::parse(&table, &column, code);
        let codes =
            self.tables.entry(table).or_default().entry(entry.column.to_owned()).or_default();
        match (entry.accepts_any, pack(entry.code)) {
            (false, Some(code)) => {
                if let Err(at) = codes.packed.binary_search(&code) {
                    codes.packed.insert(at, code);
                }
            }
            _ => codes.accepts_any = true,
        }
    }

    /// Whether no codes are listed.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The listed codes of a column and, if there are any, its [`UNDOCUMENTED_CODES`].
    pub(super) fn accepted_codes(&self, table: &str, column: &str) -> Option<Codes> {
        let mut codes = self.codes(table, column)?.clone();
        let undocumented =
            UNDOCUMENTED_CODES.iter().filter(|(t, c, _)| (*t, *c) == (table, column));
        for (_, _, more) in undocumented {
            codes.packed.extend(more.iter().filter_map(|code| pack(code)));
        }
        codes.packed.sort_unstable();
        codes.packed.dedup();
        Some(codes)
    }

    /// The listed codes of a column. `None` if none are listed or any code is accepted.
    pub(super) fn codes(&self, table: &str, column: &str) -> Option<&Codes> {
        self.tables.get(table)?.get(column).filter(|c| !c.accepts_any && !c.packed.is_empty())
    }

    /// The columns of a table, with their codes.
    pub(super) fn columns(&self, table: &str) -> impl Iterator<Item = (&str, &Codes)> {
        self.tables.get(table).into_iter().flatten().map(|(name, codes)| (name.as_str(), codes))
    }
}

impl Codes {
    /// Whether a code is listed.
    pub fn contains(&self, code: &str) -> bool {
        self.accepts_any || pack(code).is_some_and(|c| self.packed.binary_search(&c).is_ok())
    }

    /// Whether a number is listed in decimal notation. Does not allocate, unlike formatting it.
    pub fn contains_number(&self, n: i32) -> bool {
        let (mut rest, mut digits, mut shift) = (n.unsigned_abs(), 0_u128, 0);
        loop {
            digits |= u128::from(b'0' + (rest % 10) as u8) << shift;
            (rest, shift) = (rest / 10, shift + 8);
            if rest == 0 {
                break;
            }
        }
        self.accepts_any || n >= 0 && self.packed.binary_search(&digits).is_ok()
    }

    /// The codes in either of two lists.
    pub fn union(&self, others: &Codes) -> Codes {
        let mut packed = [&self.packed[..], &others.packed[..]].concat();
        packed.sort_unstable();
        packed.dedup();
        Codes { packed, accepts_any: self.accepts_any || others.accepts_any }
    }
}

/// A code of the dictionary, with the column under which it is looked up.
struct Entry<'c> {
    column: &'c str,
    code: &'c str,
    accepts_any: bool,
}

impl<'c> Entry<'c> {
    fn parse(table: &str, column: &'c str, code: &'c str) -> Entry<'c> {
        let digits = code.trim_matches(['x', 'X']);
        let is_pattern = digits.len() < code.len()
            && (code.contains('x') || digits.bytes().all(|b| b.is_ascii_digit()));
        let column = match (table, column) {
            // A misspelling in the dictionary.
            ("findings", "findings_code") => "finding_code",
            ("events_sequence", "occurrence_code") if is_pattern => {
                if code.starts_with(['x', 'X']) { "eventsoe_no" } else { "phase_no" }
            }
            _ => column,
        };
        let can_split = matches!(table, "findings" | "events_sequence");
        let code = if is_pattern && can_split { digits } else { code };
        Entry { column, code, accepts_any: is_pattern && !can_split }
    }
}

/// Packs the upper-case bytes of a code into a number. Returns `None` if it has more than 16 bytes.
fn pack(code: &str) -> Option<u128> {
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
    fn looks_up_codes_and_numbers() {
        let json = r#"{"Events": {"ev_dow": ["MO", "TU", null, " "]}, "dt_events": {"wx_metar": ["xxSS"]}}"#;
        let vocabulary = Vocabulary::from_json(json).expect("a vocabulary");
        let days = vocabulary.codes("events", "ev_dow").expect("codes");
        assert!(days.contains("Mo") && days.contains("TU"));
        assert!(!days.contains("WE") && !days.contains(""));
        assert!(vocabulary.codes("events", "ev_type").is_none());
        let json = r#"{"ct_seqevt": {"code": ["100", "24019", "0"]}}"#;
        let vocabulary = Vocabulary::from_json(json).expect("a vocabulary");
        let codes = vocabulary.codes("ct_seqevt", "code").expect("codes");
        assert!([100, 24019, 0].iter().all(|n| codes.contains_number(*n)));
        assert!(![-100, 10, 2401, i32::MIN, i32::MAX].iter().any(|n| codes.contains_number(*n)));
        assert!(
            vocabulary.codes("dt_events", "wx_metar").is_none(),
            "a pattern of letters accepts any code"
        );
    }

    #[test]
    fn splits_patterns() {
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
            assert!(codes.contains(code), "{table}.{column} {code}");
            assert!(!codes.contains("99"));
        }
    }

    #[test]
    fn rejects_malformed_json() {
        assert!(Vocabulary::from_json("[1]").is_err());
        assert!(Vocabulary::from_json("{\"events\": {\"ev_dow\": 1}}").is_err());
    }
}
