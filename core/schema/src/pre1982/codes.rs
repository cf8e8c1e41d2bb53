//! Legacy codes whose meaning is certain, and the codes of today for them.

pub type Codes = &'static [(&'static str, &'static str)];

pub const EVENT_TYPE: Codes = &[("A", "ACC"), ("I", "INC")];

/// `Z` is unknown, which is null here as everywhere.
pub const DAMAGE: Codes = &[("D", "DEST"), ("S", "SUBS"), ("M", "MINR"), ("N", "NONE")];

pub const HIGHEST_INJURY: Codes = &[("F", "FATL"), ("S", "SERS"), ("M", "MINR"), ("N", "NONE")];

/// The code of today; `None` for a code that is not certain, which `legacy_event` keeps.
pub fn today(codes: Codes, legacy: &str) -> Option<&'static str> {
    codes.iter().find(|(old, _)| old.eq_ignore_ascii_case(legacy)).map(|(_, new)| *new)
}
