#!/bin/bash
# Creates the cluster and the warehouse in it where there is none yet, then starts the command.
#
#   POSTGRES_PASSWORD_FILE       password of postgres, the superuser; without it, it cannot log in by network
#   NTSB_SERVICE_PASSWORD_FILE   password of ntsb_web, the login of ntsb-rest; without it, it is not created
#   NTSB_LOADER_PASSWORD_FILE    password of ntsb_loader, which loads files; without it, it is not created
set -euo pipefail

# read_secret VARIABLE: the contents of the file that the variable names.
read_secret() {
  local file=${!1:-}
  [[ -n $file ]] || return 0
  [[ -r $file ]] || { echo "entrypoint: cannot read $file, which $1 names" >&2 && exit 1; }
  cat "$file"
}

# set_password NAME STATEMENT PASSWORD: through the environment, as arguments are visible to others.
set_password() {
  [[ -n $3 ]] || return 0
  NTSB_SECRET=$3 psql -XqAt -v ON_ERROR_STOP=1 -d ntsb -v name="$1" <<SQL
\\getenv password NTSB_SECRET
$2 PASSWORD :'password';
SQL
}

create_cluster() {
  local new=$PGDATA.new superuser service loader
  superuser=$(read_secret POSTGRES_PASSWORD_FILE)
  service=$(read_secret NTSB_SERVICE_PASSWORD_FILE)
  loader=$(read_secret NTSB_LOADER_PASSWORD_FILE)
  rm -rf "$new" && mkdir -p "${PGDATA%/*}"
  initdb --pgdata="$new" --username=postgres --encoding=UTF8 --locale=C.UTF-8 --data-checksums \
    --auth-local=peer --auth-host=scram-sha-256 >/dev/null
  cat >>"$new/postgresql.conf" <<'CONF'
listen_addresses = '*'
shared_preload_libraries = 'pg_cron'
cron.database_name = 'ntsb'
cron.use_background_workers = on
timezone = 'UTC'
log_destination = 'stderr'
include_if_exists = '/etc/ntsb/postgresql.conf'
include_dir = 'conf.d'
CONF
  mkdir "$new/conf.d"
  echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
  pg_ctl start --pgdata="$new" --wait --silent -o "-c listen_addresses='' -c shared_preload_libraries=''"
  psql -XqAt -v ON_ERROR_STOP=1 -d postgres -c 'CREATE DATABASE ntsb'
  PGOPTIONS='-c client_min_messages=warning' psql -XqAt -v ON_ERROR_STOP=1 -d ntsb \
    -c 'CREATE EXTENSION pg_ntsb CASCADE' -c 'CALL ntsb_create_roles()' -c 'CALL ntsb_create_warehouse()'
  set_password postgres 'ALTER ROLE :"name"' "$superuser"
  set_password ntsb_web 'CREATE ROLE :"name" IN ROLE ntsb_service LOGIN' "$service"
  set_password ntsb_loader 'CREATE ROLE :"name" IN ROLE ntsb_admin LOGIN' "$loader"
  pg_ctl stop --pgdata="$new" --wait --silent --mode=fast
  # A creation that broke off is begun anew.
  mv "$new" "$PGDATA"
}

if [[ ${1:-} == postgres && ! -f $PGDATA/PG_VERSION ]]; then
  echo "entrypoint: creating the cluster in $PGDATA" >&2
  create_cluster
fi
exec "$@"
