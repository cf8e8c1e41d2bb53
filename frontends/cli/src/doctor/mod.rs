//! `ntsb doctor`: looks at everything that a working warehouse needs, and says what to do.

mod checks;
mod disk;

use console::{Color, Style};
use serde::Serialize;
use serde_json::json;
use tokio_postgres::Client;

use crate::answer::Answer;
use crate::args::{DoctorArgs, Output};
use crate::connect::connect;
use crate::failure::Failure;
use crate::terminal::{Terminal, one_line};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Ok,
    /// Works, and could be better.
    Warning,
    /// Does not work.
    Problem,
}

/// What was looked at, what was found there, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub check: &'static str,
    pub verdict: Verdict,
    pub found: String,
    pub advice: Option<String>,
}

impl Finding {
    pub fn ok(check: &'static str, found: impl Into<String>) -> Finding {
        Finding { check, verdict: Verdict::Ok, found: found.into(), advice: None }
    }

    pub fn warning(
        check: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Finding {
        let advice = Some(advice.into());
        Finding { check, verdict: Verdict::Warning, found: found.into(), advice }
    }

    pub fn problem(
        check: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Finding {
        let advice = Some(advice.into());
        Finding { check, verdict: Verdict::Problem, found: found.into(), advice }
    }
}

pub async fn run(args: &DoctorArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    let findings = {
        let _step = terminal.step("looking");
        findings(&client, args.deep).await?
    };
    match args.output.output {
        Output::Table => terminal.result(&told(&findings))?,
        _ => answer(&findings).show(args.output, terminal)?,
    }
    let problems = findings.iter().filter(|f| f.verdict == Verdict::Problem).count();
    match problems {
        0 => Ok(()),
        1 => Err(Failure::Other("something does not work, see above".to_owned())),
        n => Err(Failure::Other(format!("{n} things do not work, see above"))),
    }
}

/// Later checks rest on what earlier ones found: without a warehouse there is nothing more to see.
async fn findings(client: &Client, deep: bool) -> Result<Vec<Finding>, Failure> {
    let mut findings = vec![checks::server(client).await?];
    findings.extend(checks::extensions(client).await?);
    findings.extend(disk::room(client).await?);
    let warehouse = checks::warehouse(client).await?;
    let stands = warehouse.verdict != Verdict::Problem;
    findings.push(warehouse);
    if stands {
        findings.push(checks::loads(client).await?);
        findings.push(checks::derived(client).await?);
        findings.push(checks::quarantine(client).await?);
        findings.push(checks::maintenance(client).await?);
        findings.push(checks::role(client).await?);
        if deep {
            findings.push(checks::change_log(client).await?);
        }
    }
    findings.push(checks::schedule(client).await?);
    Ok(findings)
}

fn told(findings: &[Finding]) -> String {
    let width = findings.iter().map(|f| f.check.len()).max().unwrap_or(0);
    let mut text = String::new();
    for finding in findings {
        let (word, color) = match finding.verdict {
            Verdict::Ok => ("ok     ", Color::Green),
            Verdict::Warning => ("warning", Color::Yellow),
            Verdict::Problem => ("PROBLEM", Color::Red),
        };
        let word = Style::new().fg(color).apply_to(word);
        text += &format!("{word}  {:width$}  {}\n", finding.check, one_line(&finding.found));
        if let Some(advice) = &finding.advice {
            text += &format!("{:9}{:width$}  {}\n", "", "", one_line(advice));
        }
    }
    text
}

fn answer(findings: &[Finding]) -> Answer {
    let rows = findings.iter().map(|f| json!(f).to_string()).collect();
    Answer::of_text(&["check", "verdict", "found", "advice"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_stands_below_what_it_is_about() {
        let findings = [
            Finding::ok("server", "PostgreSQL 15.20"),
            Finding::problem("warehouse", "there is none", "CALL ntsb_create_warehouse()"),
        ];
        let text = told(&findings);
        assert_eq!(
            console::strip_ansi_codes(&text),
            "ok       server     PostgreSQL 15.20\n\
             PROBLEM  warehouse  there is none\n                    CALL ntsb_create_warehouse()\n"
        );
    }
}
