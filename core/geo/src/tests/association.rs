use super::super::{
    Grid, Neighbours, Place, SpatialError, false_discovery, getis_ord, local_moran, moran,
    two_sided,
};
use super::{assert_near, golden, golden_points, numbers, scattered};
use proptest::prelude::*;

fn nearest(places: &[Place], k: i64) -> Neighbours {
    Neighbours::nearest(places, k, &mut || {}).unwrap()
}

/// By the definition: sorted by distance, then by place in the list.
fn sorted(places: &[Place], point: usize, k: usize) -> Vec<u32> {
    let chord2 = |other: usize| places[point].spot().chord2(&places[other].spot());
    let mut others: Vec<usize> = (0..places.len()).filter(|other| *other != point).collect();
    others.sort_by(|a, b| chord2(*a).total_cmp(&chord2(*b)).then(a.cmp(b)));
    others.iter().take(k).map(|other| *other as u32).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn the_nearest_are_found_in_order(seed in 0u64..1_000_000, count in 0usize..200, k in 1usize..20) {
        let places = scattered(count, seed);
        let found = nearest(&places, k as i64);
        for point in 0..places.len() {
            prop_assert_eq!(found.of(point), sorted(&places, point, k));
        }
    }
}

#[test]
fn a_point_is_none_of_its_neighbours_though_all_are_at_one_place() {
    let found = nearest(&[Place::new(33.6, -112.0).unwrap(); 30_000], 8);
    for point in [0u32, 5, 29_999] {
        let expected: Vec<u32> = (0..9).filter(|other| *other != point).take(8).collect();
        assert_eq!(found.of(point as usize), expected);
    }
}

#[test]
fn moran_and_getis_ord_are_those_of_pysal() {
    let (places, fatal, amount) = golden_points();
    let (golden, about) = (golden(), nearest(&places, 8));
    for (name, values) in [("fatal", &fatal), ("amount", &amount)] {
        let expected = &golden[name];
        let found = moran(values, &about, 0, 1, &mut || {}).unwrap().unwrap();
        for (what, found) in [
            ("i", found.i),
            ("expected", found.expected),
            ("variance", found.variance),
            ("z", found.z),
            ("p", found.p),
        ] {
            assert_near(found, expected[what].as_f64().unwrap(), &format!("{name} {what}"));
        }
        let local = local_moran(values, &about, 0, 1, &mut || {}).unwrap();
        let star = getis_ord(values, &about, 0, 1, &mut || {}).unwrap();
        let lists = ["local_i", "quadrant", "gi_z", "gi_p", "gi_q"].map(|l| numbers(&expected[l]));
        for point in 0..places.len() {
            let (local, star) = (local[point].as_ref().unwrap(), star[point].as_ref().unwrap());
            assert_near(local.i, lists[0][point], "local i");
            let quadrant = ["HH", "LH", "LL", "HL"][lists[1][point] as usize - 1];
            assert_eq!(local.quadrant.as_str(), quadrant);
            assert_near(star.z, lists[2][point], "z");
            assert_near(star.p, lists[3][point], "p");
            assert_near(star.q.unwrap(), lists[4][point], "q");
            assert_eq!((local.p_sim, star.p_sim), (None, None));
        }
    }
}

/// The permutations are not PySAL's; what they tell must be.
#[test]
fn permutations_come_to_what_they_estimate() {
    let (places, fatal, amount) = golden_points();
    let (golden, about) = (golden(), nearest(&places, 8));
    for (name, values) in [("fatal", &fatal), ("amount", &amount)] {
        let global = moran(values, &about, 9_999, 7, &mut || {}).unwrap().unwrap();
        assert!((global.z_sim.unwrap() / global.z - 1.0).abs() < 0.05, "{global:?}");
        assert!(global.p_sim.unwrap() < 0.002, "{global:?}");
        let expected = numbers(&golden[name]["local_p"]);
        let local = local_moran(values, &about, 9_999, 7, &mut || {}).unwrap();
        for (local, p) in local.iter().zip(expected) {
            // Four standard errors of so many permutations, of both sides.
            let error = 4.0 * (2.0 * p * (1.0 - p) / 9_999.0).sqrt() + 3e-4;
            let found = local.as_ref().unwrap().p_sim.unwrap();
            assert!((found - p).abs() < error, "{name}: {found} is not {p}");
        }
    }
}

/// Where few are fatal, hardly any neighbourhood without a fatal one says anything.
#[test]
fn what_is_common_is_no_discovery() {
    let places = scattered(600, 11);
    let values: Vec<f64> = (0..600).map(|at| f64::from(u8::from(at % 20 == 0))).collect();
    let local = local_moran(&values, &nearest(&places, 4), 999, 1, &mut || {}).unwrap();
    for (local, value) in local.iter().flatten().zip(&values) {
        let p = local.p_sim.unwrap();
        assert!(local.lag > 0.0 || p > 0.5, "{value} {local:?}");
    }
}

