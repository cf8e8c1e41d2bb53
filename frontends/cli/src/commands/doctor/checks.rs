//! The checks, one function each. They only read.

use tokio_postgres::Client;

use super::Finding;
use crate::failure::Failure;

/// The oldest PostgreSQL version that pg_ntsb was tested with.
const MIN_SERVER_VERSION: i32 = 140_000;

pub async fn check_server(client: &Client) -> Result<Finding, Failure> {
    let sql =
        "SELECT current_setting('server_version_num')::int, current_setting('server_version'),
                      pg_is_in_recovery(), current_database()::text";
    let row = client.query_one(sql, &[]).await?;
    let (number, version, standby): (i32, String, bool) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let kind = if standby { " (read-only standby)" } else { "" };
    let found = format!("PostgreSQL {version}, database {}{kind}", row.try_get::<_, String>(3)?);
    if number < MIN_SERVER_VERSION {
        return Ok(Finding::problem("server", found, "pg_ntsb needs PostgreSQL 14 or later."));
    }
    Ok(Finding::ok("server", found))
}

pub async fn check_extensions(client: &Client) -> Result<Vec<Finding>, Failure> {
    let sql = "SELECT name::text, default_version::text, installed_version::text FROM pg_available_extensions
               WHERE name IN ('pg_ntsb', 'postgis', 'pg_cron') ORDER BY name";
    let rows = client.query(sql, &[]).await?;
    let mut extensions = Vec::new();
    for row in &rows {
        extensions.push((
            row.try_get::<_, String>(0)?,
            row.try_get::<_, Option<String>>(1)?,
            row.try_get::<_, Option<String>>(2)?,
        ));
    }
    let versions = |name: &str| {
        let found = extensions.iter().find(|(extension, ..)| extension == name);
        found.map(|(_, available, installed)| (available.as_deref(), installed.as_deref()))
    };
    Ok(vec![
        check_pg_ntsb_version(versions("pg_ntsb"), env!("CARGO_PKG_VERSION")),
        check_postgis_version(versions("postgis")),
        check_pg_cron_version(versions("pg_cron")),
    ])
}

/// The available and the installed version of an extension; `None` if its files are missing.
type Versions<'v> = Option<(Option<&'v str>, Option<&'v str>)>;

fn check_pg_ntsb_version(versions: Versions<'_>, command_version: &str) -> Finding {
    let check = "pg_ntsb";
    match versions {
        None => Finding::problem(
            check,
            "not available on the server",
            "Install the files of the extension on the server.",
        ),
        Some((_, None)) => Finding::problem(
            check,
            "not installed in this database",
            "CREATE EXTENSION pg_ntsb CASCADE; CALL ntsb_create_warehouse();",
        ),
        Some((Some(available), Some(installed))) if available != installed => Finding::warning(
            check,
            format!("{installed} is installed, {available} is available"),
            "ALTER EXTENSION pg_ntsb UPDATE; CALL ntsb_create_warehouse();",
        ),
        Some((_, Some(installed))) if installed != command_version => Finding::warning(
            check,
            format!("{installed} is installed, but this command is {command_version}"),
            "Use the command and the extension of the same release.",
        ),
        Some((_, Some(installed))) => Finding::ok(check, installed),
    }
}

fn check_postgis_version(versions: Versions<'_>) -> Finding {
    let check = "postgis";
    match versions {
        Some((_, Some(installed))) => Finding::ok(check, installed),
        Some((_, None)) => Finding::problem(
            check,
            "not installed in this database",
            "CREATE EXTENSION pg_ntsb CASCADE;",
        ),
        None => Finding::problem(
            check,
            "not available on the server",
            "Install PostGIS (Debian package: postgresql-15-postgis-3).",
        ),
    }
}

fn check_pg_cron_version(versions: Versions<'_>) -> Finding {
    let check = "pg_cron";
    match versions {
        // pg_cron is installed in one database of the server, which may be another one.
        Some((Some(available), None)) => {
            Finding::ok(check, format!("{available}, not installed in this database"))
        }
        Some((_, Some(installed))) => Finding::ok(check, installed),
        _ => Finding::warning(
            check,
            "not available on the server",
            "Install pg_cron (Debian package: postgresql-15-cron), or call ntsb run-dags each minute (docs/pipelines.md).",
        ),
    }
}

