//! What the rendered manifests must say, beyond being valid.

use serde_json::{Value, json};

use super::chart::{Manifests, manifests};

fn of_kind<'a>(manifests: &'a [Value], kind: &str) -> Vec<&'a Value> {
    manifests.iter().filter(|manifest| manifest["kind"] == kind).collect()
}

pub fn one<'a>(manifests: &'a [Value], kind: &str) -> &'a Value {
    let found = of_kind(manifests, kind);
    assert_eq!(found.len(), 1, "{kind}");
    found[0]
}

fn named<'a>(manifests: &'a [Value], kind: &str, suffix: &str) -> &'a Value {
    let found: Vec<_> = of_kind(manifests, kind)
        .into_iter()
        .filter(|m| m["metadata"]["name"].as_str().unwrap().ends_with(suffix))
        .collect();
    assert_eq!(found.len(), 1, "{kind} …{suffix}");
    found[0]
}

/// The pod specs of all workloads, with a title.
fn pods(manifests: &[Value]) -> Vec<(String, &Value)> {
    let mut pods = Vec::new();
    for manifest in manifests {
        let spec = match manifest["kind"].as_str().unwrap() {
            "Pod" => &manifest["spec"],
            "Deployment" | "StatefulSet" | "Job" => &manifest["spec"]["template"]["spec"],
            "CronJob" => &manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"],
            _ => continue,
        };
        pods.push((format!("{}/{}", manifest["kind"], manifest["metadata"]["name"]), spec));
    }
    pods
}

fn containers(pod: &Value) -> Vec<&Value> {
    let lists = [&pod["containers"], &pod["initContainers"]];
    lists.into_iter().filter_map(Value::as_array).flatten().collect()
}

fn all_sets(check: impl Fn(&str, &[Value])) {
    let Some(manifests): Option<&Manifests> = manifests() else { return };
    for (name, set) in manifests.iter().filter(|(name, _)| *name != "examples") {
        check(name, set);
    }
}

