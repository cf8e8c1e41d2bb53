//! Room on the server's disk, where this is the server's machine.

use tokio_postgres::Client;

use super::Finding;
use crate::failure::Failure;

/// A load needs room for its rows twice: staged, and stored.
const TIGHT: u64 = 2;

/// Nothing where it cannot be told: PostgreSQL does not say how much room its disk has.
pub async fn room(client: &Client) -> Result<Option<Finding>, Failure> {
    let sql =
        "SELECT CASE WHEN inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr()
                           THEN (SELECT setting FROM pg_settings WHERE name = 'data_directory') END,
                      pg_database_size(current_database())";
    let row = client.query_one(sql, &[]).await?;
    let (folder, size): (Option<String>, i64) = (row.try_get(0)?, row.try_get(1)?);
    let size = u64::try_from(size).unwrap_or(0);
    let free = folder.and_then(|folder| rustix::fs::statvfs(&folder).ok());
    Ok(free.map(|disk| judge(disk.f_bavail.saturating_mul(disk.f_frsize), size)))
}

fn judge(free: u64, size: u64) -> Finding {
    let gib = |bytes: u64| format!("{:.1} GiB", bytes as f64 / (1u64 << 30) as f64);
    let found = format!("{} free, the database takes {}", gib(free), gib(size));
    if free < size / TIGHT {
        let advice = "A load stages rows before it stores them: free room, or it may fail halfway (nothing is lost then).";
        return Finding::warning("disk", found, advice);
    }
    Finding::ok("disk", found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn half_the_database_must_be_free() {
        assert_eq!(judge(6 << 30, 10 << 30).verdict, Verdict::Ok);
        let tight = judge(4 << 30, 10 << 30);
        assert_eq!(tight.verdict, Verdict::Warning);
        assert_eq!(tight.found, "4.0 GiB free, the database takes 10.0 GiB");
    }
}
