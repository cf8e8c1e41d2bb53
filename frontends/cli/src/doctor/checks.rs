//! What is looked at, one function each. They only read.

use tokio_postgres::Client;

use super::Finding;
use crate::failure::Failure;

/// Below this nothing was tried.
const OLDEST_SERVER: i32 = 140_000;

pub async fn server(client: &Client) -> Result<Finding, Failure> {
    let sql =
        "SELECT current_setting('server_version_num')::int, current_setting('server_version'),
                      pg_is_in_recovery(), current_database()::text";
    let row = client.query_one(sql, &[]).await?;
    let (number, version, standby): (i32, String, bool) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let kind = if standby { ", a standby, which can only be asked" } else { "" };
    let found = format!("PostgreSQL {version}, database {}{kind}", row.try_get::<_, String>(3)?);
    if number < OLDEST_SERVER {
        return Ok(Finding::problem("server", found, "pg_ntsb needs PostgreSQL 14 or later."));
    }
    Ok(Finding::ok("server", found))
}

pub async fn extensions(client: &Client) -> Result<Vec<Finding>, Failure> {
    let sql = "SELECT name::text, default_version::text, installed_version::text FROM pg_available_extensions
               WHERE name IN ('pg_ntsb', 'postgis', 'pg_cron') ORDER BY name";
    let rows = client.query(sql, &[]).await?;
    let mut known = Vec::new();
    for row in &rows {
        known.push((
            row.try_get::<_, String>(0)?,
            row.try_get::<_, Option<String>>(1)?,
            row.try_get::<_, Option<String>>(2)?,
        ));
    }
    let of = |name: &str| {
        let found = known.iter().find(|(known, ..)| known == name);
        found.map(|(_, newest, installed)| (newest.as_deref(), installed.as_deref()))
    };
    Ok(vec![
        ours(of("pg_ntsb"), env!("CARGO_PKG_VERSION")),
        needed(
            "postgis",
            of("postgis"),
            "Install it: Debian's package is postgresql-15-postgis-3.",
        ),
        cron(of("pg_cron")),
    ])
}

type Versions<'v> = Option<(Option<&'v str>, Option<&'v str>)>;

fn ours(found: Versions<'_>, of_command: &str) -> Finding {
    let check = "pg_ntsb";
    match found {
        None => {
            Finding::problem(check, "not on this server", "Install the extension's files there.")
        }
        Some((_, None)) => Finding::problem(
            check,
            "not in this database",
            "CREATE EXTENSION pg_ntsb CASCADE; CALL ntsb_create_warehouse();",
        ),
        Some((Some(newest), Some(installed))) if newest != installed => Finding::warning(
            check,
            format!("{installed}, and the server has {newest}"),
            "ALTER EXTENSION pg_ntsb UPDATE; CALL ntsb_create_warehouse();",
        ),
        Some((_, Some(installed))) if installed != of_command => Finding::warning(
            check,
            format!("{installed}, and this command is {of_command}"),
            "Take the command and the extension from one release.",
        ),
        Some((_, Some(installed))) => Finding::ok(check, installed),
    }
}

fn needed(check: &'static str, found: Versions<'_>, advice: &str) -> Finding {
    match found {
        Some((_, Some(installed))) => Finding::ok(check, installed),
        Some((_, None)) => {
            Finding::problem(check, "not in this database", "CREATE EXTENSION pg_ntsb CASCADE;")
        }
        None => Finding::problem(check, "not on this server", advice),
    }
}

fn cron(found: Versions<'_>) -> Finding {
    match found {
        // It lives in one database, which need not be this one.
        Some((Some(newest), None)) => {
            Finding::ok("pg_cron", format!("{newest}, in another database or in none"))
        }
        Some((_, Some(installed))) => Finding::ok("pg_cron", installed),
        _ => Finding::warning(
            "pg_cron",
            "not on this server",
            "Nothing runs by itself without it: install it (Debian: postgresql-15-cron), or schedule CALL ntsb_refresh() and CALL ntsb_maintain() otherwise.",
        ),
    }
}

