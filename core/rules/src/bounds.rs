//! Columns whose values are held against the rest of their column (rule `any.robust_bounds`).

/// How far a value lies from its column's median.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// By difference: temperatures, pressure, ages.
    Linear,
    /// By ratio: what is never negative and spreads over orders of magnitude, such as hours.
    Log,
}

/// Table, column and scale.
pub const BOUNDED: &[(&str, &str, Scale)] = &[
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
        for (table, column, _) in BOUNDED {
            let table = Table::find(table).expect("a table");
            let all = table.columns.iter().chain(table.derived);
            let column = all.into_iter().find(|c| c.name == *column).expect("a column");
            assert!(!matches!(column.sql_type(), "text" | "date" | "boolean"), "{}", column.name);
        }
    }
}
