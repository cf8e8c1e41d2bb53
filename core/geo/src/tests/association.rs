use super::super::false_discovery::false_discovery_rates;
use super::super::normal::two_sided_p;
use super::super::{Grid, Neighbours, Point, SpatialError, getis_ord, local_moran, morans_i};
use super::{assert_close, golden, golden_points, numbers, random_points};
use proptest::prelude::*;

fn nearest(points: &[Point], k: i64) -> Neighbours {
    Neighbours::find_nearest(points, k, &mut || {}).unwrap()
}

/// Brute force: sorts by distance, then by index.
fn nearest_by_sorting(points: &[Point], point: usize, k: usize) -> Vec<u32> {
    let squared_chord =
        |other: usize| points[point].unit_vector().squared_chord(&points[other].unit_vector());
    let mut others: Vec<usize> = (0..points.len()).filter(|other| *other != point).collect();
    others.sort_by(|a, b| squared_chord(*a).total_cmp(&squared_chord(*b)).then(a.cmp(b)));
    others.iter().take(k).map(|other| *other as u32).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn nearest_points_are_found_in_order(seed in 0u64..1_000_000, count in 0usize..200, k in 1usize..20) {
        let points = random_points(count, seed);
        let found = nearest(&points, k as i64);
        for point in 0..points.len() {
            prop_assert_eq!(found.get(point), nearest_by_sorting(&points, point, k));
        }
    }
}

#[test]
fn a_point_is_not_its_own_neighbour_even_if_all_coordinates_are_equal() {
    let found = nearest(&[Point::new(33.6, -112.0).unwrap(); 30_000], 8);
    for point in [0u32, 5, 29_999] {
        let expected: Vec<u32> = (0..9).filter(|other| *other != point).take(8).collect();
        assert_eq!(found.get(point as usize), expected);
    }
}

#[test]
fn moran_and_getis_ord_are_those_of_pysal() {
    let (points, fatal, amount) = golden_points();
    let (golden, neighbours) = (golden(), nearest(&points, 8));
    for (name, values) in [("fatal", &fatal), ("amount", &amount)] {
        let expected = &golden[name];
        let found = morans_i(values, &neighbours, 0, 1, &mut || {}).unwrap().unwrap();
        for (what, found) in [
            ("i", found.i),
            ("expected", found.expected),
            ("variance", found.variance),
            ("z", found.z),
            ("p", found.p),
        ] {
            assert_close(found, expected[what].as_f64().unwrap(), &format!("{name} {what}"));
        }
        let local = local_moran(values, &neighbours, 0, 1, &mut || {}).unwrap();
        let star = getis_ord(values, &neighbours, 0, 1, &mut || {}).unwrap();
        let lists = ["local_i", "quadrant", "gi_z", "gi_p", "gi_q"].map(|l| numbers(&expected[l]));
        for point in 0..points.len() {
            let (local, star) = (local[point].as_ref().unwrap(), star[point].as_ref().unwrap());
            assert_close(local.i, lists[0][point], "local i");
            let quadrant = ["HH", "LH", "LL", "HL"][lists[1][point] as usize - 1];
            assert_eq!(local.quadrant.as_str(), quadrant);
            assert_close(star.z, lists[2][point], "z");
            assert_close(star.p, lists[3][point], "p");
            assert_close(star.q.unwrap(), lists[4][point], "q");
            assert_eq!((local.p_sim, star.p_sim), (None, None));
        }
    }
}

/// The permutations differ from those of PySAL, but their estimates must agree.
#[test]
fn permutation_estimates_match_pysal() {
    let (points, fatal, amount) = golden_points();
    let (golden, neighbours) = (golden(), nearest(&points, 8));
    for (name, values) in [("fatal", &fatal), ("amount", &amount)] {
        let global = morans_i(values, &neighbours, 9_999, 7, &mut || {}).unwrap().unwrap();
        assert!((global.z_sim.unwrap() / global.z - 1.0).abs() < 0.05, "{global:?}");
        assert!(global.p_sim.unwrap() < 0.002, "{global:?}");
        let expected = numbers(&golden[name]["local_p"]);
        let local = local_moran(values, &neighbours, 9_999, 7, &mut || {}).unwrap();
        for (local, p) in local.iter().zip(expected) {
            // Four standard errors of the difference of two estimates.
            let error = 4.0 * (2.0 * p * (1.0 - p) / 9_999.0).sqrt() + 3e-4;
            let found = local.as_ref().unwrap().p_sim.unwrap();
            assert!((found - p).abs() < error, "{name}: got {found}, expected {p}");
        }
    }
}

/// If fatal events are rare, a neighbourhood without one is not significant.
#[test]
fn common_neighbourhoods_are_not_significant() {
    let points = random_points(600, 11);
    let values: Vec<f64> = (0..600).map(|at| f64::from(u8::from(at % 20 == 0))).collect();
    let local = local_moran(&values, &nearest(&points, 4), 999, 1, &mut || {}).unwrap();
    for (local, value) in local.iter().flatten().zip(&values) {
        let p = local.p_sim.unwrap();
        assert!(local.lag > 0.0 || p > 0.5, "{value} {local:?}");
    }
}

