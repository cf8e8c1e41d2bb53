use super::super::grid::Grid;
use super::super::{EARTH_RADIUS_KM, Kernel, Point, SpatialError, haversine_km, kernel_density};
use super::{assert_close, golden, golden_points, numbers, random_points};

fn surface(points: &[Point], size: f64, kernel: Kernel, km: f64) -> Vec<(Point, f64)> {
    let grid = Grid::new(size).unwrap();
    let cells = kernel_density(points, &grid, kernel, km, 1_000_000, &mut || {}).unwrap().unwrap();
    cells.into_iter().map(|(cell, density)| (grid.centre(cell), density)).collect()
}

#[test]
fn densities_match_the_formulas() {
    let ((points, ..), golden) = (golden_points(), golden());
    let golden = &golden["density"];
    let km = golden["bandwidth_km"].as_f64().unwrap();
    for (kernel, name) in [(Kernel::Gaussian, "gaussian"), (Kernel::Quartic, "quartic")] {
        let found = surface(&points, 0.5, kernel, km);
        for (point, expected) in
            golden["places"].as_array().unwrap().iter().zip(numbers(&golden[name]))
        {
            let (lat, lon) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
            let cell = found.iter().find(|(p, _)| p.lat == lat && p.lon == lon).unwrap();
            assert_close(cell.1, expected, name);
        }
    }
}

/// Also at the poles, across the antimeridian and with large cells.
#[test]
fn every_cell_that_a_point_reaches_is_found() {
    let points = random_points(40, 5);
    for (size, km) in [(2.0, 150.0), (7.0, 900.0), (45.0, 3000.0), (90.0, 5000.0), (1.0, 3.0)] {
        let found = surface(&points, size, Kernel::Quartic, km);
        let grid = Grid::new(size).unwrap();
        let mut expected = 0;
        for row in 0..grid.rows() {
            for column in 0..grid.columns() {
                let centre = grid.centre(super::super::Cell { row, column });
                expected += usize::from(points.iter().any(|p| haversine_km(p, &centre) < km));
            }
        }
        assert_eq!(found.len(), expected, "{size}° {km} km");
    }
}

/// The tolerance allows for the curvature of the Earth.
#[test]
fn the_density_of_one_event_sums_to_one() {
    let grid = Grid::new(0.1).unwrap();
    for kernel in [Kernel::Gaussian, Kernel::Quartic] {
        for (lat, lon) in [(40.0, -100.0), (65.0, 179.99), (89.9, 0.0)] {
            let points = [Point::new(lat, lon).unwrap()];
            let cells = kernel_density(&points, &grid, kernel, 60.0, 1_000_000, &mut || {})
                .unwrap()
                .unwrap();
            let sum: f64 = cells.iter().map(|(cell, density)| density * grid.area_km2(*cell)).sum();
            assert!((sum - 1.0).abs() < 0.01, "{kernel:?} at {lat}: {sum}");
        }
    }
}

#[test]
fn cells_cover_the_earth_exactly_once() {
    for size in [90.0, 45.0, 7.0, 1.0, 0.7] {
        let grid = Grid::new(size).unwrap();
        let column = |row| grid.area_km2(super::super::Cell { row, column: 0 });
        if 360.0 % size == 0.0 {
            let sum = (0..grid.rows()).map(column).sum::<f64>() * f64::from(grid.columns());
            assert_close(
                sum / (4.0 * std::f64::consts::PI * EARTH_RADIUS_KM * EARTH_RADIUS_KM),
                1.0,
                "surface",
            );
        }
        for point in random_points(200, 8) {
            let [south, north, west, east] = grid.bounds(grid.cell_at(&point));
            assert!(south <= point.lat && point.lat <= north, "{size}: {point:?}");
            assert!(west <= point.lon && point.lon <= east, "{size}: {point:?}");
        }
    }
}

#[test]
fn invalid_arguments_are_rejected() {
    assert_eq!(Grid::new(0.0), Err(SpatialError::CellSize(0.0)));
    assert!(matches!(Grid::new(f64::NAN), Err(SpatialError::CellSize(_))));
    assert_eq!(Kernel::parse("cubic"), Err(SpatialError::Kernel("cubic".into())));
    let grid = Grid::new(0.001).unwrap();
    let too_many =
        kernel_density(&random_points(9, 1), &grid, Kernel::Quartic, 50.0, 1000, &mut || {});
    assert_eq!(too_many, Ok(None));
    let rejected = kernel_density(&[], &grid, Kernel::Quartic, f64::NAN, 1000, &mut || {});
    assert!(matches!(rejected, Err(SpatialError::Bandwidth(_))));
}
