use super::*;
use proptest::prelude::*;

type CleanFn = fn(&str, &mut DefectKinds) -> Value<'static>;

fn clean(clean: CleanFn, raw: &str) -> (Value<'static>, Vec<DefectKind>) {
    let mut defects = DefectKinds::default();
    let value = clean(raw, &mut defects);
    (value, defects.iter().collect())
}

#[test]
fn cleans_integers() {
    use DefectKind::*;
    for (raw, value, defects) in [
        ("7", Value::Int(7), vec![]),
        ("7.0", Value::Int(7), vec![]),
        (" 7 ", Value::Int(7), vec![Padding]),
        ("+7", Value::Int(7), vec![]),
        ("-32768", Value::Int(-32_768), vec![]),
        ("1e3", Value::Int(1000), vec![]),
        ("-0", Value::Int(0), vec![]),
        ("0007", Value::Int(7), vec![]),
        ("32768", Value::Null, vec![OutOfRange]),
        ("1e300", Value::Null, vec![OutOfRange]),
        ("99999999999999999999999", Value::Null, vec![OutOfRange]),
        ("7.5", Value::Null, vec![NotANumber]),
        ("1,000", Value::Null, vec![NotANumber]),
        ("NaN", Value::Null, vec![NotANumber]),
        ("inf", Value::Null, vec![NotANumber]),
        ("0x10", Value::Null, vec![NotANumber]),
        ("-", Value::Null, vec![NotANumber]),
        (".", Value::Null, vec![NotANumber]),
        ("1e", Value::Null, vec![NotANumber]),
        ("--1", Value::Null, vec![NotANumber]),
        ("  ", Value::Null, vec![Padding]),
    ] {
        assert_eq!(clean(clean_smallint, raw), (value, defects), "{raw:?}");
    }
    assert_eq!(clean(clean_integer, "-2147483648"), (Value::Int(i32::MIN), vec![]));
    assert_eq!(clean(clean_integer, "2147483648"), (Value::Null, vec![OutOfRange]));
}

#[test]
fn cleans_reals() {
    for (raw, value) in [
        ("30.040001", 30.04_f32),
        ("30.04", 30.04),
        ("0.1000000015", 0.1),
        ("8.2345505", 8.23455),
        (".5", 0.5),
        ("5.", 5.0),
        ("-0.0", 0.0),
        ("1e-50", 0.0),
        ("12345678", 12_345_680.0),
        ("3.4028235e38", 3.402_823e38),
    ] {
        assert_eq!(clean(clean_real, raw), (Value::Real(value), vec![]), "{raw}");
    }
    assert_eq!(clean(clean_real, "1e39"), (Value::Null, vec![DefectKind::OutOfRange]));
    for (raw, value) in [
        ("-98.76543199999999", -98.765_432_f64),
        ("-98.765432", -98.765_432),
        ("-75.15000000000001", -75.15),
        ("36.1594444444444", 36.159_444_444_444_4),
        ("-0", 0.0),
    ] {
        assert_eq!(clean(clean_double, raw), (Value::Double(value), vec![]), "{raw}");
    }
    let max = clean(clean_double, "1.7976931348623157e308");
    assert_eq!(max, (Value::Double(f64::MAX), vec![]));
    assert_eq!(clean(clean_double, "1.8e308"), (Value::Null, vec![DefectKind::OutOfRange]));
}

#[test]
fn zero_becomes_null() {
    for zero in [Value::Int(0), Value::Real(0.0), Value::Double(0.0)] {
        let mut defects = DefectKinds::default();
        assert_eq!(zero_to_null(zero, &mut defects), Value::Null);
        assert!(defects.contains(DefectKind::ZeroForNull));
    }
    assert_eq!(zero_to_null(Value::Int(1), &mut DefectKinds::default()), Value::Int(1));
}

#[test]
fn cleans_altimeter_settings() {
    use DefectKind::*;
    for (raw, value, defects) in [
        ("30.25", 30.25, vec![]),
        ("3025", 30.25, vec![PointLost]),
        ("3149.9999", 31.5, vec![PointLost]),
        ("1013", 1013.0, vec![]),
        ("0", 0.0, vec![]),
    ] {
        assert_eq!(clean(clean_altimeter, raw), (Value::Real(value), defects), "{raw}");
    }
}

/// Formats a number like C's `%.{digits}g`, in scientific notation.
fn format_g(value: f64, digits: usize) -> String {
    format!("{value:.*e}", digits - 1)
}

proptest! {
    #[test]
    fn single_is_the_same_through_both_readers(mantissa in -9_999_999..10_000_000_i32, places in 0..8_u32) {
        let value = (f64::from(mantissa) / f64::from(10_u32.pow(places))) as f32;
        let (shortest, long) = (value.to_string(), format_g(f64::from(value), 8));
        prop_assert_eq!(clean(clean_real, &shortest), (Value::Real(value + 0.0), vec![]));
        prop_assert_eq!(clean(clean_real, &long), (Value::Real(value + 0.0), vec![]));
    }

    #[test]
    fn double_is_the_same_through_both_readers(
        mantissa in -999_999_999_999_999..1_000_000_000_000_000_i64, places in 0..16_u32,
    ) {
        let value = mantissa as f64 / 10_f64.powi(places as i32);
        let (shortest, long) = (value.to_string(), format_g(value, 16));
        prop_assert_eq!(clean(clean_double, &shortest), (Value::Double(value + 0.0), vec![]));
        prop_assert_eq!(clean(clean_double, &long), (Value::Double(value + 0.0), vec![]));
    }

    #[test]
    fn any_real_round_trips(bits: u64, small: u32) {
        let (x, y) = (f64::from_bits(bits), f32::from_bits(small));
        if let Value::Double(once) = clean_double(&x.to_string(), &mut DefectKinds::default()) {
            prop_assert_eq!(clean(clean_double, &once.to_string()).0, Value::Double(once));
            prop_assert_eq!(round_double(once), once);
        }
        if let Value::Real(once) = clean_real(&y.to_string(), &mut DefectKinds::default()) {
            prop_assert_eq!(clean(clean_real, &once.to_string()).0, Value::Real(once));
        }
    }

    #[test]
    fn integers_round_trip(n: i32) {
        prop_assert_eq!(clean(clean_integer, &n.to_string()), (Value::Int(n), vec![]));
        prop_assert_eq!(clean(clean_integer, &format!("{n}.000")), (Value::Int(n), vec![]));
    }
}
