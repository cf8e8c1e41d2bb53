//! Cleans numbers so that they are the same whichever program read the Access file.
//!
//! mdb-export prints a Single with 8 digits and a Double with 16 (`-97.64138699999999`). Other readers
//! print the shortest text that gives the same binary number (`-97.641387`). A file must give the same
//! rows and hashes through both, so reals are rounded to 7 and 15 digits, on which both agree.

use super::text::strip;
use super::{DefectKind, DefectKinds, Value};

/// A decimal number: `mantissa` × 10^`exponent`, with a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    mantissa: u64,
    exponent: i32,
}

/// Maximum number of significant digits that are parsed, more than any column stores. Further digits
/// only change the exponent.
const MAX_DIGITS: u32 = 18;

/// Cleans an integer of type `smallint`.
pub fn clean_smallint(raw: &str, defects: &mut DefectKinds) -> Value<'static> {
    clean_integer_in(raw, i32::from(i16::MIN)..=i32::from(i16::MAX), defects)
}

/// Cleans an integer of type `integer`.
pub fn clean_integer(raw: &str, defects: &mut DefectKinds) -> Value<'static> {
    clean_integer_in(raw, i32::MIN..=i32::MAX, defects)
}

fn clean_integer_in(
    raw: &str,
    range: std::ops::RangeInclusive<i32>,
    defects: &mut DefectKinds,
) -> Value<'static> {
    let Some(decimal) = parse_cell(raw, defects) else {
        return Value::Null;
    };
    let Some(integer) = decimal.to_integer() else {
        defects.add(if decimal.exponent < 0 {
            DefectKind::NotANumber
        } else {
            DefectKind::OutOfRange
        });
        return Value::Null;
    };
    match i32::try_from(integer) {
        Ok(n) if range.contains(&n) => Value::Int(n),
        _ => {
            defects.add(DefectKind::OutOfRange);
            Value::Null
        }
    }
}

/// Cleans an Access Single: rounds it to 7 digits, as `real`.
pub fn clean_real(raw: &str, defects: &mut DefectKinds) -> Value<'static> {
    parse_cell(raw, defects).map_or(Value::Null, |decimal| to_real(decimal, defects))
}

fn to_real(decimal: Decimal, defects: &mut DefectKinds) -> Value<'static> {
    let value = decimal.round_to_f32();
    defects.add_if(!value.is_finite(), DefectKind::OutOfRange);
    if value.is_finite() { Value::Real(value) } else { Value::Null }
}

/// Cleans an Access Double: rounds it to 15 digits, as `double precision`.
pub fn clean_double(raw: &str, defects: &mut DefectKinds) -> Value<'static> {
    let Some(decimal) = parse_cell(raw, defects) else { return Value::Null };
    let rounded = decimal.round(16).round(15).to_f64();
    // The greatest numbers would be rounded up to infinity.
    let value = if rounded.is_finite() { rounded } else { decimal.to_f64() };
    defects.add_if(!value.is_finite(), DefectKind::OutOfRange);
    if value.is_finite() { Value::Double(value) } else { Value::Null }
}

/// Rounds a number as [`clean_double`] rounds its shortest text.
pub(super) fn round_double(value: f64) -> f64 {
    match clean_double(&value.to_string(), &mut DefectKinds::default()) {
        Value::Double(value) => value,
        _ => value,
    }
}

/// Replaces 0 by null, for columns in which the source writes 0 for "unknown".
pub fn zero_to_null<'a>(value: Value<'a>, defects: &mut DefectKinds) -> Value<'a> {
    match value {
        Value::Int(0) => {}
        Value::Real(0.0) => {}
        Value::Double(0.0) => {}
        other => return other,
    }
    defects.add(DefectKind::ZeroForNull);
    Value::Null
}

/// The range of altimeter settings that lost their decimal point: inches of mercury times 100.
const ALTIMETER_WITHOUT_POINT: std::ops::RangeInclusive<f32> = 2750.0..=3150.0;

/// Cleans an altimeter setting in inches of mercury. Restores a lost decimal point: 3025 is 30.25.
pub fn clean_altimeter(raw: &str, defects: &mut DefectKinds) -> Value<'static> {
    let Some(decimal) = parse_cell(raw, defects) else { return Value::Null };
    if !ALTIMETER_WITHOUT_POINT.contains(&decimal.to_f32()) {
        return to_real(decimal, defects);
    }
    defects.add(DefectKind::PointLost);
    to_real(Decimal { exponent: decimal.exponent - 2, ..decimal }, defects)
}

fn parse_cell(raw: &str, defects: &mut DefectKinds) -> Option<Decimal> {
    let text = strip(raw, defects);
    if text.is_empty() {
        return None;
    }
    let decimal = parse(&text);
    if decimal.is_none() {
        defects.add(DefectKind::NotANumber);
    }
    decimal
}

