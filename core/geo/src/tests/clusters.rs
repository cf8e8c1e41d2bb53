use super::super::point::{haversine, haversine_km};
use super::super::{EARTH_RADIUS_KM, MAX_DISTANCE_KM, Point, SpatialError, dbscan};
use super::{golden, golden_points, random_points};
use proptest::prelude::*;

fn labels(points: &[Point], eps_km: f64, min_points: i64) -> (Vec<Option<u32>>, Vec<bool>) {
    let clusters = dbscan(points, eps_km, min_points, &mut || {}).unwrap();
    let all = 0..points.len();
    (all.clone().map(|p| clusters.label(p)).collect(), all.map(|p| clusters.is_core(p)).collect())
}

/// Brute force: processes the points in order.
fn reference(points: &[Point], eps_km: f64, min_points: usize) -> (Vec<Option<u32>>, Vec<bool>) {
    let half = (0.5 * (eps_km / EARTH_RADIUS_KM)).sin();
    let neighbours: Vec<Vec<usize>> = points
        .iter()
        .map(|a| (0..points.len()).filter(|b| haversine(a, &points[*b]) <= half * half).collect())
        .collect();
    let core: Vec<bool> = neighbours.iter().map(|list| list.len() >= min_points).collect();
    let (mut labels, mut next) = (vec![None; points.len()], 0);
    for start in 0..points.len() {
        if labels[start].is_some() || !core[start] {
            continue;
        }
        let mut reached = vec![start];
        while let Some(point) = reached.pop() {
            if labels[point].is_none() {
                labels[point] = Some(next);
                if core[point] {
                    reached.extend(&neighbours[point]);
                }
            }
        }
        next += 1;
    }
    (labels, core)
}

#[test]
fn labels_match_scikit_learn() {
    let (points, ..) = golden_points();
    for case in golden()["clusterings"].as_array().unwrap() {
        let (eps, min_points) =
            (case["eps_km"].as_f64().unwrap(), case["min_points"].as_i64().unwrap());
        let (found, core) = labels(&points, eps, min_points);
        let found: Vec<i64> = found.iter().map(|l| l.map_or(-1, i64::from)).collect();
        let expected: Vec<i64> =
            case["labels"].as_array().unwrap().iter().map(|l| l.as_i64().unwrap()).collect();
        assert_eq!(found, expected, "{eps} km, {min_points} points");
        let cores: Vec<usize> = (0..points.len()).filter(|p| core[*p]).collect();
        assert_eq!(serde_json::json!(cores), case["cores"], "{eps} km, {min_points} points");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn labels_match_brute_force(
        seed in 0u64..1_000_000, count in 0usize..250, min_points in 1usize..12,
        eps in prop_oneof![0.001f64..1.0, 1.0f64..60.0, 60.0f64..3000.0, 3000.0f64..20_015.0],
    ) {
        let points = random_points(count, seed);
        let expected = reference(&points, eps, min_points);
        prop_assert_eq!(labels(&points, eps, min_points as i64), expected);
    }
}

#[test]
fn points_across_the_antimeridian_or_a_pole_are_neighbours() {
    let point = |lat, lon| Point::new(lat, lon).unwrap();
    let date_line =
        [point(12.0, 179.99), point(12.0, -179.99), point(12.0, -180.0), point(12.0, 0.0)];
    assert_eq!(labels(&date_line, 5.0, 2).0, [Some(0), Some(0), Some(0), None]);
    let pole = [point(89.99, 0.0), point(89.99, 180.0), point(90.0, 77.0), point(-90.0, 0.0)];
    assert_eq!(labels(&pole, 3.0, 2).0, [Some(0), Some(0), Some(0), None]);
}

#[test]
fn a_border_point_goes_to_the_cluster_of_the_first_core() {
    let on_equator = |lons: &[f64]| -> Vec<Point> {
        lons.iter().map(|lon| Point::new(0.0, *lon).unwrap()).collect()
    };
    // The point at 0.5 is within 0.91 degrees (101 km) of the cores at -0.4 and 1.4, but not a core.
    let eps = 101.0;
    let west_first = on_equator(&[0.5, -0.4, -0.9, -0.9, 1.4, 1.9, 1.9]);
    assert_eq!(labels(&west_first, eps, 4).0[0], Some(0));
    let (found, core) = labels(&on_equator(&[1.4, 1.9, 1.9, 0.5, -0.4, -0.9, -0.9]), eps, 4);
    assert_eq!(found, [Some(0), Some(0), Some(0), Some(0), Some(1), Some(1), Some(1)]);
    assert!(!core[3]);
}

#[test]
fn the_distance_limit_is_exact() {
    let points = [Point::new(0.0, 0.0).unwrap(), Point::new(0.0, 1.0).unwrap()];
    let km = haversine_km(&points[0], &points[1]);
    assert_eq!(labels(&points, km * (1.0 + 1e-12), 2).0, [Some(0), Some(0)]);
    assert_eq!(labels(&points, km * (1.0 - 1e-12), 2).0, [None, None]);
}

#[test]
fn invalid_arguments_are_rejected_and_special_cases_work() {
    for eps in [f64::NAN, 0.0, -1.0, f64::INFINITY, 1e-9, 20_016.0] {
        let rejected = dbscan(&[], eps, 5, &mut || {});
        assert!(matches!(rejected, Err(SpatialError::Eps(_))), "{eps}");
    }
    assert_eq!(dbscan(&[], 1.0, 0, &mut || {}), Err(SpatialError::MinPoints(0)));
    assert_eq!(dbscan(&[], 1.0, i64::MIN, &mut || {}), Err(SpatialError::MinPoints(i64::MIN)));
    assert_eq!(dbscan(&[], 1.0, 5, &mut || {}).unwrap().count, 0);
    let point = Point::new(3.0, 4.0).unwrap();
    assert_eq!(labels(&[point], 1.0, 2).0, [None]);
    assert_eq!(labels(&[point, point], 1e-5, 2).0, [Some(0), Some(0)]);
    assert_eq!(labels(&random_points(200, 3), MAX_DISTANCE_KM, 200).0, [Some(0); 200]);
    assert_eq!(Point::new(f64::NAN, 0.0), None);
    assert_eq!(Point::new(91.0, 0.0), None);
    assert_eq!(Point::new(0.0, f64::INFINITY), None);
}

#[test]
fn a_long_search_can_be_cancelled() {
    let points = random_points(5000, 9);
    let cancelled = std::panic::catch_unwind(|| {
        let mut calls = 0;
        dbscan(&points, 0.2, 3, &mut || {
            calls += 1;
            assert!(calls < 3, "cancelled");
        })
    });
    assert!(cancelled.is_err());
}