pub async fn check_warehouse(client: &Client) -> Result<Finding, Failure> {
    let exists = "SELECT to_regclass('ntsb.schema_version') IS NOT NULL OR to_regclass('ntsb.events') IS NOT NULL";
    if !client.query_one(exists, &[]).await?.try_get::<_, bool>(0)? {
        let advice = "CALL ntsb_create_warehouse();";
        return Ok(Finding::problem("warehouse", "missing in this database", advice));
    }
    if let Some(finding) = check_missing_objects(client).await? {
        return Ok(finding);
    }
    let sql =
        "SELECT max(version), to_char(max(applied_at), 'YYYY-MM-DD') FROM ntsb.schema_version";
    let row = client.query_one(sql, &[]).await?;
    let (version, day): (Option<i32>, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    let found = format!(
        "schema version {} since {}",
        version.unwrap_or(0),
        day.unwrap_or_else(|| "never".to_owned())
    );
    Ok(Finding::ok("warehouse", found))
}

/// Objects are missing after a partial restore, or one with errors.
async fn check_missing_objects(client: &Client) -> Result<Option<Finding>, Failure> {
    let sql =
        "SELECT string_agg(kind || ' ' || name, ', '), coalesce(bool_or(definition IS NULL), false)
               FROM ntsb_missing_objects()";
    let row = client.query_one(sql, &[]).await?;
    let (missing, has_lost_data): (Option<String>, bool) = (row.try_get(0)?, row.try_get(1)?);
    let advice = match has_lost_data {
        true => "Restore the tables from a dump of the whole schema ntsb (pg_dump --schema=ntsb).",
        false => "CALL ntsb_create_warehouse();",
    };
    Ok(missing.map(|names| Finding::problem("warehouse", format!("missing: {names}"), advice)))
}

pub async fn check_loads(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT source, to_char(finished_at, 'YYYY-MM-DD HH24:MI'),
                      (now() - finished_at) > interval '40 days', (SELECT count(*) FROM ntsb.event_key)
               FROM ntsb.batch ORDER BY finished_at DESC NULLS LAST LIMIT 1";
    let Some(row) = client.query_opt(sql, &[]).await? else {
        let advice = "ntsb load avall.zip";
        return Ok(Finding::warning("loads", "nothing has been loaded yet", advice));
    };
    let (source, day): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    let day = day.unwrap_or_else(|| "unknown".to_owned());
    let events: i64 = row.try_get(3)?;
    let found = format!("{events} events, latest load: {source} at {day}");
    if row.try_get::<_, Option<bool>>(2)? == Some(true) {
        let advice = "Run ntsb sync: NTSB publishes avall.zip monthly and changes weekly.";
        return Ok(Finding::warning("loads", found, advice));
    }
    Ok(Finding::ok("loads", found))
}

pub async fn check_derived_data(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT count(*) FILTER (WHERE r.last_seq < l.newest), min(r.refreshed_at) IS NULL AND l.newest > 0
               FROM (SELECT coalesce(max(seq), 0) AS newest FROM ntsb.change_log) l
               LEFT JOIN ntsb.refresh_state r ON true GROUP BY l.newest";
    let row = client.query_one(sql, &[]).await?;
    let (stale, is_empty): (i64, Option<bool>) = (row.try_get(0)?, row.try_get(1)?);
    let advice = "ntsb refresh";
    Ok(match (stale, is_empty) {
        (_, Some(true)) => {
            Finding::warning("derived", "star schema, views and search are empty", advice)
        }
        (0, _) => Finding::ok("derived", "star schema, views and search are up to date"),
        (n, _) => Finding::warning("derived", format!("{n} derived objects are stale"), advice),
    })
}

pub async fn check_quarantine(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT count(*) FROM ntsb.staging_quarantine WHERE status = 'held'";
    let rows: i64 = client.query_one(sql, &[]).await?.try_get(0)?;
    Ok(match rows {
        0 => Finding::ok("quarantine", "no rows to review"),
        n => {
            let found = format!("{n} quarantined rows to review");
            Finding::warning("quarantine", found, "ntsb quarantine list")
        }
    })
}

pub async fn check_maintenance(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT count(*), min(object) FROM ntsb_maintenance_due()";
    let row = client.query_one(sql, &[]).await?;
    let (due, first): (i64, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    Ok(match (due, first) {
        (1.., Some(first)) => Finding::warning(
            "maintenance",
            format!("{due} tables and indexes need maintenance, such as {first}"),
            "CALL ntsb_maintain();",
        ),
        _ => Finding::ok("maintenance", "no maintenance is due"),
    })
}

/// Checks the privileges of the current role.
pub async fn check_role(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT has_schema_privilege('ntsb', 'USAGE'), has_table_privilege('ntsb.events', 'INSERT'),
                      current_user::text";
    let row = client.query_one(sql, &[]).await?;
    let (can_read, can_load, user): (bool, bool, String) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    Ok(match (can_read, can_load) {
        (false, _) => Finding::problem(
            "role",
            format!("{user} may not read the warehouse"),
            format!(
                "GRANT USAGE ON SCHEMA ntsb TO {user}; GRANT SELECT ON ALL TABLES IN SCHEMA ntsb TO {user};"
            ),
        ),
        (true, false) => Finding::ok("role", format!("{user} may read, but not load")),
        (true, true) => Finding::ok("role", format!("{user} may read and load")),
    })
}

pub async fn check_change_log(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT count(*), min(problem) FROM ntsb_verify_change_log()";
    let row = client.query_one(sql, &[]).await?;
    let (invalid, first): (i64, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    Ok(match first {
        None => Finding::ok("change log", "the hash chain is valid"),
        Some(first) => Finding::problem(
            "change log",
            format!("{invalid} entries are invalid: {first}"),
            "The log was altered outside the warehouse's functions: SELECT * FROM ntsb_verify_change_log()",
        ),
    })
}

pub async fn check_schedule(client: &Client) -> Result<Finding, Failure> {
    let check = "schedule";
    let is_readable =
        "SELECT to_regclass('cron.job') IS NOT NULL AND has_table_privilege('cron.job', 'SELECT')";
    let is_readable: Option<bool> = client.query_one(is_readable, &[]).await?.try_get(0)?;
    let install = "psql -d postgres -v database=ntsb -f dags-sql/install.sql";
    if is_readable != Some(true) {
        return Ok(Finding::ok(check, "none in this database; dags-sql/ has one for pg_cron"));
    }
    let sql = "SELECT count(*), count(*) FILTER (WHERE NOT j.active),
                      min(j.jobname) FILTER (WHERE d.status = 'failed'), min(d.return_message) FILTER (WHERE d.status = 'failed')
               FROM cron.job j
               LEFT JOIN LATERAL (SELECT status, return_message FROM cron.job_run_details d
                                  WHERE d.jobid = j.jobid ORDER BY d.runid DESC LIMIT 1) d ON true
               WHERE j.jobname LIKE 'ntsb\\_%'";
    let row = client.query_one(sql, &[]).await?;
    let (jobs, inactive): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let (failed, message): (Option<String>, Option<String>) = (row.try_get(2)?, row.try_get(3)?);
    Ok(match (jobs, failed) {
        (0, _) => Finding::warning(check, "no jobs of pg_ntsb", install),
        (_, Some(job)) => Finding::problem(
            check,
            format!("the last run of {job} failed: {}", message.unwrap_or_default()),
            "SELECT * FROM cron.job_run_details ORDER BY runid DESC LIMIT 5",
        ),
        (n, None) if inactive > 0 => {
            Finding::warning(check, format!("{inactive} of {n} jobs are inactive"), install)
        }
        (n, None) => Finding::ok(check, format!("{n} jobs, no failed last run")),
    })
}

pub async fn check_pipelines(client: &Client) -> Result<Finding, Failure> {
    let check = "pipelines";
    let has_pipelines = "SELECT to_regclass('ntsb.job_status') IS NOT NULL AND has_table_privilege(to_regclass('ntsb.job_status'), 'SELECT')";
    let is_readable: Option<bool> = client.query_one(has_pipelines, &[]).await?.try_get(0)?;
    if is_readable != Some(true) {
        return Ok(Finding::ok(check, "none can be read"));
    }
    let sql = "SELECT count(*), string_agg(dag, ', ' ORDER BY dag) FILTER (WHERE status = 'failed'),
                      string_agg(dag, ', ' ORDER BY dag) FILTER (WHERE is_late) FROM ntsb.job_status";
    let row = client.query_one(sql, &[]).await?;
    let count: i64 = row.try_get(0)?;
    let (failed, late): (Option<String>, Option<String>) = (row.try_get(1)?, row.try_get(2)?);
    Ok(match (count, failed, late) {
        (0, ..) => {
            Finding::ok(check, "none is defined; dags-sql/install.sql defines those of pg_ntsb")
        }
        (_, Some(failed), _) => Finding::problem(
            check,
            format!("the last run failed: {failed}"),
            "ntsb dag list shows the errors; ntsb dag run NAME runs one again",
        ),
        (_, None, Some(late)) => Finding::warning(
            check,
            format!("late: {late}"),
            "Check that pg_cron or a timer runs CALL ntsb_run_dags() each minute",
        ),
        (n, None, None) => Finding::ok(check, format!("{n} pipelines, none failed or late")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Verdict;

    #[test]
    fn the_versions_of_command_and_extension_must_match() {
        let verdict = |versions| check_pg_ntsb_version(versions, "0.4.0").verdict;
        assert_eq!(verdict(None), Verdict::Problem);
        assert_eq!(verdict(Some((Some("0.4.0"), None))), Verdict::Problem);
        assert_eq!(verdict(Some((Some("0.4.0"), Some("0.3.0")))), Verdict::Warning);
        assert_eq!(verdict(Some((Some("0.3.0"), Some("0.3.0")))), Verdict::Warning);
        assert_eq!(verdict(Some((Some("0.4.0"), Some("0.4.0")))), Verdict::Ok);
    }
}
