//! Totals.

row_type! {
    /// Overall totals
    Summary {
        events: Option<i64> = "sum(events)::int8",
        fatal_events: Option<i64> = "sum(fatal_events)::int8",
        serious_events: Option<i64> = "sum(serious_events)::int8",
        minor_events: Option<i64> = "sum(minor_events)::int8",
        uninjured_events: Option<i64> = "sum(uninjured_events)::int8",
        domestic_events: Option<i64> = "sum(domestic_events)::int8",
        /// Deaths in the events with a known count
        fatalities: Option<i64> = "sum(fatalities)::int8",
        /// Fatal events without a number of deaths
        fatal_events_without_count: Option<i64> = "sum(fatal_events_without_count)::int8",
        first_year: Option<i64> = "min(ev_year)::int4",
        last_year: Option<i64> = "max(ev_year)::int4",
        last_date: Option<String> = "(SELECT max(ev_date) FROM ntsb.fact_accidents)",
        /// When the last load finished
        loaded_at: Option<String> = "(SELECT max(finished_at) FROM ntsb.batch)",
    }
}

row_type! {
    /// Totals of a year
    #[schema(as = Year)]
    YearTotals {
        ev_year: i64,
        events: i64,
        fatal_events: i64,
        serious_events: i64,
        minor_events: i64,
        uninjured_events: i64,
        domestic_events: i64,
        domestic_fatal_events: i64,
        /// Deaths in the events with a known count
        fatalities: Option<i64>,
        /// Fatal events without a number of deaths
        fatal_events_without_count: Option<i64>,
        serious: Option<i64>,
        minor: Option<i64>,
        uninjured: Option<i64>,
        with_findings: i64,
        final_reports: i64,
        /// Share of the events that NTSB has finished
        completeness: Option<f64> = "completeness::float8",
    }
}

row_type! {
    /// Totals of a month
    #[schema(as = Month)]
    MonthTotals {
        ev_year: i64,
        ev_month: Option<i64>,
        events: i64,
        fatal_events: i64,
        domestic_events: i64,
        /// Deaths in the events with a known count
        fatalities: Option<i64>,
        /// Fatal events without a number of deaths
        fatal_events_without_count: Option<i64>,
    }
}

row_type! {
    /// NTSB's yearly table for general aviation, counted and published
    AnnualStatistics {
        ev_year: i64,
        /// Accidents of general aviation, by NTSB's definition; null if no events of the year are loaded
        accidents: Option<i64>,
        fatal_accidents: Option<i64>,
        /// Deaths in the accidents with a known count
        fatalities: Option<i64>,
        /// Fatal accidents without a number of deaths
        fatal_accidents_without_count: Option<i64>,
        /// Flight hours of general aviation
        hours: Option<f64>,
        accidents_per_100k_hours: Option<f64>,
        fatal_accidents_per_100k_hours: Option<f64>,
        fatalities_per_100k_hours: Option<f64>,
        hours_source: Option<String>,
        hours_edition: Option<String>,
        published_accidents: Option<i64>,
        published_fatal_accidents: Option<i64>,
        published_fatalities: Option<i64>,
        published_hours: Option<f64>,
        published_source: Option<String>,
        published_edition: Option<String>,
        /// Counted minus published
        accidents_difference: Option<i64>,
        fatal_accidents_difference: Option<i64>,
        fatalities_difference: Option<i64>,
        /// Share of the events that NTSB has finished
        year_completeness: Option<f64>,
    }
}

row_type! {
    /// Accident rates of a year and kind of operations
    AccidentRate {
        ev_year: i64,
        /// all, general_aviation, part_121 or part_135
        operations: String,
        acft_category: Option<String>,
        accidents: Option<i64>,
        fatal_accidents: Option<i64>,
        /// Deaths in the accidents with a known count
        fatalities: Option<i64>,
        /// Fatal accidents without a number of deaths
        fatal_accidents_without_count: Option<i64>,
        /// Flight hours of the same operations; null if none are loaded
        hours: Option<f64>,
        accidents_per_100k_hours: Option<f64>,
        fatal_accidents_per_100k_hours: Option<f64>,
        fatalities_per_100k_hours: Option<f64>,
        source: Option<String>,
        edition: Option<String>,
        revision: Option<i64>,
        /// Share of the events that NTSB has finished
        year_completeness: Option<f64> = "year_completeness::float8",
    }
}

row_type! {
    /// Totals of a state
    StateCount {
        ev_state: Option<String>,
        state_name: Option<String> = "ntsb_code_meaning('state', ev_state)",
        events: i64,
        fatal_events: i64,
        /// Deaths in the events with a known count
        fatalities: Option<i64>,
        /// Fatal events without a number of deaths
        fatal_events_without_count: Option<i64>,
        /// Events with coordinates
        placed_events: i64,
        first_year: Option<i64>,
        last_year: Option<i64>,
        /// Latitude of the centroid
        lat: Option<f64> = "ST_Y(centroid::geometry)",
        /// Longitude of the centroid
        lon: Option<f64> = "ST_X(centroid::geometry)",
    }
}

row_type! {
    /// Totals of an aircraft model
    #[schema(as = Model)]
    ModelTotals {
        acft_make: Option<String>,
        acft_model: Option<String>,
        events: i64,
        fatal_events: i64,
        /// Deaths in the events with a known count
        fatalities: Option<i64>,
        /// Fatal events without a number of deaths
        fatal_events_without_count: Option<i64>,
        first_year: Option<i64>,
        last_year: Option<i64>,
    }
}

row_type! {
    /// Totals of a finding or occurrence
    #[schema(as = Cause)]
    CauseTotals {
        era: Option<String>,
        kind: Option<String>,
        code: Option<String>,
        description: Option<String>,
        category: Option<String>,
        in_probable_cause: Option<bool>,
        events: i64,
        fatal_events: i64,
        /// Deaths in the events with a known count
        fatalities: Option<i64>,
        /// Fatal events without a number of deaths
        fatal_events_without_count: Option<i64>,
    }
}
