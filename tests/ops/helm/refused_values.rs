//! values.schema.json and the templates refuse wrong values, with a message that names the value.

use super::chart::Chart;
use super::repository;

/// The assignment of `--set`, and what the message contains.
const WRONG: &[(&str, &str)] = &[
    ("database.kind=mysql", "/database/kind"),
    ("database.kind=external", "database.external."),
    ("database.name=Robert'); DROP TABLE", "/database/name"),
    ("database.owner=NTSB", "/database/owner"),
    ("database.storage.size=many", "/database/storage/size"),
    ("database.resources.limits.memory=4 GB", "/database/resources/limits/memory"),
    ("database.parameters.shared_buffers=1'", "/database/parameters/shared_buffers"),
    ("database.cloudnativepg.instances=0", "/database/cloudnativepg/instances"),
    ("database.cloudnativepg.dataDurability=none", "/database/cloudnativepg/dataDurability"),
    ("database.external.sslmode=on", "/database/external/sslmode"),
    ("database.external.networks[0]=10.0.0.0", "/database/external/networks/0"),
    ("backup.enabled=true", "backup.destinationPath is needed"),
    ("backup.destinationPath=ftp://a", "/backup/destinationPath"),
    ("backup.endpointURL=http://a", "/backup/endpointURL"),
    ("backup.schedule=15 1 * * *", "/backup/schedule"),
    ("backup.retentionPolicy=forever", "/backup/retentionPolicy"),
    ("service.replicas=0", "/service/replicas"),
    ("service.replicas=two", "/service/replicas"),
    ("service.settings.pool=8", "pool"),
    ("service.settings.pool_size=-1", "/service/settings/pool_size"),
    ("service.settings.listen=0.0.0.0:80", "listen"),
    ("service.settings.jwt_secret=hunter2", "jwt_secret"),
    ("service.runAsUser=0", "/service/runAsUser"),
    ("service.trustedProxies[0]=everyone", "/service/trustedProxies/0"),
    ("service.image.pullPolicy=Sometimes", "/service/image/pullPolicy"),
    ("service.image.tag=a b", "/service/image/tag"),
    ("service.port=70000", "/service/port"),
    ("autoscaling.targetCPU=700", "/autoscaling/targetCPU"),
    (
        "autoscaling.minReplicas=30",
        "autoscaling.minReplicas must be at most autoscaling.maxReplicas (20), got 30",
    ),
    ("podDisruptionBudget.maxUnavailable=0", "/podDisruptionBudget/maxUnavailable"),
    ("ingress.host=localhost", "/ingress/host"),
    ("ingress.tlsSecret=", "/ingress/tlsSecret"),
    ("jobs.sync.schedule=daily", "/jobs/sync/schedule"),
    ("jobs.sync.args=sync", "/jobs/sync/args"),
    ("monitoring.serviceMonitor.interval=15", "/monitoring/serviceMonitor/interval"),
    ("externalSecrets.storeKind=Vault", "/externalSecrets/storeKind"),
    ("tests.image=", "/tests/image"),
    ("servce.replicas=3", "servce"),
];

#[test]
fn wrong_values_are_refused() {
    let Some(chart) = Chart::package() else { return };
    let values = repository().join("deploy/helm/ci/default.yaml");
    for (assignment, expected) in WRONG {
        let output = chart.template(&values, "1.35.0", &[assignment]);
        assert_ne!(output.code, Some(0), "{assignment} is accepted");
        let message = output.stderr.replace("at '", "'");
        assert!(message.contains(expected), "{assignment}: {message}");
    }
}

#[test]
fn combinations_that_cannot_work_are_refused() {
    let Some(chart) = Chart::package() else { return };
    let values = repository().join("deploy/helm/ci");
    for (set, assignment, expected) in [
        ("statefulset", "backup.enabled=true", "backup.enabled needs database.kind: cloudnativepg"),
        ("statefulset", "monitoring.databaseMonitor=true", "monitoring.databaseMonitor needs"),
        ("external", "database.external.networks=null", "database.external.networks is needed"),
    ] {
        let output = chart.template(&values.join(format!("{set}.yaml")), "1.35.0", &[assignment]);
        assert_ne!(output.code, Some(0), "{set} {assignment} is accepted");
        assert!(output.stderr.contains(expected), "{set} {assignment}: {}", output.stderr);
    }
    let old = chart.template(&values.join("default.yaml"), "1.27.0", &[]);
    assert!(old.code != Some(0) && old.stderr.contains("kubeVersion"), "{}", old.stderr);
}
