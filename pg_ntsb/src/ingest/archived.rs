//! Events that are archived: a file that holds them is neither news nor a withdrawal.

use pgrx::spi::SpiClient;

use crate::error::Error;

/// Whether there are any.
pub const ANY: &str = "SELECT EXISTS (SELECT FROM ntsb.archived_event)";

/// Events of the file that are archived, those of which the file is newer, and their decades.
const COUNTS: &str = "
    SELECT count(*), count(*) FILTER (WHERE c.lchg_date > k.lchg_date),
           string_agg(DISTINCT a.decade::text, ', ')
    FROM pg_temp.ntsb_verdict v
    JOIN pg_temp.ntsb_clean c USING (staged_at)
    JOIN ntsb.event_key k ON k.ev_id = c.ev_id
    JOIN ntsb.archived_event e ON e.ev_id = c.ev_id
    JOIN ntsb.archive a USING (archive_id)
    WHERE v.verdict = 'archived'";

/// Says what of the file is left alone: loudly, where it is news.
pub fn tell(client: &SpiClient) -> Result<(), Error> {
    let row = client.select(COUNTS, Some(1), &[])?.first();
    let number = |at| Ok::<i64, Error>(row.get::<i64>(at)?.unwrap_or(0));
    let (events, newer) = (number(1)?, number(2)?);
    let decades = row.get::<String>(3)?.unwrap_or_default();
    if newer > 0 {
        pgrx::warning!(
            "{events} events of the file are archived ({decades}) and were left alone, though the file is newer of {newer}: CALL ntsb_attach_archive(decade) and load it again"
        );
    } else if events > 0 {
        pgrx::notice!("{events} events of the file are archived ({decades}) and were left alone");
    }
    Ok(())
}
