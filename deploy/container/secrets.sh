#!/bin/sh
# Writes the secrets of compose.yaml with random values into a folder that only its owner may enter.
# Existing files are kept. usage: secrets.sh [FOLDER]
set -eu
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"
# The containers' users read the files, hence 0644 inside a folder of 0700.
umask 022

random() { openssl rand -hex 24; }
keep() { [ -s "$1" ] || printf '%s\n' "$2" >"$1"; }

keep owner_username ntsb
keep owner_password "$(random)"
keep service_username ntsb_web
keep service_password "$(random)"
keep exporter_password "$(random)"
keep grafana_login_password "$(random)"
keep grafana_password "$(random)"
keep redis.conf "requirepass $(random)"
# Fill these in to receive alerts.
for name in slack_url pagerduty_key smtp_password; do [ -e "$name" ] || : >"$name"; done

redis=$(sed -n 's/^requirepass //p' redis.conf)
keep ntsb-rest.toml "listen = \"0.0.0.0:8015\"
database = \"host=database dbname=ntsb user=$(cat service_username) password=$(cat service_password) sslmode=verify-full sslrootcert=/run/secrets/database.crt\"
redis_url = \"redis://:$redis@redis:6379\"
jwt_secret = \"$(openssl rand -hex 32)\"
otlp_endpoint = \"http://otel-collector:4318\"
shutdown_seconds = 20"
keep pg_service.conf "[ntsb]
host=database
dbname=ntsb
user=$(cat owner_username)
password=$(cat owner_password)
sslmode=verify-full
sslrootcert=/run/secrets/database.crt"
keep s3.json "{\"identities\": [{\"name\": \"ntsb\", \"actions\": [\"Admin\", \"Read\", \"Write\", \"List\"],
  \"credentials\": [{\"accessKey\": \"ntsb\", \"secretKey\": \"$(random)\"}]}]}"
# Certificates of the database and the object store, each its own authority.
for name in database s3; do
  [ -s "$name.crt" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -subj "/CN=$name" -addext "subjectAltName=DNS:$name" -keyout "$name.key" -out "$name.crt" 2>/dev/null
done
chmod 644 ./*
