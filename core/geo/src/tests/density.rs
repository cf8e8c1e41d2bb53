use super::super::grid::Grid;
use super::super::{EARTH_KM, Kernel, Place, SpatialError, haversine_km, kernel_density};
use super::{assert_near, golden, golden_points, numbers, scattered};

fn surface(places: &[Place], size: f64, kernel: Kernel, km: f64) -> Vec<(Place, f64)> {
    let grid = Grid::new(size).unwrap();
    let cells = kernel_density(places, &grid, kernel, km, 1_000_000, &mut || {}).unwrap().unwrap();
    cells.into_iter().map(|(cell, density)| (grid.centre(cell), density)).collect()
}

#[test]
fn densities_are_those_of_the_formulas() {
    let ((places, ..), golden) = (golden_points(), golden());
    let golden = &golden["density"];
    let km = golden["bandwidth_km"].as_f64().unwrap();
    for (kernel, name) in [(Kernel::Gaussian, "gaussian"), (Kernel::Quartic, "quartic")] {
        let found = surface(&places, 0.5, kernel, km);
        for (place, expected) in
            golden["places"].as_array().unwrap().iter().zip(numbers(&golden[name]))
        {
            let (lat, lon) = (place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
            let here = found.iter().find(|(p, _)| p.lat == lat && p.lon == lon).unwrap();
            assert_near(here.1, expected, name);
        }
    }
}

/// Every cell that a point reaches is found: at the poles, round the antimeridian, in wide cells.
#[test]
fn no_cell_is_left_out() {
    let places = scattered(40, 5);
    for (size, km) in [(2.0, 150.0), (7.0, 900.0), (45.0, 3000.0), (90.0, 5000.0), (1.0, 3.0)] {
        let found = surface(&places, size, Kernel::Quartic, km);
        let grid = Grid::new(size).unwrap();
        let mut expected = 0;
        for row in 0..grid.rows() {
            for column in 0..grid.columns() {
                let centre = grid.centre(super::super::Cell { row, column });
                expected += usize::from(places.iter().any(|p| haversine_km(p, &centre) < km));
            }
        }
        assert_eq!(found.len(), expected, "{size}° {km} km");
    }
}

/// What one event is spread over sums up to one event, but for the Earth's being round.
#[test]
fn an_event_is_spread_and_not_multiplied() {
    let grid = Grid::new(0.1).unwrap();
    for kernel in [Kernel::Gaussian, Kernel::Quartic] {
        for (lat, lon) in [(40.0, -100.0), (65.0, 179.99), (89.9, 0.0)] {
            let place = [Place::new(lat, lon).unwrap()];
            let cells = kernel_density(&place, &grid, kernel, 60.0, 1_000_000, &mut || {})
                .unwrap()
                .unwrap();
            let sum: f64 = cells.iter().map(|(cell, density)| density * grid.area(*cell)).sum();
            assert!((sum - 1.0).abs() < 0.01, "{kernel:?} at {lat}: {sum}");
        }
    }
}

#[test]
fn cells_cover_the_earth_once() {
    for size in [90.0, 45.0, 7.0, 1.0, 0.7] {
        let grid = Grid::new(size).unwrap();
        let column = |row| grid.area(super::super::Cell { row, column: 0 });
        if 360.0 % size == 0.0 {
            let sum = (0..grid.rows()).map(column).sum::<f64>() * f64::from(grid.columns());
            assert_near(sum / (4.0 * std::f64::consts::PI * EARTH_KM * EARTH_KM), 1.0, "surface");
        }
        for place in scattered(200, 8) {
            let [south, north, west, east] = grid.bounds(grid.cell(&place));
            assert!(south <= place.lat && place.lat <= north, "{size}: {place:?}");
            assert!(west <= place.lon && place.lon <= east, "{size}: {place:?}");
        }
    }
}

#[test]
fn odd_numbers_are_refused() {
    assert_eq!(Grid::new(0.0), Err(SpatialError::CellSize(0.0)));
    assert!(matches!(Grid::new(f64::NAN), Err(SpatialError::CellSize(_))));
    assert_eq!(Kernel::find("cubic"), Err(SpatialError::Kernel("cubic".into())));
    let grid = Grid::new(0.001).unwrap();
    let wide = kernel_density(&scattered(9, 1), &grid, Kernel::Quartic, 50.0, 1000, &mut || {});
    assert_eq!(wide, Ok(None));
    let none = kernel_density(&[], &grid, Kernel::Quartic, f64::NAN, 1000, &mut || {});
    assert!(matches!(none, Err(SpatialError::Bandwidth(_))));
}
