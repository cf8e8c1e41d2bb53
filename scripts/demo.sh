# shellcheck shell=bash
# shellcheck disable=SC2154 # sourced by dev, whose variables and functions it uses
# The demo: sample data, example queries, and the REST service.

cmd_demo() {
  use_built_profile
  say "The sample data are made up: no row is a real accident."
  open_database
  [[ -z $(sql -c "SELECT source FROM ntsb.batch EXCEPT VALUES ('sample.zip'), ('up08NOV.zip')") ]] ||
    die "the database holds other data, which the sample would replace; remove it first: ./dev down --delete"
  cmd_ntsb load --full "$root/tests/fixtures/sample.zip"
  cmd_ntsb load "$root/tests/fixtures/up08NOV.zip"
  "$pg_bin/psql" -Xq -f "$root/scripts/demo.sql"
  start_service
}

# The service runs until ./dev down.
start_service() {
  local port=8015 output=$base/log/rest.log
  stop_service
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((RANDOM % 20000 + 20000)); done
  sql -c "CALL ntsb_create_roles()" -c "DO \$\$ BEGIN IF to_regrole('ntsb_demo') IS NULL THEN
    CREATE ROLE ntsb_demo LOGIN IN ROLE ntsb_service; END IF; END \$\$"
  PGUSER=ntsb_demo setsid "$NTSB_SERVICE_BIN" --listen "127.0.0.1:$port" >"$output" 2>&1 </dev/null &
  echo $! >"$base/rest.pid"
  say "The same data over HTTP (all endpoints: http://127.0.0.1:$port/docs):"
  say "  curl 'http://127.0.0.1:$port/api/v1/events?state=AK&severity=FATL&limit=2'"
  say "  curl 'http://127.0.0.1:$port/api/v1/search?q=engine+power&limit=2'"
  say "  curl -H 'accept: text/csv' 'http://127.0.0.1:$port/api/v1/stats/yearly?from_year=2020'"
}

stop_service() {
  local pid
  pid=$(cat "$base/rest.pid" 2>/dev/null) || return 0
  if [[ $(readlink "/proc/$pid/exe") == "$CARGO_TARGET_DIR/"*/ntsb-rest* ]]; then kill "$pid"; fi
  rm -f "$base/rest.pid"
}

