//! PostgreSQL: availability, activity, replication and backups.

use super::model::{Dashboard, Kind, Panel, Source, Unit};

/// The metrics of the warehouse come from the service and from postgres_exporter.
fn warehouse(name: &str) -> String {
    format!("max({name})")
}

fn panel(kind: Kind, title: &'static str, unit: Unit) -> Panel {
    Panel::new(kind, title, Source::Prometheus, unit)
}

pub fn dashboard() -> Dashboard {
    Dashboard {
        uid: "ntsb-database",
        title: "NTSB: database",
        description: "PostgreSQL: availability, activity, size, replication, archiving and backups",
        from: "now-6h",
        variables: Vec::new(),
        rows: vec![
            ("State", state()),
            ("Activity", activity()),
            ("Replication and recovery", recovery()),
        ],
    }
}

fn state() -> Vec<Panel> {
    vec![
        panel(Kind::Stat, "Reachable from the service", Unit::Boolean)
            .query(r#"min(database_up{job="ntsb-rest"})"#, "reachable"),
        panel(Kind::Stat, "Reachable from the exporter", Unit::Boolean)
            .query("min(pg_up)", "reachable"),
        panel(Kind::Stat, "Size", Unit::Bytes).query(warehouse("ntsb_database_bytes"), "size"),
        panel(Kind::Stat, "Events", Unit::Number).query(warehouse("ntsb_events"), "events"),
    ]
}

fn activity() -> Vec<Panel> {
    let database = r#"datname!~"template.*|postgres""#;
    let rate =
        |name: &str| format!("sum by (datname) (rate({name}{{{database}}}[$__rate_interval]))");
    vec![
        panel(Kind::TimeSeries, "Transactions", Unit::PerSecond)
            .query(rate("pg_stat_database_xact_commit"), "{{datname}} committed")
            .query(rate("pg_stat_database_xact_rollback"), "{{datname}} rolled back"),
        panel(Kind::TimeSeries, "Sessions by state", Unit::Number).query(
            format!("sum by (state) (pg_stat_activity_count{{{database}}})"),
            "{{state}}",
        ),
        panel(Kind::TimeSeries, "Blocks read", Unit::PerSecond)
            .query(rate("pg_stat_database_blks_hit"), "{{datname}} from memory")
            .query(rate("pg_stat_database_blks_read"), "{{datname}} from disk"),
        panel(Kind::TimeSeries, "Rows", Unit::PerSecond)
            .query(rate("pg_stat_database_tup_fetched"), "{{datname}} read")
            .query(rate("pg_stat_database_tup_inserted"), "{{datname}} inserted")
            .query(rate("pg_stat_database_tup_updated"), "{{datname}} updated"),
        panel(Kind::TimeSeries, "Locks", Unit::Number)
            .query(format!("sum by (mode) (pg_locks_count{{{database}}}) > 0"), "{{mode}}"),
        panel(Kind::TimeSeries, "Deadlocks and temporary files", Unit::Number)
            .query(rate("pg_stat_database_deadlocks"), "{{datname}} deadlocks per second")
            .query(rate("pg_stat_database_temp_bytes"), "{{datname}} temporary bytes per second"),
        panel(Kind::TimeSeries, "Query time seen by the service (95th percentile)", Unit::Seconds)
            .query(
                r#"histogram_quantile(0.95, sum by (le) (rate(database_query_duration_seconds_bucket{job="ntsb-rest"}[$__rate_interval])))"#,
                "with the wait for a connection",
            ),
        panel(Kind::TimeSeries, "Database size", Unit::Bytes)
            .query(warehouse("ntsb_database_bytes"), "size"),
    ]
}

fn recovery() -> Vec<Panel> {
    vec![
        panel(Kind::TimeSeries, "Replication lag", Unit::Seconds)
            .limit(60.0)
            .query("max by (standby) (ntsb_replication_lag_seconds)", "{{standby}}"),
        panel(Kind::TimeSeries, "Log that standbys have not replayed", Unit::Bytes)
            .query("max by (standby) (ntsb_replication_lag_bytes)", "{{standby}}"),
        panel(Kind::TimeSeries, "Standbys", Unit::Number)
            .query(warehouse("ntsb_standbys"), "streaming from the primary")
            .query(
                r#"min(database_replicas_well{job="ntsb-rest"})"#,
                "used for reads by the service",
            ),
        panel(Kind::TimeSeries, "Archiving of the log", Unit::Number)
            .query(
                warehouse("ntsb_archiver_failures_total"),
                "failures since the statistics were reset",
            )
            .query(warehouse("ntsb_archiver_failing"), "last attempt failed"),
        panel(Kind::TimeSeries, "Age of the last backup", Unit::Seconds)
            .query("max by (kind) (ntsb_backup_age_seconds)", "{{kind}}"),
        panel(Kind::TimeSeries, "Age of the last restore drill", Unit::Seconds)
            .query(warehouse("ntsb_restore_drill_age_seconds"), "age"),
        panel(Kind::TimeSeries, "Times measured in the last restore drill", Unit::Seconds)
            .describe("Recovery time (RTO) and lost work (RPO). Goals: 1 hour and 15 minutes")
            .query(warehouse("ntsb_restore_drill_rto_seconds"), "recovery time")
            .query(warehouse("ntsb_restore_drill_rpo_seconds"), "lost work"),
    ]
}
