//! What responses contain. A row type gives both the SELECT list of a query and the OpenAPI schema. The tests compare
//! every response with its schema.

#[macro_use]
mod row_type;

pub mod changes;
pub mod events;
pub mod geo;
pub mod keys;
pub mod lists;
pub mod predictions;
pub mod service;
pub mod stats;
pub mod timeseries;

#[cfg(test)]
mod tests {
    use super::changes::ChangeLogHead;
    use super::stats::YearTotals;

    #[test]
    fn a_select_list_names_each_column_once_in_order() {
        assert_eq!(ChangeLogHead::select_list(), "batch_id, seq, entry_hash, finished_at");
        let years = YearTotals::select_list();
        assert!(years.starts_with("ev_year, events, "), "{years}");
        assert!(years.ends_with(", completeness::float8 AS completeness"), "{years}");
    }
}
