//! The queries of `search`, `near`, `cluster`, `stats` and `forecast`, each on one SQL function or view.

use crate::args::{By, ClusterArgs, ForecastArgs, Kind, NearArgs, SearchArgs, StatsArgs};
use crate::database::Query;

pub fn search(args: &SearchArgs) -> Query {
    let function = match args.kind {
        Kind::Accident => return search_accidents(args),
        Kind::Asrs => "ntsb_search_asrs",
        Kind::Recommendation => "ntsb_search_recommendations",
    };
    Query::new(format!("SELECT * FROM {function}($1, $2, $3, $4)"))
        .bind(args.words.clone())
        .bind(args.limit)
        .bind(args.from)
        .bind(args.to)
}

fn search_accidents(args: &SearchArgs) -> Query {
    if let (None, Some(condition)) = (&args.words, &args.condition) {
        return Query::new("SELECT * FROM ntsb_search_advanced($1, $2, $3, $4)")
            .bind(condition.clone())
            .bind(args.order.clone())
            .bind(args.limit)
            .bind(args.page.clone());
    }
    let none_if_empty = |all: &[String]| (!all.is_empty()).then(|| all.to_vec());
    Query::new("SELECT * FROM ntsb_search($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(args.words.clone())
        .bind(args.from)
        .bind(args.to)
        .bind(none_if_empty(&args.state))
        .bind(args.make.clone())
        .bind(none_if_empty(&args.severity))
        .bind(args.domestic)
        .bind(args.limit)
        .bind(args.page.clone())
        .bind(args.condition.clone())
}

pub fn near(args: &NearArgs) -> Query {
    Query::new("SELECT * FROM ntsb_accidents_near($1, $2, $3, $4, $5)")
        .bind(args.lat)
        .bind(args.lon)
        .bind(args.km)
        .bind(args.limit)
        .bind(args.condition.clone())
}

pub fn cluster(args: &ClusterArgs) -> Query {
    let query = |sql: &str| {
        Query::new(sql).bind(args.km).bind(args.min_points).bind(args.condition.clone())
    };
    if args.members {
        return query("SELECT * FROM ntsb_cluster_accidents($1, $2, $3)");
    }
    query(
        "SELECT cluster_id, events, fatal_events, fatal_share, fatalities, fatal_events_without_count, lat, lon, radius_km, top_make, top_phase,
                first_year, last_year
         FROM ntsb_cluster_summary($1, $2, $3) LIMIT $4",
    )
    .bind(args.limit)
}

pub fn stats(args: &StatsArgs) -> Query {
    let (sql, default_limit) = match args.by {
        By::Summary => (
            "SELECT sum(events)::bigint AS events, sum(fatal_events)::bigint AS fatal_events,
                    sum(fatalities)::bigint AS fatalities,
                    sum(fatal_events_without_count)::bigint AS fatal_events_without_count, sum(final_reports)::bigint AS final_reports,
                    min(ev_year) AS first_year, max(ev_year) AS last_year
             FROM ntsb.mv_yearly_stats",
            None,
        ),
        By::Year => (
            "SELECT ev_year, events, fatal_events, domestic_events, domestic_fatal_events, fatalities, fatal_events_without_count, serious, minor,
                    completeness
             FROM ntsb.mv_yearly_stats ORDER BY ev_year",
            None,
        ),
        By::Month => ("SELECT * FROM ntsb.mv_monthly_stats ORDER BY ev_year, ev_month", None),
        By::State => (
            "SELECT ev_state, events, fatal_events, fatalities, fatal_events_without_count, first_year, last_year
             FROM ntsb.mv_state_heatmap ORDER BY events DESC, ev_state",
            None,
        ),
        By::Aircraft => (
            "SELECT acft_make, acft_model, events, fatal_events, fatalities, fatal_events_without_count, first_year, last_year
             FROM ntsb.mv_aircraft_stats ORDER BY events DESC, acft_make, acft_model",
            Some(20),
        ),
        By::Phase => (
            "SELECT phase, is_domestic, events, fatal_events, fatalities, fatal_events_without_count
             FROM ntsb.mv_phase_stats ORDER BY events DESC, phase",
            None,
        ),
        By::Cause => (
            "SELECT era, kind, code, description, in_probable_cause, events, fatal_events, fatalities, fatal_events_without_count
             FROM ntsb.mv_cause_stats ORDER BY events DESC, era, kind, code",
            Some(20),
        ),
        By::Crew => (
            "SELECT certificate, experience_band, age_group, sum(events)::bigint AS events,
                    sum(fatal_events)::bigint AS fatal_events, sum(fatalities)::bigint AS fatalities,
                    sum(fatal_events_without_count)::bigint AS fatal_events_without_count
             FROM ntsb.mv_crew_stats GROUP BY 1, 2, 3 ORDER BY events DESC, 1, 2, 3",
            None,
        ),
    };
    Query::new(format!("{sql} LIMIT $1::bigint")).bind(args.limit.or(default_limit))
}

pub fn forecast(args: &ForecastArgs) -> Query {
    let sql = if args.accuracy {
        "SELECT * FROM ntsb_forecast_accuracy($1, $2, $3, $4, $5)"
    } else {
        "SELECT * FROM ntsb_forecast($1, $2, $3, $4, $5)"
    };
    Query::new(sql)
        .bind(args.measure.clone())
        .bind(args.bucket.clone())
        .bind(args.horizon)
        .bind(args.level)
        .bind(args.condition.clone())
}
