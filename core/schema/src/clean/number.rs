//! Numbers, in one form whoever wrote them.
//!
//! mdb-export prints a Single with 8 digits and a Double with 16 (`-97.64138699999999`), other
//! readers print the shortest text that gives the same binary number (`-97.641387`). A file must
//! have the same rows and hashes through both, so reals are rounded to 7 and 15 digits, which is
//! less than both readers agree on.

use super::text::bare;
use super::{DefectKind, DefectKinds, Value};

/// A decimal number: `mantissa` × 10^`exponent`, with its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    mantissa: u64,
    exponent: i32,
}

/// More digits than any column keeps; what follows only moves the exponent.
const KEPT_DIGITS: u32 = 18;

/// An integer that fits `smallint`.
pub fn small(raw: &str, defect_kinds: &mut DefectKinds) -> Value<'static> {
    integer(raw, i32::from(i16::MIN)..=i32::from(i16::MAX), defect_kinds)
}

/// An integer that fits `integer`.
pub fn long(raw: &str, defect_kinds: &mut DefectKinds) -> Value<'static> {
    integer(raw, i32::MIN..=i32::MAX, defect_kinds)
}

fn integer(
    raw: &str,
    range: std::ops::RangeInclusive<i32>,
    defect_kinds: &mut DefectKinds,
) -> Value<'static> {
    let Some(decimal) = number(raw, defect_kinds) else {
        return Value::Null;
    };
    let Some(whole) = decimal.whole() else {
        defect_kinds.add(if decimal.exponent < 0 {
            DefectKind::NotANumber
        } else {
            DefectKind::OutOfRange
        });
        return Value::Null;
    };
    match i32::try_from(whole) {
        Ok(n) if range.contains(&n) => Value::Int(n),
        _ => {
            defect_kinds.add(DefectKind::OutOfRange);
            Value::Null
        }
    }
}

/// A Single: rounded to 7 digits, as `real`.
pub fn single(raw: &str, defect_kinds: &mut DefectKinds) -> Value<'static> {
    number(raw, defect_kinds).map_or(Value::Null, |decimal| real(decimal, defect_kinds))
}

fn real(decimal: Decimal, defect_kinds: &mut DefectKinds) -> Value<'static> {
    let value = decimal.to_single();
    defect_kinds.add_if(!value.is_finite(), DefectKind::OutOfRange);
    if value.is_finite() { Value::Real(value) } else { Value::Null }
}

/// A Double: rounded to 15 digits, as `double precision`.
pub fn double(raw: &str, defect_kinds: &mut DefectKinds) -> Value<'static> {
    let Some(decimal) = number(raw, defect_kinds) else { return Value::Null };
    let rounded = decimal.rounded(16).rounded(15).to_f64();
    // The greatest numbers round up beyond themselves.
    let value = if rounded.is_finite() { rounded } else { decimal.to_f64() };
    defect_kinds.add_if(!value.is_finite(), DefectKind::OutOfRange);
    if value.is_finite() { Value::Double(value) } else { Value::Null }
}

/// `value` as any reader of its shortest text would give it.
pub(super) fn canonical(value: f64) -> f64 {
    match double(&value.to_string(), &mut DefectKinds::default()) {
        Value::Double(value) => value,
        _ => value,
    }
}

/// Null in place of 0, for columns in which the source writes 0 where nothing is known.
pub fn zero_is_null<'a>(value: Value<'a>, defect_kinds: &mut DefectKinds) -> Value<'a> {
    match value {
        Value::Int(0) => {}
        Value::Real(0.0) => {}
        Value::Double(0.0) => {}
        other => return other,
    }
    defect_kinds.add(DefectKind::ZeroForNull);
    Value::Null
}

/// Inches of mercury times 100, as an altimeter setting that lost its point is written.
const POINTLESS_ALTIMETER: std::ops::RangeInclusive<f32> = 2750.0..=3150.0;

/// An altimeter setting in inches of mercury; 3025 is 30.25.
pub fn altimeter(raw: &str, defect_kinds: &mut DefectKinds) -> Value<'static> {
    let Some(decimal) = number(raw, defect_kinds) else { return Value::Null };
    if !POINTLESS_ALTIMETER.contains(&decimal.to_f32()) {
        return real(decimal, defect_kinds);
    }
    defect_kinds.add(DefectKind::PointLost);
    real(Decimal { exponent: decimal.exponent - 2, ..decimal }, defect_kinds)
}

