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
keep monitor_username ntsb_monitor
keep monitor_password "$(random)"
keep grafana_password "$(random)"
keep redis.conf "requirepass $(random)"
# Fill these in to receive alerts.
for name in slack_url pagerduty_key smtp_password; do [ -e "$name" ] || : >"$name"; done

redis=$(sed -n 's/^requirepass //p' redis.conf)
keep ntsb-rest.toml "listen = \"0.0.0.0:8015\"
database = \"host=database dbname=ntsb user=$(cat service_username) password=$(cat service_password) sslmode=disable\"
redis_url = \"redis://:$redis@redis:6379\"
jwt_secret = \"$(openssl rand -hex 32)\"
otlp_endpoint = \"http://otel-collector:4318\"
shutdown_seconds = 20"
keep pg_service.conf "[ntsb]
host=database
dbname=ntsb
user=$(cat owner_username)
password=$(cat owner_password)
sslmode=disable"
keep s3.json "{\"identities\": [{\"name\": \"ntsb\", \"actions\": [\"Admin\", \"Read\", \"Write\", \"List\"],
  \"credentials\": [{\"accessKey\": \"ntsb\", \"secretKey\": \"$(random)\"}]}]}"
# pgBackRest needs TLS; it is given s3.crt as the authority.
[ -s s3.crt ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=s3 \
  -addext subjectAltName=DNS:s3 -keyout s3.key -out s3.crt 2>/dev/null
chmod 644 ./*
