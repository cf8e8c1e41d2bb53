//! Derives the ev_id of a case.
//!
//! A case has an NTSB number and a key (`mKey`), but no ev_id. Since September 2020, an ev_id consists
//! of the day on which the case was created and that key (`20250507200127`), so it can be derived from
//! the richer form. Older ones cannot be derived. If the warehouse contains the NTSB number, it
//! replaces the ev_id derived here by its own.

use super::field::text;
use crate::clean::{DefectKinds, Value as Clean, code};
use serde_json::Value;

/// The first key of a case whose ev_id has 14 digits, of 28 September 2020.
const FIRST_KEY_IN_EV_ID: u32 = 102_038;

/// The number of values of five characters in base 36.
const KEY_COUNT: u32 = 36 * 36 * 36 * 36 * 36;

/// Replaces a missing date.
const NO_DATE: &str = "19000101";

/// Derives the ev_id of a case: the one in the case, else NTSB's if it can be derived, else the date of
/// the event, the letter `M` and the key in base 36.
pub fn derive_ev_id(case: &Value) -> Option<String> {
    explicit_ev_id(case).or_else(|| {
        let key = mkey(case)?;
        ntsb_ev_id(case, key).or_else(|| synthetic_ev_id(case, key))
    })
}

/// Parses the key of the case (`mKey`, the ProjectID of its docket) in an ev_id: its last six digits
/// since September 2020, or the base 36 after the `M` of an ev_id derived here. Returns `None` for
/// older ones.
pub fn parse_mkey(ev_id: &str) -> Option<u32> {
    let (date, tail) = ev_id.split_at_checked(8)?;
    if ev_id.len() != 14 || !date.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match tail.strip_prefix('M') {
        Some(tail) if tail.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            u32::from_str_radix(tail, 36).ok()
        }
        _ => tail.parse().ok().filter(|key| *key >= FIRST_KEY_IN_EV_ID),
    }
}

pub(super) fn mkey(case: &Value) -> Option<u32> {
    text(case, &["/cm_mkey", "/mKey", "/mkey"])?.parse().ok()
}

fn explicit_ev_id(case: &Value) -> Option<String> {
    let id = text(case, &["/ev_id", "/evId", "/eventId", "/EventId"])?;
    match code::clean_ev_id(&id, &mut DefectKinds::default()) {
        Clean::Text(id) => Some(id.into_owned()),
        _ => None,
    }
}

fn ntsb_ev_id(case: &Value, key: u32) -> Option<String> {
    if !(FIRST_KEY_IN_EV_ID..1_000_000).contains(&key) {
        return None;
    }
    let created = text(case, &["/caseCreatedDateTimeUtc"])?;
    Some(format!("{}{key:06}", format_day(&created)?))
}

fn synthetic_ev_id(case: &Value, key: u32) -> Option<String> {
    if key >= KEY_COUNT {
        return None;
    }
    let date = text(case, &["/cm_eventDate", "/eventDate"]).and_then(|date| format_day(&date));
    let units = [KEY_COUNT / 36, KEY_COUNT / 1296, 1296, 36, 1].map(|unit| key / unit % 36);
    let tail = units.iter().filter_map(|digit| char::from_digit(*digit, 36));
    let tail: String = tail.map(|c| c.to_ascii_uppercase()).collect();
    Some(format!("{}M{tail}", date.as_deref().unwrap_or(NO_DATE)))
}

/// Formats an ISO date as `YYYYMMDD`.
fn format_day(iso: &str) -> Option<String> {
    let date = iso.get(..10)?;
    let mut parts = date.split('-');
    let is_valid = [4, 2, 2].iter().all(|width| {
        parts.next().is_some_and(|p| p.len() == *width && p.bytes().all(|b| b.is_ascii_digit()))
    });
    (is_valid && parts.next().is_none()).then(|| date.replace('-', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_the_key_in_an_ev_id() {
        assert_eq!(parse_mkey("20250507200127"), Some(200_127));
        assert_eq!(parse_mkey("19000101M04AF3"), Some(200_127));
        for older in
            ["20190105X00001", "20001208X08279", "", "20250507", "2025050720012é", "20250507000001"]
        {
            assert_eq!(parse_mkey(older), None, "{older}");
        }
    }
}
