//! Decisions about refused rows.

use serde_json::json;
use tokio_postgres::{Client, Transaction};

use crate::args::{DiscardArgs, ReleaseArgs};
use crate::failure::Failure;
use crate::report::{Counts, grouped};

const RELEASE: &str = "
    SELECT ntsb_release_quarantine(quarantine_id => $1::bigint, patch => $2::text::jsonb,
                                   waive => $3::text[])";

/// What the batch of a release did.
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
    let (batch, counts) = released(args, &transaction).await?;
    transaction.commit().await?;
    if args.json {
        let answer = json!({
            "quarantine_id": args.id, "status": "released", "batch_id": batch, "rows": counts,
        });
        return Ok(format!("{answer:#}\n"));
    }
    Ok(sentence(args.id, batch, &counts))
}

async fn released(
    args: &ReleaseArgs,
    transaction: &Transaction<'_>,
) -> Result<(i64, Counts), Failure> {
    let patch = args.values().to_string();
    let row = transaction.query_one(RELEASE, &[&args.id, &patch, &args.waive]).await?;
    let batch: i64 = row.try_get(0)?;
    let row = transaction.query_one(COUNTS, &[&batch]).await?;
    Ok((batch, Counts::from_row(&row)?))
}

/// "Row 3 was released as batch 7: 15 rows inserted."
fn sentence(id: i64, batch: i64, counts: &Counts) -> String {
    let done = [
        (counts.inserted, "inserted"),
        (counts.updated, "updated"),
        (counts.unchanged, "already there"),
        (counts.stale, "older than what is there"),
        (counts.rejected, "refused (ntsb quarantine list)"),
    ];
    let done = done.iter().filter(|(rows, _)| *rows > 0);
    let done: Vec<_> = done.map(|(rows, what)| format!("{} {what}", grouped(*rows))).collect();
    format!("Quarantined row {id} was released as batch {batch}. Rows: {}.\n", done.join(", "))
}

pub async fn discard(args: &DiscardArgs, client: &Client) -> Result<String, Failure> {
    client.query_one(DISCARD, &[&args.id, &args.reason]).await?;
    if args.json {
        let answer =
            json!({ "quarantine_id": args.id, "status": "discarded", "reason": args.reason });
        return Ok(format!("{answer:#}\n"));
    }
    Ok(format!("Quarantined row {} was discarded; it is kept with the reason.\n", args.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_says_what_became_of_the_rows() {
        let counts = Counts { staged: 5, inserted: 4, rejected: 1, ..Counts::default() };
        let text = sentence(3, 7, &counts);
        let expected = "Quarantined row 3 was released as batch 7. \
                        Rows: 4 inserted, 1 refused (ntsb quarantine list).\n";
        assert_eq!(text, expected);
    }
}
