//! Renders the chart with the value sets of deploy/helm/ci.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use ntsb_tests::process::{ChildProcess, ProcessOutput, run, run_ok};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{optional_tool, repository};

const OLDEST: u32 = 28;
const NEWEST: u32 = 37;

/// The chart as deploy/helm/package.sh packages it.
pub struct Chart {
    folder: TempDir,
    helm: PathBuf,
}

impl Chart {
    /// None if there is no helm.
    pub fn package() -> Option<Chart> {
        let helm = optional_tool("NTSB_TEST_HELM")?;
        let folder = tempfile::tempdir().unwrap();
        let mut package = Command::new("sh");
        package.arg(repository().join("deploy/helm/package.sh")).arg(folder.path()).arg(&helm);
        run_ok(package);
        Some(Chart { folder, helm })
    }

    fn archive(&self) -> PathBuf {
        let mut files = fs::read_dir(self.folder.path()).unwrap().flatten().map(|file| file.path());
        files.find(|path| path.extension().is_some_and(|e| e == "tgz")).unwrap()
    }

    /// `helm ARGUMENTS` on the packaged chart.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut helm = Command::new(&self.helm);
        let home = self.folder.path().join("home");
        helm.env("HELM_CACHE_HOME", &home)
            .env("HELM_CONFIG_HOME", &home)
            .env("HELM_DATA_HOME", &home);
        helm.args(arguments).arg(self.archive());
        helm
    }

    pub fn lint(&self, values: &Path) -> ProcessOutput {
        let mut lint = self.command(&["lint", "--strict"]);
        lint.arg("--values").arg(values);
        run(lint)
    }

    pub fn template(&self, values: &Path, version: &str, set: &[&str]) -> ProcessOutput {
        self.start_template(values, version, set).finish()
    }

    fn start_template(&self, values: &Path, version: &str, set: &[&str]) -> ChildProcess {
        let mut template = self.command(&["template", "test"]);
        template.args(["--namespace", "ntsb", "--kube-version", version]);
        template.arg("--values").arg(values);
        for assignment in set {
            template.args(["--set", assignment]);
        }
        ChildProcess::start(template)
    }
}

pub fn value_sets() -> Vec<(String, PathBuf)> {
    let folder = repository().join("deploy/helm/ci");
    let mut sets: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|file| (file.path().file_stem().unwrap().to_string_lossy().into_owned(), file.path()))
        .collect();
    sets.sort();
    assert!(sets.len() >= 6, "{sets:?}");
    sets
}

/// The manifests of each value set for the newest Kubernetes.
pub type Manifests = BTreeMap<String, Vec<Value>>;

struct Report {
    manifests: Manifests,
    errors: Vec<String>,
    checked: u64,
    custom: u64,
}

/// Renders and validates every value set for every version of Kubernetes. None if a tool is missing.
fn validate_all() -> Option<Report> {
    let (chart, python) = (Chart::package()?, optional_tool("NTSB_TEST_KUBERNETES_PYTHON")?);
    let folder = tempfile::tempdir().unwrap();
    let mut renders = Vec::new();
    for version in (OLDEST..=NEWEST).rev() {
        let version = format!("1.{version}");
        // Side by side, as a run takes a tenth of a second.
        let processes: Vec<_> = value_sets()
            .into_iter()
            .map(|(name, values)| {
                (name, chart.start_template(&values, &format!("{version}.0"), &[]))
            })
            .collect();
        for (name, process) in processes {
            let output = process.finish();
            assert_eq!(output.code, Some(0), "{name}: {}", output.stderr);
            let file = folder.path().join(format!("{name}-{version}.yaml"));
            fs::write(&file, output.stdout).unwrap();
            renders.push(json!({ "name": name, "version": version, "file": file }));
        }
    }
    let examples = repository().join("deploy/helm/examples");
    for file in fs::read_dir(examples).unwrap().flatten().map(|file| file.path()) {
        if file.extension().is_some_and(|extension| extension == "yaml") {
            let version = format!("1.{NEWEST}");
            renders.push(json!({ "name": "examples", "version": version, "file": file }));
        }
    }
    Some(read_manifests(&python, &json!(renders)))
}

fn read_manifests(python: &Path, renders: &Value) -> Report {
    let folder = repository().join("tests/ops");
    let mut reader = Command::new(python);
    reader.arg(folder.join("read_manifests.py"));
    let job = json!({ "schemas": folder.join("schemas"), "renders": renders }).to_string();
    let output = ChildProcess::start_with_input(reader, &job).finish();
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let result: Value = serde_json::from_str(&output.stdout).unwrap();
    Report {
        manifests: serde_json::from_value(result["manifests"].clone()).unwrap(),
        errors: serde_json::from_value(result["errors"].clone()).unwrap(),
        checked: result["checked"].as_u64().unwrap(),
        custom: result["custom"].as_u64().unwrap(),
    }
}

