#!/bin/sh
# Creates the cluster in $PGDATA if there is none, with the extension, the roles and the warehouse.
# Runs as the user of PostgreSQL. Nothing but this pod reaches its socket.
set -eu
umask 077

if [ -s "$PGDATA/PG_VERSION" ]; then
  echo "$PGDATA holds a cluster"
  exit 0
fi
bin=${NTSB_PG_BIN:-$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1)}
# A crash in the middle leaves $PGDATA.new, and the next start begins again.
rm -rf "$PGDATA.new"
"$bin/initdb" --pgdata "$PGDATA.new" --username postgres --encoding UTF8 --locale C.UTF-8 \
  --data-checksums --auth-local trust --auth-host scram-sha-256
"$bin/pg_ctl" start --wait --pgdata "$PGDATA.new" --log "$PGDATA.new/init.log" --options \
  "-c listen_addresses='' -c unix_socket_directories='$NTSB_SOCKETS' -c config_file='$NTSB_CONFIG/postgresql.conf' \
   -c data_directory='$PGDATA.new' -c ssl=off -c hba_file='$PGDATA.new/pg_hba.conf'"
status=0
"$bin/psql" -X -v ON_ERROR_STOP=1 -h "$NTSB_SOCKETS" -U postgres -d postgres \
  -f "$NTSB_CONFIG/bootstrap.sql" || status=$?
"$bin/pg_ctl" stop --wait --pgdata "$PGDATA.new" --mode fast
[ "$status" -eq 0 ] || exit "$status"
mv "$PGDATA.new" "$PGDATA"
echo "created the cluster in $PGDATA"
