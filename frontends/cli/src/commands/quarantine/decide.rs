//! `ntsb quarantine release` and `discard`.

use serde_json::json;
use tokio_postgres::{Client, Transaction};

use crate::args::{DiscardArgs, ReleaseArgs};
use crate::commands::load::Counts;
use crate::failure::Failure;
use crate::output::group_digits;

const RELEASE: &str = "
    SELECT ntsb_release_quarantine(quarantine_id => $1::bigint, patch => $2::text::jsonb,
                                   waive => $3::text[])";

/// The row counts of the batch of a release.
const COUNTS: &str = "
    SELECT sum(staged)::bigint AS staged, sum(inserted)::bigint AS inserted,
           sum(updated)::bigint AS updated, sum(unchanged)::bigint AS unchanged,
           sum(stale)::bigint AS stale, sum(withdrawn)::bigint AS withdrawn,
           sum(duplicates)::bigint AS duplicates, sum(rejected)::bigint AS rejected
    FROM ntsb.batch_table WHERE batch_id = $1";

const DISCARD: &str =
    "SELECT ntsb_discard_quarantine(quarantine_id => $1::bigint, reason => $2::text)";

pub async fn release(args: &ReleaseArgs, client: &mut Client) -> Result<String, Failure> {
    let transaction = client.transaction().await?;
    let (batch_id, counts) = call_release(args, &transaction).await?;
    transaction.commit().await?;
    if args.json {
        let summary = json!({
            "quarantine_id": args.id, "status": "released", "batch_id": batch_id, "rows": counts,
        });
        return Ok(format!("{summary:#}\n"));
    }
    Ok(summarize_release(args.id, batch_id, &counts))
}

async fn call_release(
    args: &ReleaseArgs,
    transaction: &Transaction<'_>,
) -> Result<(i64, Counts), Failure> {
    let patch = args.merged_patch().to_string();
    let row = transaction.query_one(RELEASE, &[&args.id, &patch, &args.waive]).await?;
    let batch_id: i64 = row.try_get(0)?;
    let row = transaction.query_one(COUNTS, &[&batch_id]).await?;
    Ok((batch_id, Counts::from_row(&row)?))
}

/// "Released quarantined row 3 as batch 7. Rows: 15 inserted."
fn summarize_release(id: i64, batch_id: i64, counts: &Counts) -> String {
    let outcomes = [
        (counts.inserted, "inserted"),
        (counts.updated, "updated"),
        (counts.unchanged, "already stored"),
        (counts.stale, "older than the stored row"),
        (counts.rejected, "rejected (ntsb quarantine list)"),
    ];
    let outcomes = outcomes.iter().filter(|(rows, _)| *rows > 0);
    let outcomes: Vec<_> =
        outcomes.map(|(rows, outcome)| format!("{} {outcome}", group_digits(*rows))).collect();
    let outcomes = outcomes.join(", ");
    format!("Released quarantined row {id} as batch {batch_id}. Rows: {outcomes}.\n")
}

pub async fn discard(args: &DiscardArgs, client: &Client) -> Result<String, Failure> {
    client.query_one(DISCARD, &[&args.id, &args.reason]).await?;
    if args.json {
        let summary =
            json!({ "quarantine_id": args.id, "status": "discarded", "reason": args.reason });
        return Ok(format!("{summary:#}\n"));
    }
    Ok(format!("Discarded quarantined row {}; it is kept with the reason.\n", args.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_reports_the_row_counts() {
        let counts = Counts { staged: 5, inserted: 4, rejected: 1, ..Counts::default() };
        let text = summarize_release(3, 7, &counts);
        let expected = "Released quarantined row 3 as batch 7. \
                        Rows: 4 inserted, 1 rejected (ntsb quarantine list).\n";
        assert_eq!(text, expected);
    }
}
