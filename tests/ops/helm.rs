//! The Helm chart in deploy/helm: lint, rendered manifests against the schemas of Kubernetes.
