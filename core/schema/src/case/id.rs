//! Which event a case is.
//!
//! A case has an NTSB number and a key (`mKey`), no ev_id. Since September 2020 an ev_id is the day on
//! which the case was made and that key (`20250507200127`), so the richer form tells it; older ones
//! cannot be told. Where the warehouse knows the NTSB number, it puts its own ev_id in the place of
//! what is made here.

use super::field::text;
use crate::clean::{DefectKinds, Value as Clean, code};
use serde_json::Value;

/// The first key of a case whose ev_id has 14 digits, of 28 September 2020.
const FIRST_KEY_OF_DIGITS: u32 = 102_038;

/// Five characters of base 36.
const KEYS: u32 = 36 * 36 * 36 * 36 * 36;

/// Stands for the date of a case without one.
const NO_DATE: &str = "19000101";

/// The ev_id that the case gives, else the one that follows from it, else one made up of the date
/// of the event, the letter `M` and the key in base 36.
pub fn ev_id(case: &Value) -> Option<String> {
    given(case).or_else(|| {
        let key = mkey(case)?;
        of_digits(case, key).or_else(|| made_up(case, key))
    })
}

/// The key of the case (`mKey`, the ProjectID of its docket) that an ev_id holds: its last six digits since
/// September 2020, base 36 behind the `M` of an ev_id made up here. None in older ones.
pub fn key_in(ev_id: &str) -> Option<u32> {
    let (date, tail) = ev_id.split_at_checked(8)?;
    if ev_id.len() != 14 || !date.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match tail.strip_prefix('M') {
        Some(tail) if tail.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            u32::from_str_radix(tail, 36).ok()
        }
        _ => tail.parse().ok().filter(|key| *key >= FIRST_KEY_OF_DIGITS),
    }
}

pub(super) fn mkey(case: &Value) -> Option<u32> {
    text(case, &["/cm_mkey", "/mKey", "/mkey"])?.parse().ok()
}

fn given(case: &Value) -> Option<String> {
    let id = text(case, &["/ev_id", "/evId", "/eventId", "/EventId"])?;
    match code::clean_ev_id(&id, &mut DefectKinds::default()) {
        Clean::Text(id) => Some(id.into_owned()),
        _ => None,
    }
}

fn of_digits(case: &Value, key: u32) -> Option<String> {
    if !(FIRST_KEY_OF_DIGITS..1_000_000).contains(&key) {
        return None;
    }
    let made = text(case, &["/caseCreatedDateTimeUtc"])?;
    Some(format!("{}{key:06}", day(&made)?))
}

fn made_up(case: &Value, key: u32) -> Option<String> {
    if key >= KEYS {
        return None;
    }
    let date = text(case, &["/cm_eventDate", "/eventDate"]).and_then(|date| day(&date));
    let units = [KEYS / 36, KEYS / 1296, 1296, 36, 1].map(|unit| key / unit % 36);
    let tail = units.iter().filter_map(|digit| char::from_digit(*digit, 36));
    let tail: String = tail.map(|c| c.to_ascii_uppercase()).collect();
    Some(format!("{}M{tail}", date.as_deref().unwrap_or(NO_DATE)))
}

/// `YYYYMMDD` of an ISO date.
fn day(iso: &str) -> Option<String> {
    let date = iso.get(..10)?;
    let mut parts = date.split('-');
    let widths = [4, 2, 2].iter().all(|width| {
        parts.next().is_some_and(|p| p.len() == *width && p.bytes().all(|b| b.is_ascii_digit()))
    });
    (widths && parts.next().is_none()).then(|| date.replace('-', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_case_is_read_from_its_ev_id() {
        assert_eq!(key_in("20250507200127"), Some(200_127));
        assert_eq!(key_in("19000101M04AF3"), Some(200_127));
        for older in
            ["20190105X00001", "20001208X08279", "", "20250507", "2025050720012é", "20250507000001"]
        {
            assert_eq!(key_in(older), None, "{older}");
        }
    }
}