fn report() -> Option<&'static Report> {
    static REPORT: OnceLock<Option<Report>> = OnceLock::new();
    REPORT.get_or_init(validate_all).as_ref()
}

/// The manifests of all value sets. None if a tool is missing.
pub fn manifests() -> Option<&'static Manifests> {
    report().map(|report| &report.manifests)
}

#[test]
fn every_value_set_passes_lint() {
    let Some(chart) = Chart::package() else { return };
    for (name, values) in value_sets() {
        let output = chart.lint(&values);
        assert_eq!(output.code, Some(0), "{name}: {}", output.all_output());
        assert!(!output.all_output().contains("funcMap fail"), "{name}: {}", output.all_output());
    }
}

#[test]
fn every_manifest_is_valid_for_kubernetes_1_28_to_1_37() {
    let Some(report) = report() else { return };
    assert_eq!(report.errors, Vec::<String>::new());
    // At least a Cluster, a monitor and rules in each version, and more of Kubernetes' own kinds.
    assert!(report.custom >= 30 && report.checked > 1_000, "{} {}", report.checked, report.custom);
    println!("{} manifests, {} of them custom resources", report.checked, report.custom);
}

/// The schemas of custom resources would be of no use if they accepted everything.
#[test]
fn a_wrong_field_of_a_custom_resource_is_found() {
    let Some(python) = optional_tool("NTSB_TEST_KUBERNETES_PYTHON") else { return };
    let folder = tempfile::tempdir().unwrap();
    for (kind, spec, expected) in [
        ("postgresql.cnpg.io/v1 Cluster", r#"{"instances": "3", "storage": {}}"#, "instances"),
        ("postgresql.cnpg.io/v1 Cluster", r#"{"instances": 3, "extensions": []}"#, "extensions"),
        ("postgresql.cnpg.io/v1 ScheduledBackup", r#"{"cluster": {"name": "a"}}"#, "schedule"),
        (
            "monitoring.coreos.com/v1 ServiceMonitor",
            r#"{"selector": {}, "endpoints": [{"prot": "x"}]}"#,
            "prot",
        ),
        (
            "monitoring.coreos.com/v1 PrometheusRule",
            r#"{"groups": [{"name": "a", "rules": [{"alert": "x"}]}]}"#,
            "expr",
        ),
        ("external-secrets.io/v1 ExternalSecret", r#"{"data": [{"secretKey": "a"}]}"#, "remoteRef"),
        (
            "apps/v1 Deployment",
            r#"{"replicas": 1, "selector": {}, "template": {}, "strategi": {}}"#,
            "strategi",
        ),
        ("example.com/v1 Unknown", "{}", "no schema"),
    ] {
        let (version, kind) = kind.split_once(' ').unwrap();
        let spec: Value = serde_json::from_str(spec).unwrap();
        let manifest = json!({ "apiVersion": version, "kind": kind, "metadata": { "name": "x" }, "spec": spec });
        let file = folder.path().join("manifest.yaml");
        fs::write(&file, manifest.to_string()).unwrap();
        let renders = json!([{ "name": "wrong", "version": "1.37", "file": file }]);
        let errors = read_manifests(&python, &renders).errors;
        assert_eq!(errors.len(), 1, "{kind}: {errors:?}");
        assert!(errors[0].contains(expected), "{kind}: {errors:?}");
    }
}

/// The rules have one source: the packaged chart holds those of deploy/monitoring.
#[test]
fn the_chart_installs_the_rules_of_deploy_monitoring() {
    let Some(manifests) = manifests() else { return };
    let production = &manifests["production"];
    let rule = production.iter().find(|m| m["kind"] == "PrometheusRule").unwrap();
    let installed: Vec<&str> = rule["spec"]["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| g["name"].as_str().unwrap())
        .collect();
    let folder = repository().join("deploy/monitoring/prometheus/rules");
    let mut groups = Vec::new();
    for file in fs::read_dir(folder).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        if name.ends_with(".yml") {
            let text = fs::read_to_string(file.path()).unwrap();
            let names = text.lines().filter_map(|line| line.trim_start().strip_prefix("- name: "));
            groups.extend(names.map(|name| name.trim_matches(['"', '\'']).to_owned()));
        }
    }
    assert!(!groups.is_empty());
    groups.sort();
    let mut sorted = installed;
    sorted.sort_unstable();
    assert_eq!(sorted, groups);
}