pub async fn warehouse(client: &Client) -> Result<Finding, Failure> {
    let there = "SELECT to_regclass('ntsb.schema_version') IS NOT NULL OR to_regclass('ntsb.events') IS NOT NULL";
    if !client.query_one(there, &[]).await?.try_get::<_, bool>(0)? {
        let advice = "CALL ntsb_create_warehouse();";
        return Ok(Finding::problem("warehouse", "there is none in this database", advice));
    }
    if let Some(incomplete) = incomplete(client).await? {
        return Ok(incomplete);
    }
    let sql =
        "SELECT max(version), to_char(max(applied_at), 'YYYY-MM-DD') FROM ntsb.schema_version";
    let row = client.query_one(sql, &[]).await?;
    let (step, day): (Option<i32>, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    let found =
        format!("step {} since {}", step.unwrap_or(0), day.unwrap_or_else(|| "never".to_owned()));
    Ok(Finding::ok("warehouse", found))
}

/// After the restore of a dump of some of it, or one that met errors.
async fn incomplete(client: &Client) -> Result<Option<Finding>, Failure> {
    let sql =
        "SELECT string_agg(kind || ' ' || name, ', '), coalesce(bool_or(definition IS NULL), false)
               FROM ntsb_missing_objects()";
    let row = client.query_one(sql, &[]).await?;
    let (missing, lost): (Option<String>, bool) = (row.try_get(0)?, row.try_get(1)?);
    let advice = match lost {
        true => "Restore the tables from a dump of all of schema ntsb: pg_dump --schema=ntsb",
        false => "CALL ntsb_create_warehouse();",
    };
    Ok(missing.map(|names| Finding::problem("warehouse", format!("missing: {names}"), advice)))
}

pub async fn loads(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT source, to_char(finished_at, 'YYYY-MM-DD HH24:MI'),
                      (now() - finished_at) > interval '40 days', (SELECT count(*) FROM ntsb.event_key)
               FROM ntsb.batch ORDER BY finished_at DESC NULLS LAST LIMIT 1";
    let Some(row) = client.query_opt(sql, &[]).await? else {
        let advice = "ntsb load avall.zip";
        return Ok(Finding::warning("loads", "nothing was loaded yet", advice));
    };
    let (source, day): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    let day = day.unwrap_or_else(|| "unknown".to_owned());
    let events: i64 = row.try_get(3)?;
    let found = format!("{events} events, the last load was {source} at {day}");
    if row.try_get::<_, Option<bool>>(2)? == Some(true) {
        let advice = "NTSB publishes avall.zip every month and changes every week: ntsb sync";
        return Ok(Finding::warning("loads", found, advice));
    }
    Ok(Finding::ok("loads", found))
}

pub async fn derived(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT count(*) FILTER (WHERE r.last_seq < l.newest), min(r.refreshed_at) IS NULL AND l.newest > 0
               FROM (SELECT coalesce(max(seq), 0) AS newest FROM ntsb.change_log) l
               LEFT JOIN ntsb.refresh_state r ON true GROUP BY l.newest";
    let row = client.query_one(sql, &[]).await?;
    let (behind, never): (i64, Option<bool>) = (row.try_get(0)?, row.try_get(1)?);
    let advice = "ntsb refresh";
    Ok(match (behind, never) {
        (_, Some(true)) => Finding::warning("derived", "star, views and search are empty", advice),
        (0, _) => Finding::ok("derived", "star, views and search have followed every change"),
        (n, _) => Finding::warning("derived", format!("{n} parts are behind the data"), advice),
    })
}

pub async fn quarantine(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT count(*) FROM ntsb.staging_quarantine WHERE status = 'held'";
    let held: i64 = client.query_one(sql, &[]).await?.try_get(0)?;
    Ok(match held {
        0 => Finding::ok("quarantine", "no refused row waits"),
        n => {
            let found = format!("{n} refused rows wait for a decision");
            Finding::warning("quarantine", found, "ntsb quarantine list")
        }
    })
}

pub async fn maintenance(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT count(*), min(object) FROM ntsb_maintenance_due()";
    let row = client.query_one(sql, &[]).await?;
    let (due, first): (i64, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    Ok(match (due, first) {
        (1.., Some(first)) => Finding::warning(
            "maintenance",
            format!("{due} tables and indexes are due, {first} for one"),
            "CALL ntsb_maintain();",
        ),
        _ => Finding::ok("maintenance", "nothing is due"),
    })
}

/// What the role that asks may do.
pub async fn role(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT has_schema_privilege('ntsb', 'USAGE'), has_table_privilege('ntsb.events', 'INSERT'),
                      current_user::text";
    let row = client.query_one(sql, &[]).await?;
    let (reads, writes, user): (bool, bool, String) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    Ok(match (reads, writes) {
        (false, _) => Finding::problem(
            "role",
            format!("{user} may not look into the warehouse"),
            format!(
                "GRANT USAGE ON SCHEMA ntsb TO {user}; GRANT SELECT ON ALL TABLES IN SCHEMA ntsb TO {user};"
            ),
        ),
        (true, false) => Finding::ok("role", format!("{user} may ask, and not load")),
        (true, true) => Finding::ok("role", format!("{user} may ask and load")),
    })
}

pub async fn change_log(client: &Client) -> Result<Finding, Failure> {
    let sql = "SELECT count(*), min(problem) FROM ntsb_verify_change_log()";
    let row = client.query_one(sql, &[]).await?;
    let (broken, first): (i64, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    Ok(match first {
        None => Finding::ok("change log", "every entry follows from the one before"),
        Some(first) => Finding::problem(
            "change log",
            format!("{broken} entries do not hold: {first}"),
            "Somebody changed it behind the warehouse: SELECT * FROM ntsb_verify_change_log()",
        ),
    })
}

pub async fn schedule(client: &Client) -> Result<Finding, Failure> {
    let check = "schedule";
    let there =
        "SELECT to_regclass('cron.job') IS NOT NULL AND has_table_privilege('cron.job', 'SELECT')";
    let there: Option<bool> = client.query_one(there, &[]).await?.try_get(0)?;
    let install = "psql -d postgres -v database=ntsb -f dags-sql/install.sql";
    if there != Some(true) {
        return Ok(Finding::ok(check, "not in this database; dags-sql/ has one for pg_cron"));
    }
    let sql = "SELECT count(*), count(*) FILTER (WHERE NOT j.active),
                      min(j.jobname) FILTER (WHERE d.status = 'failed'), min(d.return_message) FILTER (WHERE d.status = 'failed')
               FROM cron.job j
               LEFT JOIN LATERAL (SELECT status, return_message FROM cron.job_run_details d
                                  WHERE d.jobid = j.jobid ORDER BY d.runid DESC LIMIT 1) d ON true
               WHERE j.jobname LIKE 'ntsb\\_%'";
    let row = client.query_one(sql, &[]).await?;
    let (jobs, idle): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let (failed, message): (Option<String>, Option<String>) = (row.try_get(2)?, row.try_get(3)?);
    Ok(match (jobs, failed) {
        (0, _) => Finding::warning(check, "no job of ours", install),
        (_, Some(job)) => Finding::problem(
            check,
            format!("{job} failed last time: {}", message.unwrap_or_default()),
            "SELECT * FROM cron.job_run_details ORDER BY runid DESC LIMIT 5",
        ),
        (n, None) if idle > 0 => {
            Finding::warning(check, format!("{idle} of {n} jobs are switched off"), install)
        }
        (n, None) => Finding::ok(check, format!("{n} jobs, none failed last time")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn an_extension_is_missing_old_new_or_right() {
        let verdict = |found| ours(found, "0.4.0").verdict;
        assert_eq!(verdict(None), Verdict::Problem);
        assert_eq!(verdict(Some((Some("0.4.0"), None))), Verdict::Problem);
        assert_eq!(verdict(Some((Some("0.4.0"), Some("0.3.0")))), Verdict::Warning);
        assert_eq!(verdict(Some((Some("0.3.0"), Some("0.3.0")))), Verdict::Warning);
        assert_eq!(verdict(Some((Some("0.4.0"), Some("0.4.0")))), Verdict::Ok);
    }
}
