# shellcheck shell=bash
# shellcheck disable=SC2154 # sourced by dev, whose variables and functions it uses
# Private PostgreSQL clusters. Their folders are closed to other users, so `trust` is enough.

is_running() { as_server "$pg_bin/pg_ctl" status -D "$clusters/$1" &>/dev/null; }

make_folders() {
  mkdir -p "$clusters" "$sockets"
  chmod 700 "$clusters" "$sockets"
  ((EUID)) || chown postgres: "$clusters" "$sockets"
  as_server mkdir -p "$sockets/$1" || die "postgres must be able to enter $base: change PG_NTSB_HOME"
}

# pg_cron runs its jobs in background workers, as a connection would need a password.
create_cluster() {
  local data=$clusters/$1
  if [[ -d $data ]]; then return; fi
  rm -rf "$data.new"
  step "creating the cluster $1" as_server "$pg_bin/initdb" -D "$data.new" -U postgres \
    --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256
  cat >>"$data.new/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
shared_preload_libraries = 'pg_cron'
cron.database_name = 'ntsb'
cron.use_background_workers = on
shared_buffers = '512MB'
work_mem = '64MB'
maintenance_work_mem = '512MB'
max_wal_size = '4GB'
jit = off
timezone = 'UTC'
CONF
  mv "$data.new" "$data"
}

# start_cluster NAME PORT [OPTIONS]: uses another port if PORT is in use. The port may be taken between
# the check and the start, hence three attempts.
start_cluster() {
  local name=$1 port=$2 data=$clusters/$1
  if is_running "$name"; then return; fi
  make_folders "$name"
  create_cluster "$name"
  for _ in 1 2 3; do
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((RANDOM % 20000 + 20000)); done
    if as_server "$pg_bin/pg_ctl" start -w -D "$data" -l "$data/server.log" \
      -o "-p $port -k $sockets/$name ${*:3}" &>/dev/null </dev/null; then return; fi
    port=$((port + 1))
  done
  tail -n 20 "$data/server.log" >&2
  die "the cluster $name does not start; see its log $data/server.log"
}

stop_cluster() {
  if is_running "$1"; then as_server "$pg_bin/pg_ctl" stop -w -D "$clusters/$1" -m "$2" >&2; fi
}

sql() { PGOPTIONS='-c client_min_messages=warning' "$pg_bin/psql" -XqAt -v ON_ERROR_STOP=1 "$@"; }

# psql, ntsb and the tests find the server by libpq's variables. The user's own, which may name another
# server, are removed.
use_cluster() {
  export PGHOST=$sockets/$1 PGPORT PGUSER=postgres PGDATABASE=ntsb
  PGPORT=$(sed -n 4p "$clusters/$1/postmaster.pid")
  unset DATABASE_URL PGHOSTADDR PGSERVICE PGOPTIONS
  sql -l | grep '^ntsb|' >/dev/null || sql -d postgres -c "CREATE DATABASE ntsb"
}

# ALTER EXTENSION … UPDATE does nothing within one version, so a rebuilt extension is dropped and created.
# PostgreSQL refuses that where indexes or views use its functions.
refresh_extension() {
  sql -c "CREATE EXTENSION IF NOT EXISTS pg_cron" \
    -c "CREATE EXTENSION IF NOT EXISTS pg_ntsb CASCADE" -c "ALTER EXTENSION pg_ntsb UPDATE"
  if [[ -n $1 ]]; then
    sql -1 -c "DROP EXTENSION pg_ntsb" -c "CREATE EXTENSION pg_ntsb" ||
      say "This database keeps the functions of the earlier build. To replace them: ./dev down --delete"
  fi
  sql -c "CALL ntsb_create_warehouse()"
}

