//! Legacy codes with a certain meaning, and the current codes for them.

pub type Codes = &'static [(&'static str, &'static str)];

pub const EVENT_TYPE: Codes = &[("A", "ACC"), ("I", "INC")];

/// `Z` means "unknown" and becomes null.
pub const DAMAGE: Codes = &[("D", "DEST"), ("S", "SUBS"), ("M", "MINR"), ("N", "NONE")];

pub const HIGHEST_INJURY: Codes = &[("F", "FATL"), ("S", "SERS"), ("M", "MINR"), ("N", "NONE")];

/// Maps a legacy code to the current code. Returns `None` if its meaning is not certain.
pub fn map_code(codes: Codes, legacy: &str) -> Option<&'static str> {
    codes.iter().find(|(old, _)| old.eq_ignore_ascii_case(legacy)).map(|(_, new)| *new)
}
