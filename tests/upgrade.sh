#!/usr/bin/env bash
# The upgrades, run by `./dev test upgrade` against the throw-away server that the
# PG variables name. A database that came from an older release must end up as one
# that was made anew, with its rows and their history. Each release leaves two files in
# tests/upgrade: its installation script pg_ntsb--VERSION.sql, which is copied to where
# PostgreSQL looks, and warehouse-VERSION.sql.gz, a small warehouse that it made and
# loaded twice, by pg_dump --schema='ntsb*', which leaves out the extension btree_gist that it uses.
# shellcheck disable=SC2317 # `check` calls the tests by name
set -euo pipefail
shopt -s nullglob

here=$(cd "$(dirname "$0")" && pwd)
scripts=$(pg_config --sharedir)/extension
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT

sql() { PGOPTIONS='-c client_min_messages=warning' psql -XqAt -v ON_ERROR_STOP=1 "$@"; }

# What the database holds of us: the extension's members with their definitions,
# and the warehouse. pg_dump's \restrict lines are random; a view that was restored from a dump
# has fewer parentheses.
describe() {
  sql -d "$1" -f - <<'SQL'
SELECT pg_describe_object(classid, objid, 0), md5(pg_get_functiondef(objid))
FROM pg_depend
JOIN pg_proc ON pg_proc.oid = objid AND prokind <> 'a'
WHERE deptype = 'e' AND classid = 'pg_proc'::regclass
  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_ntsb')
ORDER BY 1;
SQL
  pg_dump --schema-only --schema='ntsb*' "$1" | sed '/^\\\(un\)\?restrict /d; s/[()]//g'
}

make() {
  sql -d postgres -c "CREATE DATABASE $1"
  sql -d "$1" -c "CREATE EXTENSION pg_ntsb CASCADE" -c "CALL ntsb_create_warehouse()"
}

upgrade() {
  sql -d "$1" -c "ALTER EXTENSION pg_ntsb UPDATE" -c "CALL ntsb_create_warehouse()"
}

same_as_fresh() {
  describe "$1" >"$run/$1" && diff "$run/fresh" "$run/$1"
}

again() { make again && upgrade again && same_as_fresh again; }

# from VERSION
from() {
  local database=from_${1//[!0-9]/_} copy=install
  [[ -w $scripts ]] || copy='sudo install'
  $copy -m 644 "$here/upgrade/pg_ntsb--$1.sql" "$scripts/" &&
    sql -d postgres -c "CREATE DATABASE $database" &&
    sql -d "$database" -c "CREATE EXTENSION pg_ntsb VERSION \"$1\" CASCADE" \
      -c "CREATE EXTENSION btree_gist" &&
    gunzip -c "$here/upgrade/warehouse-$1.sql.gz" | sql -d "$database" >"$run/restored" &&
    upgrade "$database" && same_as_fresh "$database" && keeps_its_rows "$database"
}

# The rows that the release left: still there, hashed alike, with their history.
keeps_its_rows() {
  [[ $(sql -d "$1" -c "
    SELECT count(*) FILTER (WHERE encode(content_hash, 'hex')
             = ntsb_content_hash(to_jsonb(e) - ntsb_unhashed_columns('events'))),
           (SELECT count(*) FROM ntsb_event_history('20190105X00001')),
           (SELECT count(*) FROM ntsb_verify_change_log())
    FROM ntsb.events e") == '2|4|0' ]]
}

# One line a test, as pg_regress writes it.
check() {
  local start=${EPOCHREALTIME/./} result=ok
  "$@" || result=FAILED
  printf 'test %-33s ... %-6s %7d ms\n' "$*" "$result" $(((${EPOCHREALTIME/./} - start) / 1000))
  [[ $result == ok ]]
}

make fresh
describe fresh >"$run/fresh"
status=0
check again || status=1
for release in "$here"/upgrade/pg_ntsb--*.sql; do
  release=${release##*pg_ntsb--}
  check from "${release%.sql}" || status=1
done
exit "$status"
