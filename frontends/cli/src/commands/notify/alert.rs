//! Alerts and their delivery state.

use tokio_postgres::Client;

use crate::args::MinSeverity;
use crate::failure::Failure;

pub struct Alert {
    pub id: i64,
    raised_at: String,
    kind: String,
    severity: String,
    subject: String,
    message: String,
}

/// Fetches the alerts that have not been delivered to a target, oldest first.
pub async fn fetch_pending(
    client: &Client,
    target: &str,
    min_severity: MinSeverity,
) -> Result<Vec<Alert>, Failure> {
    let sql = "
        SELECT a.alert_id, to_char(a.raised_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI \"UTC\"'),
               a.kind, a.severity, a.subject, a.message
        FROM ntsb.alert a
        WHERE a.acknowledged_at IS NULL AND a.raised_at > now() - interval '7 days' AND a.severity = ANY ($2)
          AND NOT EXISTS (SELECT FROM ntsb.alert_delivery d WHERE d.alert_id = a.alert_id AND d.target = $1)
        ORDER BY a.alert_id";
    let rows = client.query(sql, &[&target, &min_severity.matching_severities()]).await?;
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
    pub async fn mark_delivered(&self, client: &Client, target: &str) -> Result<(), Failure> {
        let sql = "INSERT INTO ntsb.alert_delivery (alert_id, target) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        client.execute(sql, &[&self.id, &target]).await?;
        Ok(())
    }

    pub fn title(&self) -> String {
        format!("{}: {} ({})", self.severity, self.kind, self.subject)
    }

    pub fn text(&self) -> String {
        let Alert { id, raised_at, message, .. } = self;
        format!(
            "{message}\n\nAlert {id}, raised at {raised_at}. To acknowledge it:\n\
             SELECT ntsb_acknowledge_alert({id});"
        )
    }

    /// The alert in Slack's markup, which reserves three characters.
    pub fn slack_markup(&self) -> String {
        let escape =
            |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!("*{}*\n{}", escape(&self.title()), escape(&self.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_mention_a_channel() {
        let alert = Alert {
            id: 7,
            raised_at: "2026-11-23 10:00 UTC".into(),
            kind: "drift".into(),
            severity: "warning".into(),
            subject: "severity 3".into(),
            message: "<!channel> a & b".into(),
        };
        let markup = alert.slack_markup();
        assert!(
            markup.starts_with("*warning: drift (severity 3)*\n&lt;!channel&gt; a &amp; b"),
            "{markup}"
        );
        assert!(alert.text().contains("<!channel>"));
    }
}
