-- Run once by the superuser. Passwords come from files and are never part of a command line.
\set owner `cat "$NTSB_OWNER/username"`
\set owner_password `cat "$NTSB_OWNER/password"`
\set login `cat "$NTSB_LOGIN/username"`
\set login_password `cat "$NTSB_LOGIN/password"`
\getenv database NTSB_DATABASE
SET password_encryption = 'scram-sha-256';
SET client_min_messages = warning;
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE DATABASE :"database" OWNER :"owner";
\connect :"database"
CREATE EXTENSION IF NOT EXISTS pg_cron;
CREATE EXTENSION pg_ntsb CASCADE;
CALL ntsb_create_roles();
GRANT ntsb_admin TO :"owner";
CREATE ROLE :"login" LOGIN PASSWORD :'login_password' IN ROLE ntsb_service;
SET ROLE :"owner";
CALL ntsb_create_warehouse();
RESET ROLE;
-- The logins of postgres_exporter and Grafana, if a folder with their passwords is given.
\set has_monitor `test -s "${NTSB_MONITOR:-/nowhere}/exporter_password" && echo 1 || echo 0`
\if :has_monitor
\set exporter_password `cat "$NTSB_MONITOR/exporter_password"`
\set grafana_password `cat "$NTSB_MONITOR/grafana_login_password"`
CREATE ROLE ntsb_exporter LOGIN PASSWORD :'exporter_password' IN ROLE ntsb_viewer, pg_monitor CONNECTION LIMIT 5;
CREATE ROLE ntsb_grafana LOGIN PASSWORD :'grafana_password' IN ROLE ntsb_viewer CONNECTION LIMIT 10;
ALTER ROLE ntsb_exporter SET default_transaction_read_only = on;
ALTER ROLE ntsb_exporter SET statement_timeout = '5s';
ALTER ROLE ntsb_grafana SET default_transaction_read_only = on;
ALTER ROLE ntsb_grafana SET statement_timeout = '30s';
\endif
