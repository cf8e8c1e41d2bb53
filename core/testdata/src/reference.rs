//! The code tables and the data dictionary, with every code that synthetic rows use.
//!
//! The structure is NTSB's. The meanings are in our own words, because the real ones come with the files.

mod lists;

use super::place::countries::COUNTRIES;
use super::place::states::STATES;
use super::sequence::{Code, OldCode, PILOT, SCENARIOS, UNDETERMINED};
use super::{EventData, TableIndex};
use lists::{LISTS, List, MODIFIERS};
use std::collections::BTreeMap;

const COUNTRY: TableIndex = TableIndex::new("country");
const STATE: TableIndex = TableIndex::new("states");
const CODES: TableIndex = TableIndex::new("ct_iaids");
const OLD_CODES: TableIndex = TableIndex::new("ct_seqevt");
const DICTIONARY: TableIndex = TableIndex::new("eadmspub_datadictionary");

pub fn write(out: &mut EventData) {
    write_countries_and_states(out);
    for list in LISTS {
        write_list(out, list);
    }
    write_state_codes(out);
    write_old_codes(out);
    write_modern_codes(out);
}

fn write_countries_and_states(out: &mut EventData) {
    let us = [("USA", "United States")].into_iter();
    for (code, name) in us.chain(COUNTRIES.iter().map(|c| (c.code, c.name))) {
        out.rows(COUNTRY).add_row().text("country_code", code).text("country_name", name);
    }
    for state in STATES.iter().filter(|s| !s.name.is_empty()) {
        let mut row = out.rows(STATE).add_row();
        row.text("state", state.code).text("name", state.name).text("faa_region", state.faa_region);
    }
}

fn write_list(out: &mut EventData, list: &List) {
    for (seq, (code, meaning)) in (1..).zip(list.codes) {
        write_code(out, list.name, code, meaning, seq);
        for (table, column) in list.columns {
            write_entry(out, table, column, Some(list.name), code, meaning);
        }
    }
}

/// Codes of states, which have a table of their own as well.
fn write_state_codes(out: &mut EventData) {
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

/// Writes a code that both NTSB and eADMS use.
fn write_code(out: &mut EventData, list: &str, code: &str, meaning: &str, seq: i32) {
    let mut row = out.rows(CODES).add_row();
    row.text("ct_name", list).text("code_iaids", code).text("meaning", meaning).number("seq", seq);
    row.flag("not_for_ntsb_use", false).flag("eadms_use", true);
}

fn write_entry(
    out: &mut EventData,
    table: &str,
    column: &str,
    list: Option<&str>,
    code: &str,
    meaning: &str,
) {
    let mut row = out.rows(DICTIONARY).add_row();
    let has_several_values = table.starts_with("dt_");
    row.text(
        "category_of_data",
        if has_several_values { "eADMS Data Mult Resp" } else { "eADMS Data" },
    );
    row.text("table", table).text("column", column).optional_text("ct_name", list);
    row.text("code_iaids", code).text("meaning", meaning).text("data_type_eadms", "char");
}

fn write_old_codes(out: &mut EventData) {
    let codes = old_codes();
    for ((column, code), meaning) in &codes {
        let mut row = out.rows(DICTIONARY).add_row();
        let table = if matches!(*column, "Occurrence_Code" | "Phase_of_Flight") {
            "Occurrences"
        } else {
            "seq_of_events"
        };
        row.text("category_of_data", "Pre eADMS coding")
            .text("table", table)
            .text("column", column);
        row.write_with("code_iaids", |out| super::rows::push_number(out, *code));
        row.text("meaning", meaning);
    }
    let once: BTreeMap<i32, &str> =
        codes.iter().map(|((_, code), description)| (*code, *description)).collect();
    for (code, meaning) in once {
        out.rows(OLD_CODES).add_row().number("code", code).text("meaning", meaning);
    }
}

/// The codes that rows before 2008 use, with their meanings, by column and code.
fn old_codes() -> BTreeMap<(&'static str, i32), &'static str> {
    let mut codes = BTreeMap::new();
    let mut add_code = |column, coded: &'static OldCode| {
        codes.insert((column, coded.0), coded.1);
    };
    add_code("Person_Code", &PILOT);
    for scenario in SCENARIOS {
        add_code("Occurrence_Code", scenario.old_event);
        scenario.old_next.iter().for_each(|next| add_code("Occurrence_Code", next));
        add_code("Phase_of_Flight", scenario.old_phase);
        add_code("Subj_Code", scenario.old_finding.0);
        add_code("Modifier_Code", scenario.old_finding.1);
    }
    codes
}

/// The dictionary lists the two halves of an occurrence code since 2008, and finding codes without their
/// modifier.
fn write_modern_codes(out: &mut EventData) {
    let mut entries: BTreeMap<(&str, &str, String), &str> = BTreeMap::new();
    for scenario in SCENARIOS {
        for (phase, event) in
            [Some((scenario.phase, scenario.event)), scenario.next].into_iter().flatten()
        {
            let column = ("Events_Sequence", "Occurrence_Code");
            entries.insert((column.0, column.1, format!("{}xxx", phase.0)), phase.1);
            entries.insert((column.0, column.1, format!("xxx{}", event.0)), event.1);
        }
        for finding in scenario.findings.iter().copied().chain([&UNDETERMINED]) {
            add_finding(&mut entries, finding);
        }
    }
    for (code, meaning) in MODIFIERS {
        entries.insert(("Findings", "modifier_no", format!("xxxxxxxx{code}")), meaning);
    }
    for ((table, column, code), meaning) in &entries {
        write_entry(out, table, column, None, code, meaning);
    }
}

fn add_finding(
    entries: &mut BTreeMap<(&'static str, &'static str, String), &'static str>,
    (code, description): &'static Code,
) {
    let subject = code.get(..8).unwrap_or_default();
    let finding = description.rsplit_once('-').map_or(*description, |(finding, _)| finding);
    entries.insert(("Findings", "findings_code", format!("{subject}XX")), finding);
}
