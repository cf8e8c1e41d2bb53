//! Archived events. A load neither changes nor withdraws them.

use super::client::IngestClient;
use super::error::IngestError;

/// True if any event is archived.
pub const ANY_ARCHIVED: &str = "SELECT EXISTS (SELECT FROM ntsb.archived_event)";

/// Archived events in the file, those of which the file has a newer version, and their decades.
const COUNTS: &str = "
    SELECT count(*), count(*) FILTER (WHERE c.lchg_date > k.lchg_date),
           string_agg(DISTINCT a.decade::text, ', ')
    FROM pg_temp.ntsb_verdict v
    JOIN pg_temp.ntsb_clean c USING (staging_ctid)
    JOIN ntsb.event_key k ON k.ev_id = c.ev_id
    JOIN ntsb.archived_event e ON e.ev_id = c.ev_id
    JOIN ntsb.archive a USING (archive_id)
    WHERE v.verdict = 'archived'";

/// Reports the archived events in the file, as a WARNING if the file has newer versions of some.
pub fn report_archived_events(client: &IngestClient) -> Result<(), IngestError> {
    let row = client.select(COUNTS, Some(1), &[])?.first();
    let number = |at| Ok::<i64, IngestError>(row.get::<i64>(at)?.unwrap_or(0));
    let (events, newer) = (number(1)?, number(2)?);
    let decades = row.get::<String>(3)?.unwrap_or_default();
    if newer > 0 {
        pgrx::warning!(
            "skipped {events} archived events of the file ({decades}), {newer} of which have a newer version in the file: CALL ntsb_attach_archive(decade) and load it again"
        );
    } else if events > 0 {
        pgrx::notice!("skipped {events} archived events of the file ({decades})");
    }
    Ok(())
}