/// Parses a decimal number with an optional exponent, without thousands separators. Rejects NaN.
fn parse(text: &str) -> Option<Decimal> {
    let (negative, text) = split_sign(text);
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, parse_exponent(exponent)?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut parsed = Digits::default();
    whole.bytes().try_for_each(|b| parsed.push(b, 0))?;
    fraction.bytes().try_for_each(|b| parsed.push(b, -1))?;
    let mantissa = parsed.mantissa;
    let exponent = exponent.saturating_add(parsed.exponent);
    let negative = negative && mantissa != 0;
    Some(Decimal { negative, mantissa, exponent }.strip_zeros())
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Parses an exponent. Limits it to 100,000, which no number in range needs.
fn parse_exponent(text: &str) -> Option<i32> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() {
        return None;
    }
    let size = digits.bytes().try_fold(0_i32, |n, b| {
        b.is_ascii_digit().then(|| (n * 10 + i32::from(b - b'0')).min(100_000))
    })?;
    Some(if negative { -size } else { size })
}

#[derive(Default)]
struct Digits {
    mantissa: u64,
    count: u32,
    exponent: i32,
}

impl Digits {
    /// Appends a digit. `shift` is -1 after the decimal point.
    fn push(&mut self, b: u8, shift: i32) -> Option<()> {
        if !b.is_ascii_digit() {
            return None;
        }
        let is_kept = self.count < MAX_DIGITS;
        if is_kept {
            self.mantissa = self.mantissa * 10 + u64::from(b - b'0');
            self.count += u32::from(self.mantissa > 0);
        }
        self.exponent = self.exponent.saturating_add(shift + i32::from(!is_kept));
        Some(())
    }
}

impl Decimal {
    /// Removes trailing zeros from the mantissa.
    fn strip_zeros(mut self) -> Decimal {
        if self.mantissa == 0 {
            self.exponent = 0;
            return self;
        }
        while self.mantissa.is_multiple_of(10) {
            self.mantissa /= 10;
            self.exponent = self.exponent.saturating_add(1);
        }
        self
    }

    fn count_digits(self) -> u32 {
        self.mantissa.checked_ilog10().unwrap_or(0) + 1
    }

    /// Rounds to a number of digits, half away from zero.
    fn round(self, digits: u32) -> Decimal {
        let surplus = self.count_digits().saturating_sub(digits);
        if surplus == 0 {
            return self;
        }
        let unit = 10_u64.pow(surplus);
        let mantissa = (self.mantissa + unit / 2) / unit;
        let exponent = self.exponent.saturating_add(surplus as i32);
        Decimal { mantissa, exponent, ..self }.strip_zeros()
    }

    /// Converts to an integer. Returns `None` if there is a fraction or an overflow.
    fn to_integer(self) -> Option<i64> {
        let exponent = u32::try_from(self.exponent).ok()?;
        let size = i64::try_from(self.mantissa).ok()?.checked_mul(10_i64.checked_pow(exponent)?)?;
        Some(if self.negative { -size } else { size })
    }

    /// Converts to the nearest binary number. 0 has no sign.
    fn to_f64(self) -> f64 {
        let size = match self.exponent {
            // Both operands are exact, so IEEE division or multiplication rounds once.
            e @ -22..=22 if self.mantissa < 1 << 53 => scale(self.mantissa as f64, e),
            _ => self.to_text().parse().unwrap_or(f64::INFINITY),
        };
        (if self.negative { -size } else { size }) + 0.0
    }

    fn to_f32(self) -> f32 {
        // Adding 0 turns the negative zero of an underflow into 0.
        self.to_f64() as f32 + 0.0
    }

    /// Rounds the binary number, not the decimal one, to 7 digits. Where binary numbers are coarsest,
    /// an eighth digit 5 may come from the reader's own rounding (8.2345505 for 8.23455).
    fn round_to_f32(self) -> f32 {
        let surplus = self.count_digits().saturating_sub(7);
        let binary = self.to_f32();
        if surplus == 0 || !binary.is_finite() {
            return binary;
        }
        let exponent = self.exponent.saturating_add(surplus as i32);
        let mantissa = scale(f64::from(binary.abs()), exponent.saturating_neg()).round() as u64;
        Decimal { mantissa, exponent, ..self }.strip_zeros().to_f32()
    }

    fn to_text(self) -> String {
        format!("{}e{}", self.mantissa, self.exponent)
    }
}

/// Multiplies a number by a power of ten.
fn scale(mantissa: f64, exponent: i32) -> f64 {
    let power = (0..exponent.unsigned_abs().min(400)).fold(1.0_f64, |p, _| p * 10.0);
    if exponent < 0 { mantissa / power } else { mantissa * power }
}

#[cfg(test)]
mod tests;
