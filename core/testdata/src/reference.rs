//! The code tables and a data dictionary, which hold every code that made-up rows use.
//!
//! The shape is NTSB's; the meanings are in our own words, since the real ones come with the file.

mod lists;

use super::place::abroad::COUNTRIES;
use super::place::states::STATES;
use super::sequence::{Coded, OldCoded, PILOT, STORIES, UNDETERMINED};
use super::{Case, Named};
use lists::{LISTS, List, MODIFIERS};
use std::collections::BTreeMap;

const COUNTRY: Named = Named::new("country");
const STATE: Named = Named::new("states");
const CODES: Named = Named::new("ct_iaids");
const OLD_CODES: Named = Named::new("ct_seqevt");
const DICTIONARY: Named = Named::new("eadmspub_datadictionary");

pub fn write(out: &mut Case) {
    write_places(out);
    for list in LISTS {
        write_list(out, list);
    }
    write_land_codes(out);
    write_old_codes(out);
    write_modern_codes(out);
}

fn write_places(out: &mut Case) {
    let home = [("USA", "United States")].into_iter();
    for (code, name) in home.chain(COUNTRIES.iter().map(|c| (c.code, c.name))) {
        out.rows(COUNTRY).begin().text("country_code", code).text("country_name", name);
    }
    for state in STATES.iter().filter(|s| !s.name.is_empty()) {
        let mut row = out.rows(STATE).begin();
        row.text("state", state.code).text("name", state.name).text("faa_region", state.faa_region);
    }
}

fn write_list(out: &mut Case, list: &List) {
    for (seq, (code, meaning)) in (1..).zip(list.codes) {
        write_code(out, list.name, code, meaning, seq);
        for (table, column) in list.columns {
            write_entry(out, table, column, Some(list.name), code, meaning);
        }
    }
}

/// Codes of states and countries, which have tables of their own besides.
fn write_land_codes(out: &mut Case) {
    const NOT_STATES: [(&str, &str); 4] = [
        ("AO", "Over the Atlantic"),
        ("PO", "Over the Pacific"),
        ("GM", "Over the Gulf of Mexico"),
        ("OF", "Foreign"),
    ];
    let states = STATES.iter().filter(|s| !s.name.is_empty()).map(|s| (s.code, s.name));
    let others = NOT_STATES.into_iter().chain([("PR", "Puerto Rico")]);
    for (seq, (code, meaning)) in (1..).zip(states.chain(others)) {
        write_code(out, "ct_states", code, meaning, seq);
        for (table, column) in [
            ("events", "ev_state"),
            ("aircraft", "owner_state"),
            ("aircraft", "dprt_state"),
            ("Flight_Crew", "crew_res_state"),
        ] {
            write_entry(out, table, column, Some("ct_states"), code, meaning);
        }
    }
}

/// `NTSB` offers the code and `eADMS` knows it.
fn write_code(out: &mut Case, list: &str, code: &str, meaning: &str, seq: i32) {
    let mut row = out.rows(CODES).begin();
    row.text("ct_name", list).text("code_iaids", code).text("meaning", meaning).number("seq", seq);
    row.flag("not_for_ntsb_use", false).flag("eadms_use", true);
}

fn write_entry(
    out: &mut Case,
    table: &str,
    column: &str,
    list: Option<&str>,
    code: &str,
    meaning: &str,
) {
    let mut row = out.rows(DICTIONARY).begin();
    let several = table.starts_with("dt_");
    row.text("category_of_data", if several { "eADMS Data Mult Resp" } else { "eADMS Data" });
    row.text("table", table).text("column", column).maybe("ct_name", list);
    row.text("code_iaids", code).text("meaning", meaning).text("data_type_eadms", "char");
}

fn write_old_codes(out: &mut Case) {
    let codes = old_codes();
    for ((column, code), meaning) in &codes {
        let mut row = out.rows(DICTIONARY).begin();
        let table = if matches!(*column, "Occurrence_Code" | "Phase_of_Flight") {
            "Occurrences"
        } else {
            "seq_of_events"
        };
        row.text("category_of_data", "Pre eADMS coding")
            .text("table", table)
            .text("column", column);
        row.compose("code_iaids", |out| super::rows::push_number(out, *code));
        row.text("meaning", meaning);
    }
    let once: BTreeMap<i32, &str> =
        codes.iter().map(|((_, code), words)| (*code, *words)).collect();
    for (code, meaning) in once {
        out.rows(OLD_CODES).begin().number("code", code).text("meaning", meaning);
    }
}

/// Every code used before 2008, by column, in order.
fn old_codes() -> BTreeMap<(&'static str, i32), &'static str> {
    let mut codes = BTreeMap::new();
    let mut note = |column, coded: &'static OldCoded| {
        codes.insert((column, coded.0), coded.1);
    };
    note("Person_Code", &PILOT);
    for story in STORIES {
        note("Occurrence_Code", story.old_event);
        story.old_then.iter().for_each(|then| note("Occurrence_Code", then));
        note("Phase_of_Flight", story.old_phase);
        note("Subj_Code", story.old_finding.0);
        note("Modifier_Code", story.old_finding.1);
    }
    codes
}

/// Occurrences since 2008 stand in the dictionary by their halves, findings without modifier.
fn write_modern_codes(out: &mut Case) {
    let mut entries: BTreeMap<(&str, &str, String), &str> = BTreeMap::new();
    for story in STORIES {
        for (phase, event) in [Some((story.phase, story.event)), story.then].into_iter().flatten() {
            let column = ("Events_Sequence", "Occurrence_Code");
            entries.insert((column.0, column.1, format!("{}xxx", phase.0)), phase.1);
            entries.insert((column.0, column.1, format!("xxx{}", event.0)), event.1);
        }
        for finding in story.findings.iter().copied().chain([&UNDETERMINED]) {
            note_finding(&mut entries, finding);
        }
    }
    for (code, meaning) in MODIFIERS {
        entries.insert(("Findings", "modifier_no", format!("xxxxxxxx{code}")), meaning);
    }
    for ((table, column, code), meaning) in &entries {
        write_entry(out, table, column, None, code, meaning);
    }
}

fn note_finding(
    entries: &mut BTreeMap<(&'static str, &'static str, String), &'static str>,
    (code, words): &'static Coded,
) {
    let subject = code.get(..8).unwrap_or_default();
    let what = words.rsplit_once('-').map_or(*words, |(what, _)| what);
    entries.insert(("Findings", "findings_code", format!("{subject}XX")), what);
}