#[test]
fn results_depend_only_on_the_seed() {
    let (points, fatal, _) = golden_points();
    let neighbours = nearest(&points, 5);
    let with = |seed| {
        let p = |l: &Option<super::super::LocalMoran>| l.as_ref().unwrap().p_sim.unwrap();
        let local = local_moran(&fatal, &neighbours, 99, seed, &mut || {}).unwrap();
        let global = morans_i(&fatal, &neighbours, 99, seed, &mut || {}).unwrap().unwrap();
        (local.iter().map(p).collect::<Vec<_>>(), global.z_sim)
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1), with(2));
    let (local, _) = with(1);
    assert!(local.iter().all(|p| (0.01..=1.0).contains(p)));
}

#[test]
fn cells_may_have_few_or_no_neighbours() {
    let grid = Grid::new(1.0).unwrap();
    let cell = |lat, lon| grid.cell_at(&Point::new(lat, lon).unwrap());
    let cells = [cell(0.5, 179.5), cell(0.5, -179.5), cell(1.5, -179.5), cell(40.5, 0.5)];
    let neighbours = Neighbours::from_lists(grid.adjacent_cells(&cells));
    assert_eq!(
        (neighbours.get(0), neighbours.get(1), neighbours.get(3)),
        (&[1, 2][..], &[0, 2][..], &[][..])
    );
    let values = [5.0, 6.0, 7.0, 0.0];
    let spots = getis_ord(&values, &neighbours, 99, 1, &mut || {}).unwrap();
    let island = spots[3].as_ref().unwrap();
    assert!(island.z < 0.0 && island.p_sim == Some(1.0), "{island:?}");
    assert_eq!(local_moran(&values, &neighbours, 9, 1, &mut || {}).unwrap()[3], None);
    assert!(morans_i(&values, &neighbours, 9, 1, &mut || {}).unwrap().unwrap().i > 0.0);
}

#[test]
fn cells_at_a_pole_are_adjacent() {
    let grid = Grid::new(10.0).unwrap();
    let cells: Vec<_> = [(85.0, 0.0), (85.0, 90.0), (75.0, 5.0), (75.0, 95.0), (-85.0, 0.0)]
        .map(|(lat, lon)| grid.cell_at(&Point::new(lat, lon).unwrap()))
        .to_vec();
    assert_eq!(grid.adjacent_cells(&cells), [vec![1, 2], vec![0, 3], vec![0], vec![1], vec![]]);
}

#[test]
fn undefined_statistics_are_none() {
    let neighbours = nearest(&random_points(40, 1), 4);
    let poll = &mut || {};
    assert_eq!(morans_i(&[3.25; 40], &neighbours, 9, 1, poll).unwrap(), None);
    assert!(getis_ord(&[0.1; 40], &neighbours, 0, 1, poll).unwrap().iter().all(Option::is_none));
    assert!(local_moran(&[3.25; 40], &neighbours, 9, 1, poll).unwrap().iter().all(Option::is_none));
    let none = nearest(&[], 8);
    assert_eq!(morans_i(&[], &none, 9, 1, poll).unwrap(), None);
    assert!(getis_ord(&[], &none, 9, 1, poll).unwrap().is_empty());
    let one = nearest(&random_points(1, 1), 8);
    assert_eq!(morans_i(&[1.0], &one, 9, 1, poll).unwrap(), None);
    assert_eq!(getis_ord(&[1.0], &one, 9, 1, poll).unwrap(), [None]);
    assert_eq!(local_moran(&[1.0], &one, 9, 1, poll).unwrap(), [None]);
    let error = Neighbours::find_nearest(&[], 0, poll).unwrap_err();
    assert_eq!(error, SpatialError::Neighbours(0));
    assert_eq!(morans_i(&[], &none, -1, 1, poll), Err(SpatialError::Permutations(-1)));
    assert_eq!(morans_i(&[], &none, 100_000, 1, poll), Err(SpatialError::Permutations(100_000)));
}

#[test]
fn discoveries_are_those_of_benjamini_and_hochberg() {
    // Their example (1995, table 1) has four discoveries at 0.05.
    let p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0000,
    ];
    let q = false_discovery_rates(&p.map(Some));
    assert_eq!(q.iter().filter(|q| q.unwrap() <= 0.05).count(), 4);
    assert_close(q[14].unwrap(), 1.0, "the last");
    assert_eq!(false_discovery_rates(&[None, Some(0.2), None]), [None, Some(0.2), None]);
    assert_close(two_sided_p(-1.959963984540054), 0.05, "normal");
    assert_close(two_sided_p(10.0), 1.523970604832105e-23, "far out");
}
