//! The parameters of lists that bound them: `limit`, and the years.

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

/// Fails if the range of years is empty. None means no limit.
pub fn check_years(from_year: Option<i32>, to_year: Option<i32>) -> Result<(), Problem> {
    match (from_year, to_year) {
        (Some(from), Some(to)) if from > to => {
            let message = format!("from_year must not be after to_year, got {from} and {to}");
            Err(Problem::bad_input(message).hint("Both years are included."))
        }
        _ => Ok(()),
    }
}
