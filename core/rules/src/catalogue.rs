//! The catalogue of built-in rules.

mod aircraft;
#[cfg(test)]
pub(super) mod cases;
mod crew;
mod engines;
mod events;
mod forms;
mod injuries;
mod reports;
mod schema;
mod sequence;
mod states;
mod weather;

use super::rule::Rule;
pub(super) use forms::is_spreadsheet_date;

const PARTS: &[&[Rule]] = &[
    schema::RULES,
    events::RULES,
    injuries::RULES,
    weather::RULES,
    aircraft::RULES,
    engines::RULES,
    crew::RULES,
    sequence::RULES,
    reports::RULES,
];

/// All built-in rules, grouped by table.
pub const RULES: &[Rule] = &concat::<{ count(PARTS) }>(PARTS);

const fn count(parts: &[&[Rule]]) -> usize {
    let (mut count, mut n) = (0, 0);
    while n < parts.len() {
        count += parts[n].len();
        n += 1;
    }
    count
}

const fn concat<const N: usize>(parts: &[&[Rule]]) -> [Rule; N] {
    let mut all = [parts[0][0]; N];
    let (mut next, mut part) = (0, 0);
    while part < parts.len() {
        let mut n = 0;
        while n < parts[part].len() {
            all[next] = parts[part][n];
            next += 1;
            n += 1;
        }
        part += 1;
    }
    all
}
