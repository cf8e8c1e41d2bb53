//! How many bytes the algorithms take at their peak, from above.

/// For each point that is clustered: its place, its unit vector, its sorting key, and its cube.
pub const CLUSTERING: u64 = 140;

/// For each point whose association with its neighbours is told, with all that is shared.
pub fn association(neighbours: u64) -> u64 {
    // A place in the tree and the lanes of the shuffles; an entry and an edge for each neighbour.
    200 + 24 * neighbours
}

/// For the cards that are dealt to all points alike.
pub fn permutations(neighbours: u64, permutations: u64) -> u64 {
    20 * neighbours * permutations
}

/// For each cell of a density.
pub const CELL: u64 = 40;

/// For each point that a density is made of.
pub const POINT: u64 = 32;
