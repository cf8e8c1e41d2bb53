//! Places, from degrees in two forms, each with its own dirt.

use super::code::upper;
use super::text::bare;
use super::{Flaws, Value};

/// Coordinate text as it is kept: trimmed, the hemisphere in upper case.
pub fn text<'a>(raw: &'a str, flaws: &mut Flaws) -> Value<'a> {
    Value::text(upper(bare(raw, flaws), flaws))
}
