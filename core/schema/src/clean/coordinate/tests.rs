use super::*;
use proptest::prelude::*;

/// A domestic row written before 2020.
fn row<'r>(lat: &'r str, lon: &'r str, dec: Option<(f64, f64)>) -> Position<'r> {
    let some = |t: &'r str| (!t.is_empty()).then_some(t);
    Position {
        lat_text: some(lat),
        lon_text: some(lon),
        dec_lat: dec.map(|d| d.0),
        dec_lon: dec.map(|d| d.1),
        domestic: true,
        joined: false,
    }
}

fn found(position: &Position) -> (Option<(f64, f64)>, &'static str, Vec<DefectKind>) {
    let place = resolve(position);
    let f = place.defect_kinds;
    let mut all = f.lat_text;
    [f.lon_text, f.dec_lat, f.dec_lon].into_iter().for_each(|f| all.add_all(f));
    (place.point, place.source.as_str(), all.iter().collect())
}

#[test]
fn old_rows() {
    use DefectKind::*;
    for (lat, lon, dec, point, source, defect_kinds) in [
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
        let mut defect_kinds = defect_kinds;
        defect_kinds.sort_by_key(|f| *f as u8);
        assert_eq!(found(&case), (point, source, defect_kinds), "{case:?}");
    }
}

#[test]
fn rows_written_since_2020() {
    use DefectKind::*;
    let new = |lat, lon, dec| Position { joined: true, ..row(lat, lon, dec) };
    for (case, point, source, defect_kinds) in [
        // 42°59'59" can only be that; 95°0'0" might be 9°50', but not in the United States.
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
            Position { dec_lon: None, ..new("034128N", "0971515W", Some((34.0244, 0.0))) },
            Some((34.024_444_4, -97.254_166_7)),
            "dms_repaired",
            vec![CoordinateRepaired],
        ),
    ] {
        assert_eq!(found(&case), (point, source, defect_kinds), "{case:?}");
    }
}

#[test]
fn abroad_signs_are_believed() {
    let abroad = |dec| Position { domestic: false, ..row("", "", Some(dec)) };
    assert_eq!(found(&abroad((38.5, 97.25))).0, Some((38.5, 97.25)));
    assert_eq!(found(&abroad((-38.5, 97.25))).0, Some((-38.5, 97.25)));
    assert_eq!(found(&abroad((97.25, 38.5))).0, Some((38.5, 97.25)));
}

proptest! {
    #[test]
    fn every_place_is_on_earth(
        lat in "[0-9 NSEW;é]{0,9}", lon in "[0-9]{6,7}[NSEW]",
        a in proptest::option::of(proptest::num::f64::ANY),
        b in proptest::option::of(-1e9..1e9),
        domestic: bool, joined: bool,
    ) {
        let (lat_text, lon_text) = (Some(lat.as_str()), Some(lon.as_str()));
        let place = resolve(&Position { lat_text, lon_text, dec_lat: a, dec_lon: b, domestic, joined });
        if let Some((lat, lon)) = place.point {
            prop_assert!(lat.abs() <= 90.0 && lon.abs() <= 180.0);
        }
        prop_assert_eq!(place.point.is_none(), place.source == Source::None);
    }

    #[test]
    fn repaired_decimal_degrees_need_no_repair(a in -1e8..1e8_f64, b in -200.0..200.0, domestic: bool) {
        let first = resolve(&Position { dec_lat: Some(a), dec_lon: Some(b), domestic, ..Position::default() });
        let again = Position { dec_lat: first.dec_lat, dec_lon: first.dec_lon, domestic, ..Position::default() };
        let second = resolve(&again);
        prop_assert_eq!((second.dec_lat, second.dec_lon), (first.dec_lat, first.dec_lon));
        prop_assert_eq!(second.defect_kinds, PlaceFlaws::default());
    }
}
