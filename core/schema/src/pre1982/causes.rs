//! Up to ten causes and factors: three columns each become a row of `legacy_cause`.
//!
//! `ct_Pre1982` has a text for part P (`64` pilot in command) and for parts P and S together
//! (`6404` what the pilot did). Part M is kept as it is.

use super::{Cell, Known, Lookup, Put, filled, id_cell};
use std::borrow::Cow;

pub const COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "cause_no", "code_p", "code_m", "code_s", "text_p", "text_s"];

/// As many as a record has room for.
const MOST: u8 = 10;

pub fn rows<'a>(row: Lookup<'_, 'a>, known: &Known, put: Put<'_, 'a>) {
    for number in 1..=MOST {
        let part = |letter| filled(row, &format!("cause_factor_{number}{letter}"));
        let parts @ [p, _, s] = [part('p'), part('m'), part('s')];
        if parts == [None; 3] {
            continue;
        }
        let [code_p, code_m, code_s] = parts.map(|text| text.map(Cow::Borrowed));
        let number = Some(Cow::Owned(number.to_string()));
        let text_p = p.and_then(|p| known.cause(p));
        let text_s = p.zip(s).and_then(|(p, s)| known.cause(&format!("{p}{s}")));
        let one = Some(Cow::Borrowed("1"));
        put(&[id_cell(row), one, number, code_p, code_m, code_s, text_p, text_s]);
    }
}

impl Known {
    fn cause(&self, code: &str) -> Cell<'static> {
        self.causes.get(code).map(|text| Cow::Owned(text.clone()))
    }
}