fn number(raw: &str, defect_kinds: &mut DefectKinds) -> Option<Decimal> {
    let text = bare(raw, defect_kinds);
    if text.is_empty() {
        return None;
    }
    let decimal = parse(&text);
    if decimal.is_none() {
        defect_kinds.add(DefectKind::NotANumber);
    }
    decimal
}

/// A plain decimal number with an optional exponent; no thousands separators, no NaN.
fn parse(text: &str) -> Option<Decimal> {
    let (negative, text) = signed(text);
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, small_exponent(exponent)?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut found = Digits::default();
    whole.bytes().try_for_each(|b| found.push(b, 0))?;
    fraction.bytes().try_for_each(|b| found.push(b, -1))?;
    let mantissa = found.mantissa;
    let exponent = exponent.saturating_add(found.exponent);
    let negative = negative && mantissa != 0;
    Some(Decimal { negative, mantissa, exponent }.shortest())
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// The exponent, held to what no number of ours reaches.
fn small_exponent(text: &str) -> Option<i32> {
    let (negative, digits) = signed(text);
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
    /// Takes a digit in; `shift` is -1 behind the point.
    fn push(&mut self, b: u8, shift: i32) -> Option<()> {
        if !b.is_ascii_digit() {
            return None;
        }
        let kept = self.count < KEPT_DIGITS;
        if kept {
            self.mantissa = self.mantissa * 10 + u64::from(b - b'0');
            self.count += u32::from(self.mantissa > 0);
        }
        self.exponent = self.exponent.saturating_add(shift + i32::from(!kept));
        Some(())
    }
}

impl Decimal {
    /// Without zeros at the end of the mantissa.
    fn shortest(mut self) -> Decimal {
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

    fn digits(self) -> u32 {
        self.mantissa.checked_ilog10().unwrap_or(0) + 1
    }

    /// Rounded to so many digits, half away from zero.
    fn rounded(self, digits: u32) -> Decimal {
        let surplus = self.digits().saturating_sub(digits);
        if surplus == 0 {
            return self;
        }
        let unit = 10_u64.pow(surplus);
        let mantissa = (self.mantissa + unit / 2) / unit;
        let exponent = self.exponent.saturating_add(surplus as i32);
        Decimal { mantissa, exponent, ..self }.shortest()
    }

    /// The number if it has no fraction and is not far beyond an integer column.
    fn whole(self) -> Option<i64> {
        let exponent = u32::try_from(self.exponent).ok()?;
        let size = i64::try_from(self.mantissa).ok()?.checked_mul(10_i64.checked_pow(exponent)?)?;
        Some(if self.negative { -size } else { size })
    }

    /// The nearest binary number; 0 has no sign.
    fn to_f64(self) -> f64 {
        let size = match self.exponent {
            // Both operands are exact, so IEEE division or multiplication rounds once.
            e @ -22..=22 if self.mantissa < 1 << 53 => scaled(self.mantissa as f64, e),
            _ => self.by_text().parse().unwrap_or(f64::INFINITY),
        };
        (if self.negative { -size } else { size }) + 0.0
    }

    fn to_f32(self) -> f32 {
        // What is too small for a single may be a negative zero.
        self.to_f64() as f32 + 0.0
    }

    /// Rounded to 7 digits, of which the binary number is asked: where it is coarsest, the eighth
    /// digit that a reader printed may be a 5 that came from rounding (8.2345505 of 8.23455).
    fn to_single(self) -> f32 {
        let surplus = self.digits().saturating_sub(7);
        let binary = self.to_f32();
        if surplus == 0 || !binary.is_finite() {
            return binary;
        }
        let exponent = self.exponent.saturating_add(surplus as i32);
        let mantissa = scaled(f64::from(binary.abs()), exponent.saturating_neg()).round() as u64;
        Decimal { mantissa, exponent, ..self }.shortest().to_f32()
    }

    fn by_text(self) -> String {
        format!("{}e{}", self.mantissa, self.exponent)
    }
}

fn scaled(mantissa: f64, exponent: i32) -> f64 {
    let ten = (0..exponent.unsigned_abs().min(400)).fold(1.0_f64, |p, _| p * 10.0);
    if exponent < 0 { mantissa / ten } else { mantissa * ten }
}

#[cfg(test)]
mod tests;
