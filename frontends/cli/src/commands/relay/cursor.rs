//! Reads events by the cursor of a topic, and advances it.

use tokio_postgres::Client;

use crate::args::RelayArgs;
use crate::failure::Failure;

/// An event as the database writes it.
pub struct Event {
    pub seq: i64,
    pub id: String,
    pub kind: String,
    /// Events with the same key stay in order in every target.
    pub key: String,
    /// When it happened, in microseconds since 1970.
    pub micros: i64,
    /// The CloudEvent in JSON format.
    pub json: String,
}

pub struct Cursor<'a> {
    pub client: &'a Client,
    pub name: &'a str,
    pub topic: &'a str,
}

impl Cursor<'_> {
    /// Creates the cursor if it does not exist. Returns its position.
    pub async fn begin(&self, args: &RelayArgs) -> Result<i64, Failure> {
        let sql = "SELECT ntsb_begin_relay($1, $2, $3, $4)";
        let start = args.from.name();
        let row =
            self.client.query_one(sql, &[&self.name, &self.topic, &start, &args.restart]).await?;
        Ok(row.try_get(0)?)
    }

    pub async fn next_batch(&self, args: &RelayArgs) -> Result<Vec<Event>, Failure> {
        let sql = "
            SELECT seq, id, event ->> 'type', coalesce(event ->> 'partitionkey', ''),
                   (extract(epoch FROM (event ->> 'time')::timestamptz) * 1000000)::int8, event::text
            FROM ntsb_relay_batch($1, $2, $3, $4)";
        let (rows, source) = (i32::from(args.batch), args.source.as_deref());
        let rows = self.client.query(sql, &[&self.name, &self.topic, &rows, &source]).await?;
        let event = |row: &tokio_postgres::Row| {
            Ok(Event {
                seq: row.try_get(0)?,
                id: row.try_get(1)?,
                kind: row.try_get(2)?,
                key: row.try_get(3)?,
                micros: row.try_get(4)?,
                json: row.try_get(5)?,
            })
        };
        rows.iter().map(event).collect()
    }

    /// Records that the target has accepted everything up to this event.
    pub async fn advance(&self, last: Option<&Event>) -> Result<(), Failure> {
        let Some(event) = last else { return Ok(()) };
        let sql = "SELECT ntsb_advance_relay($1, $2, $3, $4)";
        self.client.execute(sql, &[&self.name, &self.topic, &event.seq, &event.id]).await?;
        Ok(())
    }
}