#[test]
fn every_container_is_restricted() {
    all_sets(|set, manifests| {
        let pods = pods(manifests);
        assert!(pods.len() >= 3, "{set}: {} pods", pods.len());
        for (name, pod) in pods {
            let context = &pod["securityContext"];
            assert_eq!(context["runAsNonRoot"], true, "{set} {name}");
            assert!(context["runAsUser"].as_u64().unwrap() > 0, "{set} {name}");
            assert_eq!(context["seccompProfile"]["type"], "RuntimeDefault", "{set} {name}");
            assert_eq!(pod["automountServiceAccountToken"], false, "{set} {name}");
            assert!(pod["hostNetwork"].is_null() && pod["hostPID"].is_null(), "{set} {name}");
            for container in containers(pod) {
                let context = &container["securityContext"];
                let expected = json!({ "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                                       "privileged": false, "capabilities": { "drop": ["ALL"] } });
                assert_eq!(context, &expected, "{set} {name}");
                assert!(container["resources"]["requests"]["memory"].is_string(), "{set} {name}");
                assert!(container["resources"]["limits"]["memory"].is_string(), "{set} {name}");
                let image = container["image"].as_str().unwrap();
                let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
                assert!(
                    !tag.is_empty() && tag != "latest" && !tag.contains('/'),
                    "{set} {name}: {image}"
                );
            }
        }
    });
}

/// No password is in a manifest other than a Secret, or in a command line.
#[test]
fn secrets_are_referenced_only() {
    all_sets(|set, manifests| {
        for (name, pod) in pods(manifests) {
            for container in containers(pod) {
                for variable in container["env"].as_array().into_iter().flatten() {
                    let variable_name = variable["name"].as_str().unwrap();
                    let is_secret = ["PASSWORD", "SECRET", "KEY", "REDIS_URL"]
                        .iter()
                        .any(|w| variable_name.contains(w));
                    assert!(
                        !is_secret || variable["valueFrom"]["secretKeyRef"]["key"].is_string(),
                        "{set} {name}: {variable_name}"
                    );
                }
            }
        }
        let wants_secrets = !matches!(set, "production" | "private");
        assert_eq!(of_kind(manifests, "Secret").len(), if wants_secrets { 3 } else { 0 }, "{set}");
        for secret in of_kind(manifests, "Secret") {
            let length = |value: &Value| base64_length(value.as_str().unwrap());
            if let Some(secret) = secret["data"].get("jwt-secret") {
                assert!(length(secret) >= 32, "{set}");
            } else {
                assert!(length(&secret["data"]["password"]) >= 32, "{set}");
            }
        }
    });
}

fn base64_length(text: &str) -> usize {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap().len()
}

#[test]
fn autoscaling_is_fast_up_and_slow_down() {
    let Some(manifests) = manifests() else { return };
    let spec = &one(&manifests["default"], "HorizontalPodAutoscaler")["spec"];
    assert_eq!((&spec["minReplicas"], &spec["maxReplicas"]), (&json!(2), &json!(20)));
    let targets: Vec<_> = spec["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| {
            (
                m["resource"]["name"].as_str().unwrap(),
                m["resource"]["target"]["averageUtilization"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(targets, [("cpu", 70), ("memory", 80)]);
    let (up, down) = (&spec["behavior"]["scaleUp"], &spec["behavior"]["scaleDown"]);
    assert_eq!(
        (&up["stabilizationWindowSeconds"], &down["stabilizationWindowSeconds"]),
        (&json!(0), &json!(300))
    );
    // From 2 to 20 pods: by 4 to 6, then by 6 (100 %) to 12, then to 20: three steps of 15 s.
    let fastest = |pods: u64| pods + (pods.max(4));
    assert_eq!((fastest(2), fastest(6), fastest(12).min(20)), (6, 12, 20));
    assert_eq!(up["policies"][0], json!({ "type": "Percent", "value": 100, "periodSeconds": 15 }));
    assert_eq!(up["policies"][1], json!({ "type": "Pods", "value": 4, "periodSeconds": 15 }));
    assert_eq!(down["policies"][1], json!({ "type": "Pods", "value": 1, "periodSeconds": 60 }));
    // The autoscaler and the Deployment must not both set the number of pods.
    assert!(one(&manifests["default"], "Deployment")["spec"]["replicas"].is_null());
    assert_eq!(one(&manifests["private"], "Deployment")["spec"]["replicas"], 3);
}

/// A rolling update loses no request: a new pod is ready first, the old one still serves while load balancers
/// notice, and then has time for the running requests.
#[test]
fn a_rolling_update_leaves_time_for_running_requests() {
    all_sets(|set, manifests| {
        let spec = &one(manifests, "Deployment")["spec"];
        assert_eq!(
            spec["strategy"]["rollingUpdate"],
            json!({ "maxSurge": 1, "maxUnavailable": 0 }),
            "{set}"
        );
        let pod = &spec["template"]["spec"];
        let pre_stop = &pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"];
        let shutdown = setting(manifests, "shutdown_seconds").parse::<u64>().unwrap();
        // The service waits shutdown_seconds for requests, then up to 3 s for WebSockets.
        let needed = pre_stop.as_u64().unwrap() + shutdown + 3;
        assert!(pod["terminationGracePeriodSeconds"].as_u64().unwrap() >= needed + 5, "{set}");
        // The longest query of a request ends before that, too: shutdown_seconds covers its timeout (10 s).
        assert!(shutdown >= 10, "{set}");
    });
}

fn setting(manifests: &[Value], name: &str) -> String {
    let config = named(manifests, "ConfigMap", "-service");
    let text = config["data"]["ntsb-rest.toml"].as_str().unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} = ")));
    line.unwrap_or_else(|| panic!("{name} is missing in {text}")).to_owned()
}

#[test]
fn jobs_never_run_twice_at_the_same_time() {
    all_sets(|set, manifests| {
        for job in of_kind(manifests, "CronJob") {
            assert_eq!(job["spec"]["concurrencyPolicy"], "Forbid", "{set}");
            assert!(job["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"].is_u64(), "{set}");
        }
    });
    let Some(manifests) = manifests() else { return };
    let arguments = |suffix: &str| {
        let job = named(&manifests["production"], "CronJob", suffix);
        job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"].clone()
    };
    assert_eq!(arguments("-sync"), json!(["sync", "--api"]));
    assert_eq!(arguments("-dags"), json!(["run-dags"]));
    assert_eq!(of_kind(&manifests["production"], "CronJob").len(), 3);
}

#[test]
fn the_cluster_has_the_extension_backups_and_synchronous_standbys() {
    let Some(manifests) = manifests() else { return };
    let spec = &one(&manifests["production"], "Cluster")["spec"];
    let extension = &spec["postgresql"]["extensions"][0];
    assert_eq!(extension["image"]["reference"], "localhost/ntsb-cloudnativepg:0.5.0");
    assert_eq!(extension["name"], "ntsb");
    assert_eq!(
        (&spec["instances"], &spec["postgresql"]["synchronous"]["number"]),
        (&json!(3), &json!(1))
    );
    let store = &spec["backup"]["barmanObjectStore"];
    assert_eq!(store["destinationPath"], "s3://ntsb-backups/production");
    assert_eq!(
        (&store["wal"]["encryption"], &store["data"]["encryption"]),
        (&json!("AES256"), &json!("AES256"))
    );
    assert_eq!(spec["backup"]["retentionPolicy"], "30d");
    assert_eq!(
        one(&manifests["production"], "ScheduledBackup")["spec"]["cluster"]["name"],
        "ntsb-db"
    );
    let iam =
        &one(&manifests["without-monitoring"], "Cluster")["spec"]["backup"]["barmanObjectStore"];
    assert_eq!(iam["s3Credentials"], json!({ "inheritFromIAMRole": true }));
    assert!(of_kind(&manifests["external"], "Cluster").is_empty());
}

#[test]
fn the_ingress_uses_tls_and_does_not_lead_to_the_metrics() {
    let Some(manifests) = manifests() else { return };
    let set = &manifests["production"];
    let spec = &one(set, "Ingress")["spec"];
    assert_eq!(spec["tls"][0]["hosts"][0], spec["rules"][0]["host"]);
    assert_eq!(spec["rules"][0]["http"]["paths"][0]["backend"]["service"]["port"]["name"], "http");
    assert_eq!(setting(set, "metrics_listen"), "\"0.0.0.0:9015\"");
    let ports = &one(set, "Deployment")["spec"]["template"]["spec"]["containers"][0]["ports"];
    assert_eq!(ports[1], json!({ "name": "metrics", "containerPort": 9015 }));
    // Batches of predictions have up to 16 MiB.
    let body = &one(set, "Ingress")["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"];
    assert_eq!(body, "16m");
}

/// The pods of the service together open fewer connections than the database accepts.
#[test]
fn the_database_accepts_the_connections_of_all_pods() {
    all_sets(|set, manifests| {
        let scaler = of_kind(manifests, "HorizontalPodAutoscaler");
        let pods = scaler.first().map_or_else(
            || one(manifests, "Deployment")["spec"]["replicas"].as_u64(),
            |scaler| scaler["spec"]["maxReplicas"].as_u64(),
        );
        let number = |name: &str| setting(manifests, name).parse::<u64>().unwrap();
        let needed = pods.unwrap() * (number("pool_size") + number("export_pool_size") + 4);
        let accepted = of_kind(manifests, "Cluster")
            .first()
            .map(|cluster| {
                cluster["spec"]["postgresql"]["parameters"]["max_connections"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .or_else(|| {
                let configs = of_kind(manifests, "ConfigMap");
                let text =
                    configs.iter().find_map(|config| config["data"]["postgresql.conf"].as_str())?;
                let line = text.lines().find_map(|line| line.strip_prefix("max_connections = "))?;
                Some(line.trim_matches('\'').to_owned())
            });
        // Some are for jobs, replication and administration.
        if let Some(accepted) = accepted {
            assert!(needed + 20 <= accepted.parse().unwrap(), "{set}: {needed} of {accepted}");
        }
    });
}
