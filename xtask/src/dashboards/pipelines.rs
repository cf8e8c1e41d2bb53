//! Sources, loads, data quality, models and pipelines.

use super::model::{Dashboard, Kind, Panel, Source, Unit};

fn panel(kind: Kind, title: &'static str, unit: Unit) -> Panel {
    Panel::new(kind, title, Source::Prometheus, unit)
}

fn table(title: &'static str, sql: &str) -> Panel {
    Panel::new(Kind::Table, title, Source::Warehouse, Unit::Number).query(sql, "")
}

pub fn dashboard() -> Dashboard {
    Dashboard {
        uid: "ntsb-pipelines",
        title: "NTSB: data quality and pipelines",
        description: "Sources, loads, quarantine, models, drift, alerts and pipelines of the warehouse",
        from: "now-7d",
        variables: Vec::new(),
        rows: vec![
            ("Sources and loads", sources()),
            ("Data quality", quality()),
            ("Models", models()),
            ("Pipelines", pipelines()),
        ],
    }
}

fn sources() -> Vec<Panel> {
    vec![
        panel(Kind::TimeSeries, "Age of each source in intervals of its publisher", Unit::Number)
            .describe("The alert IngestLate fires above 1.25")
            .limit(1.25)
            .query(
                "max by (source) (ntsb_source_age_seconds) / max by (source) (ntsb_source_interval_seconds)",
                "{{source}}",
            ),
        table(
            "Sources",
            "SELECT source, title, status, asked_at, loaded_at, edition, row_count, due_at, command \
             FROM ntsb.source_status",
        ),
        panel(Kind::TimeSeries, "Rows of the loads of the last 24 hours", Unit::Number)
            .query("max by (outcome) (ntsb_load_rows)", "{{outcome}}"),
        table(
            "Last loads",
            "SELECT b.batch_id, b.source, b.mode, b.finished_at, b.finished_at - b.started_at AS duration, \
             sum(t.staged) AS staged, sum(t.inserted) AS inserted, sum(t.updated) AS updated, \
             sum(t.withdrawn) AS withdrawn, sum(t.rejected) AS rejected \
             FROM (SELECT * FROM ntsb.batch ORDER BY batch_id DESC LIMIT 20) b \
             LEFT JOIN ntsb.batch_table t USING (batch_id) \
             GROUP BY b.batch_id, b.source, b.mode, b.started_at, b.finished_at ORDER BY b.batch_id DESC",
        ),
        panel(Kind::TimeSeries, "Events", Unit::Number).query("max(ntsb_events)", "events"),
        panel(Kind::TimeSeries, "Changes that derived data lack", Unit::Number)
            .query("max by (part) (ntsb_refresh_pending_entries)", "{{part}}"),
    ]
}

fn quality() -> Vec<Panel> {
    vec![
        panel(Kind::TimeSeries, "Quarantined rows", Unit::Number)
            .query("max by (table) (ntsb_quarantined_table_rows)", "{{table}}")
            .query("max(ntsb_quarantined_rows)", "total"),
        panel(Kind::TimeSeries, "Events withdrawn in 24 hours", Unit::Number)
            .limit(10.0)
            .query(r#"max(ntsb_load_events{outcome="withdrawn"})"#, "withdrawn"),
        table(
            "Defects by rule",
            "SELECT rule_id, action, sum(rows) AS rows FROM ntsb.data_quality \
             GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 50",
        ),
        table(
            "Open alerts",
            "SELECT raised_at, severity, kind, subject, message FROM ntsb.alert \
             WHERE acknowledged_at IS NULL ORDER BY alert_id DESC LIMIT 50",
        ),
    ]
}

fn models() -> Vec<Panel> {
    vec![
        panel(Kind::TimeSeries, "Drifted features", Unit::Number)
            .limit(1.0)
            .query("max by (model, target) (ntsb_model_drifted_features)", "{{model}} {{target}}"),
        panel(Kind::TimeSeries, "Age of the models in Production", Unit::Seconds)
            .query("max by (model, target) (ntsb_model_age_seconds)", "{{model}} {{target}}"),
        table(
            "Last drift report",
            "SELECT feature, test, psi, jensen_shannon, p_value, drifted FROM ntsb.drift_report \
             WHERE report_id = (SELECT max(report_id) FROM ntsb.drift_report) ORDER BY drifted DESC, psi DESC",
        ),
        table(
            "Stored predictions by day",
            "SELECT predicted_at::date AS day, severity, count(*) AS predictions, avg(confidence) AS confidence \
             FROM ntsb.predictions WHERE $__timeFilter(predicted_at) GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT 100",
        ),
    ]
}

fn pipelines() -> Vec<Panel> {
    vec![
        panel(Kind::TimeSeries, "Time since the last success", Unit::Seconds)
            .query("max by (dag) (ntsb_dag_success_age_seconds)", "{{dag}}"),
        panel(Kind::TimeSeries, "Failed or late", Unit::Number)
            .limit(1.0)
            .query("max by (dag) (ntsb_dag_failed)", "{{dag}} failed")
            .query("max by (dag) (ntsb_dag_late)", "{{dag}} late"),
        panel(Kind::TimeSeries, "Duration of the last run", Unit::Seconds)
            .query("max by (dag) (ntsb_dag_duration_seconds)", "{{dag}}"),
        table(
            "Pipelines",
            "SELECT dag, status, last_started_at, duration, rows, error, next_due_at, is_late FROM ntsb.job_status ORDER BY dag",
        ),
    ]
}
