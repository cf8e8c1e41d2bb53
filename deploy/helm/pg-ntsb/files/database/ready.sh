#!/bin/sh
# Succeeds if PostgreSQL accepts connections.
set -eu
bin=${NTSB_PG_BIN:-$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1)}
exec "$bin/pg_isready" -q -h "$NTSB_SOCKETS" -U postgres