#[test]
fn a_seed_gives_the_same_and_another_seed_another() {
    let (places, fatal, _) = golden_points();
    let about = nearest(&places, 5);
    let with = |seed| {
        let p = |l: &Option<super::super::LocalMoran>| l.as_ref().unwrap().p_sim.unwrap();
        let local = local_moran(&fatal, &about, 99, seed, &mut || {}).unwrap();
        let global = moran(&fatal, &about, 99, seed, &mut || {}).unwrap().unwrap();
        (local.iter().map(p).collect::<Vec<_>>(), global.z_sim)
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1), with(2));
    let (local, _) = with(1);
    assert!(local.iter().all(|p| (0.01..=1.0).contains(p)));
}

#[test]
fn neighbours_by_cell_may_be_few_or_none() {
    let grid = Grid::new(1.0).unwrap();
    let cell = |lat, lon| grid.cell(&Place::new(lat, lon).unwrap());
    let cells = [cell(0.5, 179.5), cell(0.5, -179.5), cell(1.5, -179.5), cell(40.5, 0.5)];
    let about = Neighbours::listed(grid.touching(&cells));
    assert_eq!((about.of(0), about.of(1), about.of(3)), (&[1, 2][..], &[0, 2][..], &[][..]));
    let values = [5.0, 6.0, 7.0, 0.0];
    let spots = getis_ord(&values, &about, 99, 1, &mut || {}).unwrap();
    let island = spots[3].as_ref().unwrap();
    assert!(island.z < 0.0 && island.p_sim == Some(1.0), "{island:?}");
    assert_eq!(local_moran(&values, &about, 9, 1, &mut || {}).unwrap()[3], None);
    assert!(moran(&values, &about, 9, 1, &mut || {}).unwrap().unwrap().i > 0.0);
}

#[test]
fn cells_that_meet_at_a_pole_touch() {
    let grid = Grid::new(10.0).unwrap();
    let cells: Vec<_> = [(85.0, 0.0), (85.0, 90.0), (75.0, 5.0), (75.0, 95.0), (-85.0, 0.0)]
        .map(|(lat, lon)| grid.cell(&Place::new(lat, lon).unwrap()))
        .to_vec();
    assert_eq!(grid.touching(&cells), [vec![1, 2], vec![0, 3], vec![0], vec![1], vec![]]);
}

#[test]
fn what_cannot_be_told_is_none() {
    let about = nearest(&scattered(40, 1), 4);
    let silent = &mut || {};
    assert_eq!(moran(&[3.25; 40], &about, 9, 1, silent).unwrap(), None);
    assert!(getis_ord(&[0.1; 40], &about, 0, 1, silent).unwrap().iter().all(Option::is_none));
    assert!(local_moran(&[3.25; 40], &about, 9, 1, silent).unwrap().iter().all(Option::is_none));
    let none = nearest(&[], 8);
    assert_eq!(moran(&[], &none, 9, 1, silent).unwrap(), None);
    assert!(getis_ord(&[], &none, 9, 1, silent).unwrap().is_empty());
    let one = nearest(&scattered(1, 1), 8);
    assert_eq!(moran(&[1.0], &one, 9, 1, silent).unwrap(), None);
    assert_eq!(getis_ord(&[1.0], &one, 9, 1, silent).unwrap(), [None]);
    assert_eq!(local_moran(&[1.0], &one, 9, 1, silent).unwrap(), [None]);
    let refused = Neighbours::nearest(&[], 0, silent).unwrap_err();
    assert_eq!(refused, SpatialError::Neighbours(0));
    assert_eq!(moran(&[], &none, -1, 1, silent), Err(SpatialError::Permutations(-1)));
    assert_eq!(moran(&[], &none, 100_000, 1, silent), Err(SpatialError::Permutations(100_000)));
}

#[test]
fn discoveries_are_those_of_benjamini_and_hochberg() {
    // Their own example (1995), table 1: four are discoveries at 0.05.
    let p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0000,
    ];
    let q = false_discovery(&p.map(Some));
    assert_eq!(q.iter().filter(|q| q.unwrap() <= 0.05).count(), 4);
    assert_near(q[14].unwrap(), 1.0, "the last");
    assert_eq!(false_discovery(&[None, Some(0.2), None]), [None, Some(0.2), None]);
    assert_near(two_sided(-1.959963984540054), 0.05, "normal");
    assert_near(two_sided(10.0), 1.523970604832105e-23, "far out");
}
