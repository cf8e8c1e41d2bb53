//! Alerts as they are told.

use tokio_postgres::Client;

use crate::args::Weight;
use crate::failure::Failure;

pub struct Alert {
    pub id: i64,
    raised_at: String,
    kind: String,
    severity: String,
    subject: String,
    message: String,
}

/// Alerts that a target has not had, the oldest first.
pub async fn waiting(client: &Client, target: &str, least: Weight) -> Result<Vec<Alert>, Failure> {
    let sql = "
        SELECT a.alert_id, to_char(a.raised_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI \"UTC\"'),
               a.kind, a.severity, a.subject, a.message
        FROM ntsb.alert a
        WHERE a.acknowledged_at IS NULL AND a.raised_at > now() - interval '7 days' AND a.severity = ANY ($2)
          AND NOT EXISTS (SELECT FROM ntsb.alert_delivery d WHERE d.alert_id = a.alert_id AND d.target = $1)
        ORDER BY a.alert_id";
    let rows = client.query(sql, &[&target, &least.and_above()]).await?;
    let alert = |row: &tokio_postgres::Row| {
        Ok(Alert {
            id: row.try_get(0)?,
            raised_at: row.try_get(1)?,
            kind: row.try_get(2)?,
            severity: row.try_get(3)?,
            subject: row.try_get(4)?,
            message: row.try_get(5)?,
        })
    };
    rows.iter().map(alert).collect()
}

impl Alert {
    pub async fn delivered(&self, client: &Client, target: &str) -> Result<(), Failure> {
        let sql = "INSERT INTO ntsb.alert_delivery (alert_id, target) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        client.execute(sql, &[&self.id, &target]).await?;
        Ok(())
    }

    pub fn title(&self) -> String {
        format!("{}: {} ({})", self.severity, self.kind, self.subject)
    }

    pub fn text(&self) -> String {
        format!(
            "{}\n\nRaised {} as alert {}.\nSELECT ntsb_acknowledge_alert({});",
            self.message, self.raised_at, self.id, self.id
        )
    }

    /// In Slack's markup, in which three characters mean something.
    pub fn markup(&self) -> String {
        let plain =
            |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!("*{}*\n{}", plain(&self.title()), plain(&self.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_call_everybody() {
        let alert = Alert {
            id: 7,
            raised_at: "2026-11-23 10:00 UTC".into(),
            kind: "drift".into(),
            severity: "warning".into(),
            subject: "severity 3".into(),
            message: "<!channel> a & b".into(),
        };
        let markup = alert.markup();
        assert!(
            markup.starts_with("*warning: drift (severity 3)*\n&lt;!channel&gt; a &amp; b"),
            "{markup}"
        );
        assert!(alert.text().contains("<!channel>"));
    }
}
