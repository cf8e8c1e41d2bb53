//! The parameter `limit` of lists.

use crate::error::Problem;

const MAX_ROWS: i32 = 1_000;

/// The number of rows of a page. Fails if it is out of range.
pub fn page_limit(limit: Option<i32>, default: i32) -> Result<i32, Problem> {
    let limit = limit.unwrap_or(default);
    if (1..=MAX_ROWS).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::bad_input(format!("limit must be between 1 and 1,000, got {limit}"))
        .hint("Use page to read a longer list page by page."))
}
