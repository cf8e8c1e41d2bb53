//! Free space on the server's disk, if this is the server's machine.

use tokio_postgres::Client;

use super::Finding;
use crate::failure::Failure;

/// The free space must be at least the database size divided by this: a load stages its rows before it
/// stores them.
const MIN_FREE_DIVISOR: u64 = 2;

/// Returns `None` for a remote server: PostgreSQL does not report the free space of its disk.
pub async fn check_free_space(client: &Client) -> Result<Option<Finding>, Failure> {
    let sql =
        "SELECT CASE WHEN inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr()
                           THEN (SELECT setting FROM pg_settings WHERE name = 'data_directory') END,
                      pg_database_size(current_database())";
    let row = client.query_one(sql, &[]).await?;
    let (folder, size): (Option<String>, i64) = (row.try_get(0)?, row.try_get(1)?);
    let size = u64::try_from(size).unwrap_or(0);
    let free = folder.and_then(|folder| rustix::fs::statvfs(&folder).ok());
    Ok(free.map(|disk| compare_free_space(disk.f_bavail.saturating_mul(disk.f_frsize), size)))
}

fn compare_free_space(free: u64, size: u64) -> Finding {
    let gib = |bytes: u64| format!("{:.1} GiB", bytes as f64 / (1u64 << 30) as f64);
    let found = format!("{} free, database size {}", gib(free), gib(size));
    if free < size / MIN_FREE_DIVISOR {
        let advice = "A load stages rows before it stores them. Free disk space, or a load may fail and roll back.";
        return Finding::warning("disk", found, advice);
    }
    Finding::ok("disk", found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Verdict;

    #[test]
    fn half_the_database_must_be_free() {
        assert_eq!(compare_free_space(6 << 30, 10 << 30).verdict, Verdict::Ok);
        let finding = compare_free_space(4 << 30, 10 << 30);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(finding.found, "4.0 GiB free, database size 10.0 GiB");
    }
}
