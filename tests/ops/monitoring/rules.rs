//! The alerts: valid, tested on both sides of their limits, and explained in docs/runbook.md.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

use ntsb_tests::process::{run, run_ok};

use super::{alert_names, command, list, path, read, read_rules};

#[test]
fn prometheus_accepts_the_configuration_and_the_rules() {
    let output = run_ok(command(
        "promtool",
        &["check", "config", path("prometheus/prometheus.yml").to_str().unwrap()],
    ));
    let files = list("prometheus/rules");
    assert_eq!(output.matches("rules found").count(), files.len(), "{output}");
    // Lint errors are duplicate rules.
    let mut check = command("promtool", &["check", "rules", "--lint=all", "--lint-fatal"]);
    check.args(files.iter().map(|name| path("prometheus/rules").join(name)));
    run_ok(check);
}

#[test]
fn each_alert_fires_when_it_should_and_only_then() {
    let files = list("prometheus/tests");
    let text: String = files.iter().map(|name| read(&format!("prometheus/tests/{name}"))).collect();
    let names: Vec<&str> =
        text.lines().filter_map(|line| line.trim().strip_prefix("- name: ")).collect();
    for alert in alert_names() {
        for what in ["fires", "does not fire"] {
            let start = format!("{alert} {what}");
            assert!(names.iter().any(|name| name.starts_with(&start)), "no test {start}");
        }
    }
    thread::scope(|scope| {
        for name in &files {
            scope.spawn(move || {
                let file = path("prometheus/tests").join(name);
                run_ok(command("promtool", &["test", "rules", file.to_str().unwrap()]))
            });
        }
    });
}

/// The tests would pass whatever the rules are, if promtool did not compare.
#[test]
fn the_tests_of_the_rules_notice_a_wrong_limit() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["rules", "tests"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let copy = |from: &str, change: (&str, &str)| {
        let text = read(&format!("prometheus/{from}"));
        assert!(change.0.is_empty() || text.contains(change.0), "{from} lacks {}", change.0);
        std::fs::write(folder.path().join(from), text.replace(change.0, change.1)).unwrap();
    };
    let test = folder.path().join("tests/data.test.yml");
    std::fs::write(&test, read("prometheus/tests/data.test.yml")).unwrap();
    for change in
        [("> 50", "> 51"), ("> 10\n", "> 9\n"), ("1.25 *", "1.2 *"), ("for: 2h", "for: 1h")]
    {
        copy("rules/data.yml", change);
        let output = run(command("promtool", &["test", "rules", test.to_str().unwrap()]));
        assert_eq!(output.code, Some(1), "{change:?}: {}", output.all_output());
    }
}

/// The headings and texts of the alerts in docs/runbook.md.
fn runbook_sections() -> Vec<(String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/runbook.md");
    let text = std::fs::read_to_string(file).unwrap();
    let sections = text.split("\n### ").skip(1).map(|section| {
        let section = section.split("\n## ").next().unwrap();
        let (heading, body) = section.split_once('\n').unwrap();
        (heading.to_owned(), body.to_owned())
    });
    sections.collect()
}

#[test]
fn the_runbook_explains_each_alert() {
    let sections = runbook_sections();
    let headings: BTreeSet<&String> = sections.iter().map(|(heading, _)| heading).collect();
    let alerts = alert_names();
    assert_eq!(headings, alerts.iter().collect(), "headings of docs/runbook.md, and alerts");
    for (heading, body) in &sections {
        for part in ["**Meaning.** ", "**First look.**", "```", "**Remedy.** "] {
            assert!(body.contains(part), "{heading} has no {part}");
        }
    }
}

#[test]
fn each_alert_links_to_its_section_of_the_runbook() {
    let rules = read_rules();
    for rule in rules.split("- alert: ").skip(1) {
        let (name, body) = rule.split_once('\n').unwrap();
        let body = body.split("- alert: ").next().unwrap();
        let link =
            format!("runbook_url: https://ntsb.example/docs/runbook.md#{}\n", name.to_lowercase());
        assert!(body.contains(&link), "{name}: {body}");
    }
}
