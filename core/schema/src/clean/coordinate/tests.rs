use super::*;
use proptest::prelude::*;

/// A domestic row written before 2020.
fn row<'r>(lat: &'r str, lon: &'r str, dec: Option<(f64, f64)>) -> PositionColumns<'r> {
    let some = |t: &'r str| (!t.is_empty()).then_some(t);
    PositionColumns {
        lat_text: some(lat),
        lon_text: some(lon),
        dec_lat: dec.map(|d| d.0),
        dec_lon: dec.map(|d| d.1),
        is_domestic: true,
        may_be_joined: false,
    }
}

fn resolve(position: &PositionColumns) -> (Option<(f64, f64)>, &'static str, Vec<DefectKind>) {
    let resolved = resolve_position(position);
    let defects = resolved.defects;
    let mut all = defects.lat_text;
    [defects.lon_text, defects.dec_lat, defects.dec_lon].into_iter().for_each(|d| all.add_all(d));
    (resolved.point, resolved.source.as_str(), all.iter().collect())
}

#[test]
fn rows_written_before_2020() {
    use DefectKind::*;
    for (lat, lon, dec, point, source, defects) in [
        ("", "", None, None, "none", vec![]),
        ("", "", Some((38.5, -97.25)), Some((38.5, -97.25)), "dec", vec![]),
        ("383000N", "0971500W", None, Some((38.5, -97.25)), "dms", vec![]),
        ("383000N", "0971560W", None, Some((38.5, -97.266_666_7)), "dms", vec![]),
        ("383000N", "0971500W", Some((31.5, -90.0)), Some((31.5, -90.0)), "dec", vec![]),
        ("383000N", "0971500E", None, Some((38.5, -97.25)), "dms_repaired", vec![SignRestored]),
        ("0971500W", "383000N", None, Some((38.5, -97.25)), "dms_repaired", vec![Swapped]),
        ("383000N", "97;1500W", None, None, "none", vec![NotACoordinate]),
        ("383000N", "383000N", None, None, "none", vec![NotACoordinate]),
        ("387500N", "0971500W", None, None, "none", vec![NotACoordinate]),
        (
            "038752N",
            "0971500W",
            None,
            Some((38.131_111_1, -97.25)),
            "dms_repaired",
            vec![CoordinateRepaired],
        ),
        ("000000N", "0000000E", None, None, "none", vec![NullIsland]),
        ("", "", Some((0.0, 0.0)), None, "none", vec![NullIsland]),
        ("", "", Some((38.5, 97.25)), Some((38.5, -97.25)), "dec", vec![SignRestored]),
        ("", "", Some((-97.25, 38.5)), Some((38.5, -97.25)), "dec", vec![Swapped]),
        ("", "", Some((97.25, 38.5)), Some((38.5, -97.25)), "dec", vec![SignRestored, Swapped]),
        ("", "", Some((3830.0, -971_500.0)), Some((38.5, -97.25)), "dec", vec![DmsInDecimal]),
        (
            "",
            "",
            Some((383_000.0, 971_500.0)),
            Some((38.5, -97.25)),
            "dec",
            vec![DmsInDecimal, SignRestored],
        ),
        (
            "383000N",
            "0971500W",
            Some((123.4, -97.2)),
            Some((38.5, -97.25)),
            "dms",
            vec![OutOfRange],
        ),
        ("", "", Some((123.4, -97.2)), None, "none", vec![OutOfRange]),
        ("", "", Some((52.5, 173.5)), Some((52.5, 173.5)), "dec", vec![]),
    ] {
        let case = row(lat, lon, dec);
        let mut defects = defects;
        defects.sort_by_key(|f| *f as u8);
        assert_eq!(resolve(&case), (point, source, defects), "{case:?}");
    }
}

#[test]
fn rows_written_since_2020() {
    use DefectKind::*;
    let new = |lat, lon, dec| PositionColumns { may_be_joined: true, ..row(lat, lon, dec) };
    for (case, point, source, defects) in [
        // The latitude is unambiguous. The longitude may be 95°0'0" or 9°50'0", but the latter is not
        // in the United States.
        (
            new("425959N", "0009500W", None),
            Some((42.999_722_2, -95.0)),
            "dms_repaired",
            vec![CoordinateRepaired],
        ),
        // 34°1'28" or 34°12'8"
        (new("034128N", "0971515W", None), None, "none", vec![CoordinateAmbiguous]),
        (
            new("034128N", "0971515W", Some((34.0244, -97.2542))),
            Some((34.0244, -97.2542)),
            "dec",
            vec![CoordinateRepaired],
        ),
        (
            PositionColumns { dec_lon: None, ..new("034128N", "0971515W", Some((34.0244, 0.0))) },
            Some((34.024_444_4, -97.254_166_7)),
            "dms_repaired",
            vec![CoordinateRepaired],
        ),
    ] {
        assert_eq!(resolve(&case), (point, source, defects), "{case:?}");
    }
}

#[test]
fn foreign_signs_are_not_corrected() {
    let foreign = |dec| PositionColumns { is_domestic: false, ..row("", "", Some(dec)) };
    assert_eq!(resolve(&foreign((38.5, 97.25))).0, Some((38.5, 97.25)));
    assert_eq!(resolve(&foreign((-38.5, 97.25))).0, Some((-38.5, 97.25)));
    assert_eq!(resolve(&foreign((97.25, 38.5))).0, Some((38.5, 97.25)));
}

proptest! {
    #[test]
    fn every_position_is_on_earth(
        lat in "[0-9 NSEW;é]{0,9}", lon in "[0-9]{6,7}[NSEW]",
        a in proptest::option::of(proptest::num::f64::ANY),
        b in proptest::option::of(-1e9..1e9),
        is_domestic: bool, may_be_joined: bool,
    ) {
        let (lat_text, lon_text) = (Some(lat.as_str()), Some(lon.as_str()));
        let resolved = resolve_position(&PositionColumns { lat_text, lon_text, dec_lat: a, dec_lon: b, is_domestic, may_be_joined });
        if let Some((lat, lon)) = resolved.point {
            prop_assert!(lat.abs() <= 90.0 && lon.abs() <= 180.0);
        }
        prop_assert_eq!(resolved.point.is_none(), resolved.source == CoordinateSource::None);
    }

    #[test]
    fn repaired_decimal_degrees_need_no_repair(a in -1e8..1e8_f64, b in -200.0..200.0, is_domestic: bool) {
        let first = resolve_position(&PositionColumns { dec_lat: Some(a), dec_lon: Some(b), is_domestic, ..PositionColumns::default() });
        let repaired = PositionColumns { dec_lat: first.dec_lat, dec_lon: first.dec_lon, is_domestic, ..PositionColumns::default() };
        let second = resolve_position(&repaired);
        prop_assert_eq!((second.dec_lat, second.dec_lon), (first.dec_lat, first.dec_lon));
        prop_assert_eq!(second.defects, PositionDefects::default());
    }
}
