//! A grid of meridians and parallels.

use super::SpatialError;
use super::point::{EARTH_RADIUS_KM, Point};
use std::collections::BTreeMap;

/// A grid of cells of `size` degrees, numbered from the south pole and the antimeridian. The last row and
/// column are smaller if the size does not divide 180 or 360.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    size: f64,
    rows: u32,
    columns: u32,
}

/// A cell of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Row, from the south pole.
    pub row: u32,
    /// Column, from the antimeridian to the east.
    pub column: u32,
}

/// A smaller part of a cell is due to rounding and not counted.
const TOLERANCE: f64 = 1e-9;

impl Grid {
    /// A grid of cells of `size` degrees.
    pub fn new(size: f64) -> Result<Grid, SpatialError> {
        if !(0.001..=90.0).contains(&size) {
            return Err(SpatialError::CellSize(size));
        }
        let cells = |degrees: f64| (degrees / size - TOLERANCE).ceil() as u32;
        Ok(Grid { size, rows: cells(180.0), columns: cells(360.0) })
    }

    /// The cell of a point.
    pub fn cell_at(&self, point: &Point) -> Cell {
        let east = (point.lon + 180.0).rem_euclid(360.0);
        let index = |degrees: f64, count: u32| ((degrees / self.size) as u32).min(count - 1);
        Cell { row: index(point.lat + 90.0, self.rows), column: index(east, self.columns) }
    }

    /// South, north, west and east edge in degrees.
    pub fn bounds(&self, cell: Cell) -> [f64; 4] {
        let edge = |index: u32, max: f64| (f64::from(index) * self.size).min(max);
        [
            edge(cell.row, 180.0) - 90.0,
            edge(cell.row + 1, 180.0) - 90.0,
            edge(cell.column, 360.0) - 180.0,
            edge(cell.column + 1, 360.0) - 180.0,
        ]
    }

    /// The centre of a cell.
    pub fn centre(&self, cell: Cell) -> Point {
        let [south, north, west, east] = self.bounds(cell);
        Point { lat: (south + north) / 2.0, lon: (west + east) / 2.0 }
    }

    /// The area of a cell in square kilometres.
    pub fn area_km2(&self, cell: Cell) -> f64 {
        let [south, north, west, east] = self.bounds(cell);
        let height = north.to_radians().sin() - south.to_radians().sin();
        EARTH_RADIUS_KM * EARTH_RADIUS_KM * height * (east - west).to_radians()
    }

    /// The number of rows.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// The number of columns.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// For each cell, the indexes of the other given cells that share an edge or a corner with it, also
    /// across the antimeridian. All cells at a pole are adjacent.
    pub fn adjacent_cells(&self, cells: &[Cell]) -> Vec<Vec<u32>> {
        let indexes: BTreeMap<Cell, u32> = cells.iter().copied().zip(0..).collect();
        cells.iter().map(|cell| self.find_adjacent(*cell, &indexes)).collect()
    }

    fn find_adjacent(&self, cell: Cell, indexes: &BTreeMap<Cell, u32>) -> Vec<u32> {
        let mut found = Vec::new();
        for row in cell.row.saturating_sub(1)..=(cell.row + 1).min(self.rows - 1) {
            let at_pole = row == cell.row && (row == 0 || row == self.rows - 1);
            if at_pole || self.columns <= 3 {
                let whole_row = Cell { row, column: 0 }..=Cell { row, column: u32::MAX };
                found.extend(indexes.range(whole_row).map(|(_, index)| *index));
            } else {
                let west = (cell.column + self.columns - 1) % self.columns;
                let east = (cell.column + 1) % self.columns;
                let columns = [west, cell.column, east].map(|column| Cell { row, column });
                found.extend(columns.iter().filter_map(|c| indexes.get(c)).copied());
            }
        }
        found.retain(|index| indexes.get(&cell) != Some(index));
        found.sort_unstable();
        found
    }
}
