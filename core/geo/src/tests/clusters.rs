use super::super::place::{haversine, haversine_km};
use super::super::{EARTH_KM, HALF_ROUND_KM, Place, SpatialError, dbscan, extent};
use super::{golden, golden_points, scattered};
use proptest::prelude::*;

fn labels(places: &[Place], eps_km: f64, min_points: i64) -> (Vec<Option<u32>>, Vec<bool>) {
    let clusters = dbscan(places, eps_km, min_points, &mut || {}).unwrap();
    let all = 0..places.len();
    (all.clone().map(|p| clusters.label(p)).collect(), all.map(|p| clusters.is_core(p)).collect())
}

/// By the definition, point by point in order.
fn reference(places: &[Place], eps_km: f64, min_points: usize) -> (Vec<Option<u32>>, Vec<bool>) {
    let half = (0.5 * (eps_km / EARTH_KM)).sin();
    let about: Vec<Vec<usize>> = places
        .iter()
        .map(|a| (0..places.len()).filter(|b| haversine(a, &places[*b]) <= half * half).collect())
        .collect();
    let core: Vec<bool> = about.iter().map(|list| list.len() >= min_points).collect();
    let (mut labels, mut next) = (vec![None; places.len()], 0);
    for start in 0..places.len() {
        if labels[start].is_some() || !core[start] {
            continue;
        }
        let mut reached = vec![start];
        while let Some(point) = reached.pop() {
            if labels[point].is_none() {
                labels[point] = Some(next);
                if core[point] {
                    reached.extend(&about[point]);
                }
            }
        }
        next += 1;
    }
    (labels, core)
}

#[test]
fn labels_are_those_of_scikit_learn() {
    let (places, ..) = golden_points();
    for case in golden()["clusterings"].as_array().unwrap() {
        let (eps, least) = (case["eps_km"].as_f64().unwrap(), case["min_points"].as_i64().unwrap());
        let (found, core) = labels(&places, eps, least);
        let found: Vec<i64> = found.iter().map(|l| l.map_or(-1, i64::from)).collect();
        let expected: Vec<i64> =
            case["labels"].as_array().unwrap().iter().map(|l| l.as_i64().unwrap()).collect();
        assert_eq!(found, expected, "{eps} km, {least} points");
        let cores: Vec<usize> = (0..places.len()).filter(|p| core[*p]).collect();
        assert_eq!(serde_json::json!(cores), case["cores"], "{eps} km, {least} points");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn labels_are_those_of_the_definition(
        seed in 0u64..1_000_000, count in 0usize..250, least in 1usize..12,
        eps in prop_oneof![0.001f64..1.0, 1.0f64..60.0, 60.0f64..3000.0, 3000.0f64..20_015.0],
    ) {
        let places = scattered(count, seed);
        prop_assert_eq!(labels(&places, eps, least as i64), reference(&places, eps, least));
    }
}

#[test]
fn points_on_either_side_of_a_seam_are_neighbours() {
    let place = |lat, lon| Place::new(lat, lon).unwrap();
    let date_line =
        [place(12.0, 179.99), place(12.0, -179.99), place(12.0, -180.0), place(12.0, 0.0)];
    assert_eq!(labels(&date_line, 5.0, 2).0, [Some(0), Some(0), Some(0), None]);
    let pole = [place(89.99, 0.0), place(89.99, 180.0), place(90.0, 77.0), place(-90.0, 0.0)];
    assert_eq!(labels(&pole, 3.0, 2).0, [Some(0), Some(0), Some(0), None]);
}

#[test]
fn a_border_point_goes_to_the_cluster_of_the_first_core() {
    let at = |lons: &[f64]| -> Vec<Place> {
        lons.iter().map(|lon| Place::new(0.0, *lon).unwrap()).collect()
    };
    // 0.5 is within a degree of the core at -0.4 and of that at 1.4, and has no two of its own.
    let eps = 101.0;
    let west_first = at(&[0.5, -0.4, -0.9, -0.9, 1.4, 1.9, 1.9]);
    assert_eq!(labels(&west_first, eps, 4).0[0], Some(0));
    let (found, core) = labels(&at(&[1.4, 1.9, 1.9, 0.5, -0.4, -0.9, -0.9]), eps, 4);
    assert_eq!(found, [Some(0), Some(0), Some(0), Some(0), Some(1), Some(1), Some(1)]);
    assert!(!core[3]);
}

#[test]
fn what_lies_on_the_limit_is_within() {
    let places = [Place::new(0.0, 0.0).unwrap(), Place::new(0.0, 1.0).unwrap()];
    let km = haversine_km(&places[0], &places[1]);
    assert_eq!(labels(&places, km * (1.0 + 1e-12), 2).0, [Some(0), Some(0)]);
    assert_eq!(labels(&places, km * (1.0 - 1e-12), 2).0, [None, None]);
}

#[test]
fn odd_numbers_are_refused_and_no_points_make_no_clusters() {
    for eps in [f64::NAN, 0.0, -1.0, f64::INFINITY, 1e-9, 20_016.0] {
        let refused = dbscan(&[], eps, 5, &mut || {});
        assert!(matches!(refused, Err(SpatialError::Eps(_))), "{eps}");
    }
    assert_eq!(dbscan(&[], 1.0, 0, &mut || {}), Err(SpatialError::MinPoints(0)));
    assert_eq!(dbscan(&[], 1.0, i64::MIN, &mut || {}), Err(SpatialError::MinPoints(i64::MIN)));
    assert_eq!(dbscan(&[], 1.0, 5, &mut || {}).unwrap().count, 0);
    let place = Place::new(3.0, 4.0).unwrap();
    assert_eq!(labels(&[place], 1.0, 2).0, [None]);
    assert_eq!(labels(&[place, place], 1e-5, 2).0, [Some(0), Some(0)]);
    assert_eq!(labels(&scattered(200, 3), HALF_ROUND_KM, 200).0, [Some(0); 200]);
    assert_eq!(Place::new(f64::NAN, 0.0), None);
    assert_eq!(Place::new(91.0, 0.0), None);
    assert_eq!(Place::new(0.0, f64::INFINITY), None);
}

#[test]
fn a_long_search_can_be_ended() {
    let places = scattered(5000, 9);
    let ended = std::panic::catch_unwind(|| {
        let mut calls = 0;
        dbscan(&places, 0.2, 3, &mut || {
            calls += 1;
            assert!(calls < 3, "cancelled");
        })
    });
    assert!(ended.is_err());
}

#[test]
fn the_extent_of_a_cluster_knows_no_seam() {
    let place = |lat, lon| Place::new(lat, lon).unwrap();
    let found = extent(&[place(10.0, 179.0), place(10.0, -179.0)]).unwrap();
    assert!((found.centre.lon.abs() - 180.0).abs() < 1e-9, "{found:?}");
    let km = haversine_km(&place(10.0, 179.0), &found.centre);
    assert!((found.radius_km - km).abs() < 1e-6);
    assert_eq!(extent(&[]), None);
    assert_eq!(extent(&[place(90.0, 0.0), place(-90.0, 0.0)]), None);
}
