//! Converts up to ten causes and factors, three columns each, to rows of `legacy_cause`.
//!
//! `ct_Pre1982` has texts for part P (`64` pilot in command) and for parts P and S combined (`6404` the
//! action of the pilot). Part M is stored unchanged.

use super::{Cell, EmitRow, FileIndex, Lookup, ev_id_cell, non_blank};
use std::borrow::Cow;

pub const COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "cause_no", "code_p", "code_m", "code_s", "text_p", "text_s"];

/// The number of causes in a record.
const MAX_CAUSES: u8 = 10;

pub fn convert<'a>(row: Lookup<'_, 'a>, index: &FileIndex, emit: EmitRow<'_, 'a>) {
    for number in 1..=MAX_CAUSES {
        let part = |letter| non_blank(row, &format!("cause_factor_{number}{letter}"));
        let parts @ [p, _, s] = [part('p'), part('m'), part('s')];
        if parts == [None; 3] {
            continue;
        }
        let [code_p, code_m, code_s] = parts.map(|text| text.map(Cow::Borrowed));
        let number = Some(Cow::Owned(number.to_string()));
        let text_p = p.and_then(|p| index.cause_text(p));
        let text_s = p.zip(s).and_then(|(p, s)| index.cause_text(&format!("{p}{s}")));
        let one = Some(Cow::Borrowed("1"));
        emit(&[ev_id_cell(row), one, number, code_p, code_m, code_s, text_p, text_s]);
    }
}

impl FileIndex {
    fn cause_text(&self, code: &str) -> Cell<'static> {
        self.causes.get(code).map(|text| Cow::Owned(text.clone()))
    }
}
