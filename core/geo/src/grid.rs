//! The sphere cut along meridians and parallels.

use super::SpatialError;
use super::place::{EARTH_KM, Place};
use std::collections::BTreeMap;

/// Cells of so many degrees, counted from the south pole and the antimeridian. The last ones are
/// narrower where the size does not divide 180 or 360.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    size: f64,
    rows: u32,
    columns: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub row: u32,
    pub column: u32,
}

/// Degrees beyond a whole number of cells that are rounding.
const HAIR: f64 = 1e-9;

impl Grid {
    pub fn new(size: f64) -> Result<Grid, SpatialError> {
        if !(0.001..=90.0).contains(&size) {
            return Err(SpatialError::CellSize(size));
        }
        let cells = |degrees: f64| (degrees / size - HAIR).ceil() as u32;
        Ok(Grid { size, rows: cells(180.0), columns: cells(360.0) })
    }

    pub fn cell(&self, place: &Place) -> Cell {
        let east = (place.lon + 180.0).rem_euclid(360.0);
        let number = |degrees: f64, of: u32| ((degrees / self.size) as u32).min(of - 1);
        Cell { row: number(place.lat + 90.0, self.rows), column: number(east, self.columns) }
    }

    /// South, north, west and east in degrees.
    pub fn bounds(&self, cell: Cell) -> [f64; 4] {
        let at = |number: u32, most: f64| (f64::from(number) * self.size).min(most);
        [
            at(cell.row, 180.0) - 90.0,
            at(cell.row + 1, 180.0) - 90.0,
            at(cell.column, 360.0) - 180.0,
            at(cell.column + 1, 360.0) - 180.0,
        ]
    }

    pub fn centre(&self, cell: Cell) -> Place {
        let [south, north, west, east] = self.bounds(cell);
        Place { lat: (south + north) / 2.0, lon: (west + east) / 2.0 }
    }

    /// In square kilometres.
    pub fn area(&self, cell: Cell) -> f64 {
        let [south, north, west, east] = self.bounds(cell);
        let height = north.to_radians().sin() - south.to_radians().sin();
        EARTH_KM * EARTH_KM * height * (east - west).to_radians()
    }

    pub fn rows(&self) -> u32 {
        self.rows
    }

    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// For each of the cells, which others of them share an edge or a corner with it: round the
    /// antimeridian too, and all those that meet at a pole.
    pub fn touching(&self, cells: &[Cell]) -> Vec<Vec<u32>> {
        let number: BTreeMap<Cell, u32> = cells.iter().copied().zip(0..).collect();
        cells.iter().map(|cell| self.about(*cell, &number)).collect()
    }

    fn about(&self, cell: Cell, number: &BTreeMap<Cell, u32>) -> Vec<u32> {
        let mut found = Vec::new();
        for row in cell.row.saturating_sub(1)..=(cell.row + 1).min(self.rows - 1) {
            let pole = row == cell.row && (row == 0 || row == self.rows - 1);
            if pole || self.columns <= 3 {
                let whole = Cell { row, column: 0 }..=Cell { row, column: u32::MAX };
                found.extend(number.range(whole).map(|(_, at)| *at));
            } else {
                let west = (cell.column + self.columns - 1) % self.columns;
                let east = (cell.column + 1) % self.columns;
                let columns = [west, cell.column, east].map(|column| Cell { row, column });
                found.extend(columns.iter().filter_map(|c| number.get(c)).copied());
            }
        }
        found.retain(|at| number.get(&cell) != Some(at));
        found.sort_unstable();
        found
    }
}
