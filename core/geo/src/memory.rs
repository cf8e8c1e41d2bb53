//! Upper bounds for the peak memory of the algorithms, in bytes.

/// Per point of a clustering: coordinates, unit vector, sort key and cube.
pub const CLUSTERING_POINT_BYTES: u64 = 140;

/// Per point of a spatial association with that number of neighbours.
pub fn association_bytes(neighbours: u64) -> u64 {
    // Fixed: the point in the tree and the lanes of shuffles. Per neighbour: an entry and an edge.
    200 + 24 * neighbours
}

/// For the samples of the permutations, which all points share.
pub fn permutation_bytes(neighbours: u64, permutations: u64) -> u64 {
    20 * neighbours * permutations
}

/// Per cell of a density.
pub const DENSITY_CELL_BYTES: u64 = 40;

/// Per point of a density.
pub const DENSITY_POINT_BYTES: u64 = 32;
