//! `ntsb doctor`: checks everything that a working warehouse needs and suggests fixes.

mod checks;
mod disk;

use console::{Color, Style};
use serde::Serialize;
use serde_json::json;
use tokio_postgres::Client;

use crate::args::{DoctorArgs, Output};
use crate::database::connect;
use crate::failure::Failure;
use crate::output::ResultSet;
use crate::output::{Terminal, one_line};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Ok,
    /// Works, but should be improved.
    Warning,
    /// Does not work.
    Problem,
}

/// The result of one check, with a suggested fix.
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
        let _step = terminal.start_step("checking the database");
        run_checks(&client, args.deep).await?
    };
    match args.output.output {
        Output::Table => terminal.print(&format_findings(&findings))?,
        _ => to_result_set(&findings).print(args.output, terminal)?,
    }
    let problems = findings.iter().filter(|f| f.verdict == Verdict::Problem).count();
    match problems {
        0 => Ok(()),
        1 => Err(Failure::Other("1 check failed, see above".to_owned())),
        n => Err(Failure::Other(format!("{n} checks failed, see above"))),
    }
}

/// Runs the checks in order. Most of them are skipped without a working warehouse.
async fn run_checks(client: &Client, deep: bool) -> Result<Vec<Finding>, Failure> {
    let mut findings = vec![checks::check_server(client).await?];
    findings.extend(checks::check_extensions(client).await?);
    findings.extend(disk::check_free_space(client).await?);
    let warehouse = checks::check_warehouse(client).await?;
    let has_warehouse = warehouse.verdict != Verdict::Problem;
    findings.push(warehouse);
    if has_warehouse {
        findings.push(checks::check_loads(client).await?);
        findings.push(checks::check_derived_data(client).await?);
        findings.push(checks::check_quarantine(client).await?);
        findings.push(checks::check_maintenance(client).await?);
        findings.push(checks::check_role(client).await?);
        if deep {
            findings.push(checks::check_change_log(client).await?);
        }
    }
    findings.push(checks::check_pipelines(client).await?);
    findings.push(checks::check_schedule(client).await?);
    Ok(findings)
}

fn format_findings(findings: &[Finding]) -> String {
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

fn to_result_set(findings: &[Finding]) -> ResultSet {
    let rows = findings.iter().map(|f| json!(f).to_string()).collect();
    ResultSet::with_text_columns(&["check", "verdict", "found", "advice"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_printed_below_its_finding() {
        let findings = [
            Finding::ok("server", "PostgreSQL 15.20"),
            Finding::problem("warehouse", "there is none", "CALL ntsb_create_warehouse()"),
        ];
        let text = format_findings(&findings);
        assert_eq!(
            console::strip_ansi_codes(&text),
            "ok       server     PostgreSQL 15.20\n\
             PROBLEM  warehouse  there is none\n                    CALL ntsb_create_warehouse()\n"
        );
    }
}
