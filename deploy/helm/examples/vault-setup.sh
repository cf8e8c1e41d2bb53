#!/bin/sh
# Prepares Vault for secretstore-vault.yaml: a policy that reads one path, a role for the operator's service
# account, and random values. Needs VAULT_ADDR and a token that may write policies.
set -eu

vault policy write ntsb - <<'POLICY'
path "secret/data/ntsb/production" { capabilities = ["read"] }
POLICY
vault write auth/kubernetes/role/ntsb policies=ntsb ttl=1h \
  bound_service_account_names=external-secrets bound_service_account_namespaces=external-secrets
vault kv put -mount=secret ntsb/production \
  owner-password="$(openssl rand -hex 24)" \
  service-password="$(openssl rand -hex 24)" \
  jwt-secret="$(openssl rand -hex 32)"
