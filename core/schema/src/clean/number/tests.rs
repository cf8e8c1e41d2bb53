use super::*;
use proptest::prelude::*;

type Rule = fn(&str, &mut DefectKinds) -> Value<'static>;

fn cleaned(rule: Rule, raw: &str) -> (Value<'static>, Vec<DefectKind>) {
    let mut defect_kinds = DefectKinds::default();
    let value = rule(raw, &mut defect_kinds);
    (value, defect_kinds.iter().collect())
}

#[test]
fn integers() {
    use DefectKind::*;
    for (raw, value, defect_kinds) in [
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
        assert_eq!(cleaned(small, raw), (value, defect_kinds), "{raw:?}");
    }
    assert_eq!(cleaned(long, "-2147483648"), (Value::Int(i32::MIN), vec![]));
    assert_eq!(cleaned(long, "2147483648"), (Value::Null, vec![OutOfRange]));
}

#[test]
fn reals() {
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
        assert_eq!(cleaned(single, raw), (Value::Real(value), vec![]), "{raw}");
    }
    assert_eq!(cleaned(single, "1e39"), (Value::Null, vec![DefectKind::OutOfRange]));
    for (raw, value) in [
        ("-98.76543199999999", -98.765_432_f64),
        ("-98.765432", -98.765_432),
        ("-75.15000000000001", -75.15),
        ("36.1594444444444", 36.159_444_444_444_4),
        ("-0", 0.0),
    ] {
        assert_eq!(cleaned(double, raw), (Value::Double(value), vec![]), "{raw}");
    }
    let greatest = cleaned(double, "1.7976931348623157e308");
    assert_eq!(greatest, (Value::Double(f64::MAX), vec![]));
    assert_eq!(cleaned(double, "1.8e308"), (Value::Null, vec![DefectKind::OutOfRange]));
}

#[test]
fn zero_where_nothing_is_known() {
    for zero in [Value::Int(0), Value::Real(0.0), Value::Double(0.0)] {
        let mut defect_kinds = DefectKinds::default();
        assert_eq!(zero_is_null(zero, &mut defect_kinds), Value::Null);
        assert!(defect_kinds.has(DefectKind::ZeroForNull));
    }
    assert_eq!(zero_is_null(Value::Int(1), &mut DefectKinds::default()), Value::Int(1));
}

#[test]
fn altimeter_settings() {
    use DefectKind::*;
    for (raw, value, defect_kinds) in [
        ("30.25", 30.25, vec![]),
        ("3025", 30.25, vec![PointLost]),
        ("3149.9999", 31.5, vec![PointLost]),
        ("1013", 1013.0, vec![]),
        ("0", 0.0, vec![]),
    ] {
        assert_eq!(cleaned(altimeter, raw), (Value::Real(value), defect_kinds), "{raw}");
    }
}

/// As C prints `%.{digits}g`, in scientific form.
fn printed(value: f64, digits: usize) -> String {
    format!("{value:.*e}", digits - 1)
}

proptest! {
    #[test]
    fn a_single_is_the_same_through_both_readers(mantissa in -9_999_999..10_000_000_i32, places in 0..8_u32) {
        let value = (f64::from(mantissa) / f64::from(10_u32.pow(places))) as f32;
        let (shortest, long) = (value.to_string(), printed(f64::from(value), 8));
        prop_assert_eq!(cleaned(single, &shortest), (Value::Real(value + 0.0), vec![]));
        prop_assert_eq!(cleaned(single, &long), (Value::Real(value + 0.0), vec![]));
    }

    #[test]
    fn a_double_is_the_same_through_both_readers(
        mantissa in -999_999_999_999_999..1_000_000_000_000_000_i64, places in 0..16_u32,
    ) {
        let value = mantissa as f64 / 10_f64.powi(places as i32);
        let (shortest, long) = (value.to_string(), printed(value, 16));
        prop_assert_eq!(cleaned(double, &shortest), (Value::Double(value + 0.0), vec![]));
        prop_assert_eq!(cleaned(double, &long), (Value::Double(value + 0.0), vec![]));
    }

    #[test]
    fn any_real_reads_back_as_itself(bits: u64, small: u32) {
        let (x, y) = (f64::from_bits(bits), f32::from_bits(small));
        if let Value::Double(once) = double(&x.to_string(), &mut DefectKinds::default()) {
            prop_assert_eq!(cleaned(double, &once.to_string()).0, Value::Double(once));
            prop_assert_eq!(canonical(once), once);
        }
        if let Value::Real(once) = single(&y.to_string(), &mut DefectKinds::default()) {
            prop_assert_eq!(cleaned(single, &once.to_string()).0, Value::Real(once));
        }
    }

    #[test]
    fn integers_read_back(n: i32) {
        prop_assert_eq!(cleaned(long, &n.to_string()), (Value::Int(n), vec![]));
        prop_assert_eq!(cleaned(long, &format!("{n}.000")), (Value::Int(n), vec![]));
    }
}
