//! Columns checked for outliers by rule `any.robust_bounds`.

/// How the distance of a value from the median of its column is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// As a difference, for temperatures, pressures and ages.
    Linear,
    /// As a ratio, for values such as hours that are never negative and span orders of magnitude.
    Log,
}

/// The columns checked for outliers: table, column and scale.
pub const BOUNDED_COLUMNS: &[(&str, &str, Scale)] = &[
    ("events", "apt_dist", Scale::Log),
    ("events", "apt_elev", Scale::Linear),
    ("events", "sky_nonceil_ht", Scale::Log),
    ("events", "sky_ceil_ht", Scale::Log),
    ("events", "vis_sm", Scale::Log),
    ("events", "wx_temp_c", Scale::Linear),
    ("events", "wx_dew_pt_c", Scale::Linear),
    ("events", "wind_vel_kts", Scale::Log),
    ("events", "gust_kts", Scale::Log),
    ("events", "altimeter", Scale::Linear),
    ("aircraft", "cert_max_gr_wt", Scale::Log),
    ("aircraft", "total_seats", Scale::Log),
    ("aircraft", "afm_hrs", Scale::Log),
    ("aircraft", "rwy_len", Scale::Log),
    ("aircraft", "rwy_width", Scale::Log),
    ("engines", "eng_time_total", Scale::Log),
    ("engines", "eng_time_last_insp", Scale::Log),
    ("engines", "eng_time_overhaul", Scale::Log),
    ("occurrences", "altitude", Scale::Log),
    ("flight_crew", "crew_age", Scale::Linear),
    ("flight_time", "flight_hours", Scale::Log),
];

#[cfg(test)]
mod tests {
    use super::*;
    use ntsb_schema::tables::Table;

    #[test]
    fn every_bounded_column_is_a_number() {
        for (table, column, _) in BOUNDED_COLUMNS {
            let table = Table::find(table).expect("table exists");
            let mut columns = table.columns.iter().chain(table.derived);
            let column = columns.find(|c| c.name == *column).expect("column exists");
            assert!(!matches!(column.sql_type(), "text" | "date" | "boolean"), "{}", column.name);
        }
    }
}
