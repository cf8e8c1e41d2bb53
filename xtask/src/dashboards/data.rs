//! The accidents themselves, by SQL as the role ntsb_viewer.

use super::model::{Dashboard, Kind, Panel, Source, Unit, Variable};

fn panel(kind: Kind, title: &'static str) -> Panel {
    Panel::new(kind, title, Source::Warehouse, Unit::Number)
}

/// The choices above the dashboard, and its time range.
const CHOSEN: &str = "$__timeFilter(ev_date) AND coalesce(ev_state, '?') ~ '^($state)$' \
    AND coalesce(severity, '?') ~ '^($severity)$'";

pub fn dashboard() -> Dashboard {
    let variable = |name, label, query| Variable {
        name,
        label,
        source: Source::Warehouse,
        query,
        all_value: ".*",
    };
    Dashboard {
        uid: "ntsb-data",
        title: "NTSB: accidents",
        description: "Accidents by time, place, aircraft, phase and cause. Recent years are incomplete",
        from: "now-10y",
        variables: vec![
            variable(
                "state",
                "State",
                "SELECT ev_state FROM ntsb.state_heatmap WHERE ev_state IS NOT NULL ORDER BY 1",
            ),
            variable(
                "severity",
                "Severity",
                "SELECT DISTINCT severity FROM ntsb.year_severity WHERE severity IS NOT NULL ORDER BY 1",
            ),
        ],
        rows: vec![("Chosen accidents", chosen()), ("All accidents", all_accidents())],
    }
}

fn chosen() -> Vec<Panel> {
    let one = |value: &str| format!("SELECT {value} FROM ntsb.accidents WHERE {CHOSEN}");
    let top = |column: &str, name: &str| {
        format!(
            "SELECT {column} AS {name}, count(*) AS events, count(*) FILTER (WHERE severity = 'FATL') AS fatal, \
             sum(fatalities) AS fatalities FROM ntsb.accidents WHERE {CHOSEN} AND {column} IS NOT NULL \
             GROUP BY 1 ORDER BY 2 DESC LIMIT 20"
        )
    };
    vec![
        panel(Kind::Stat, "Events").query(one("count(*) AS events"), ""),
        panel(Kind::Stat, "Fatal events").query(one("count(*) FILTER (WHERE severity = 'FATL') AS fatal"), ""),
        panel(Kind::Stat, "Fatalities")
            .describe("Events whose number of fatalities is unknown do not count")
            .query(one("sum(fatalities) AS fatalities"), ""),
        Panel::new(Kind::Stat, "Complete", Source::Warehouse, Unit::Share)
            .describe("Share of the events with findings or a probable cause. The rest is still under investigation")
            .query(one("avg((has_findings OR has_probable_cause)::integer) AS complete"), ""),
        panel(Kind::TimeSeries, "Events by month").query(
            format!(
                "SELECT date_trunc('month', ev_date::timestamp) AS time, coalesce(severity, 'unknown') AS metric, \
                 count(*) AS events FROM ntsb.accidents WHERE {CHOSEN} GROUP BY 1, 2 ORDER BY 1"
            ),
            "",
        ),
        panel(Kind::BarChart, "Events by phase of flight").query(top("phase", "phase"), ""),
        panel(Kind::Table, "Makers").query(top("acft_make", "make"), ""),
        panel(Kind::Table, "Causes").query(top("cause_category", "cause"), ""),
        panel(Kind::Map, "Places").query(
            format!(
                "SELECT lat, lon, ev_id, ev_date, severity_label, acft_make, acft_model, place FROM ntsb.accidents \
                 WHERE {CHOSEN} AND lat IS NOT NULL ORDER BY ev_date DESC LIMIT 5000"
            ),
            "",
        ),
        panel(Kind::Table, "Latest accidents").query(
            format!(
                "SELECT ev_date, place, severity_label, acft_make, acft_model, phase, ntsb_no, docket_url \
                 FROM ntsb.accidents WHERE {CHOSEN} ORDER BY ev_date DESC NULLS LAST, ev_id LIMIT 100"
            ),
            "",
        ),
    ]
}

fn all_accidents() -> Vec<Panel> {
    vec![
        panel(Kind::BarChart, "Events by year and severity").query(
            "SELECT ev_year::text AS year, sum(fatal_events) AS fatal, sum(serious_events) AS serious, \
             sum(minor_events) AS minor, sum(uninjured_events) AS uninjured \
             FROM ntsb.yearly_stats WHERE ev_year IS NOT NULL GROUP BY ev_year ORDER BY ev_year",
            "",
        ),
        panel(Kind::BarChart, "Events by state").query(
            "SELECT ev_state AS state, events, fatal_events FROM ntsb.state_heatmap \
             WHERE ev_state IS NOT NULL ORDER BY events DESC LIMIT 25",
            "",
        ),
        Panel::new(Kind::BarChart, "Completeness by year", Source::Warehouse, Unit::Share)
            .describe("Share of the events with findings or a probable cause")
            .query(
                "SELECT ev_year::text AS year, completeness FROM ntsb.year_completeness \
                 WHERE ev_year IS NOT NULL ORDER BY ev_year",
                "",
            ),
        panel(Kind::Table, "Rates per 100,000 flight hours").query(
            "SELECT * FROM ntsb.yearly_accident_rates ORDER BY 1 DESC LIMIT 50",
            "",
        ),
    ]
}
