#!/bin/sh
# Runs PostgreSQL in the foreground.
set -eu
bin=${NTSB_PG_BIN:-$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1)}
exec "$bin/postgres" -D "$PGDATA" -c config_file="$NTSB_CONFIG/postgresql.conf" "$@"
