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
-- For postgres_exporter and Grafana, where a folder of such a login is given.
\set has_monitor `test -s "${NTSB_MONITOR:-/nowhere}/password" && echo 1 || echo 0`
\if :has_monitor
\set monitor `cat "$NTSB_MONITOR/username"`
\set monitor_password `cat "$NTSB_MONITOR/password"`
CREATE ROLE :"monitor" LOGIN PASSWORD :'monitor_password' IN ROLE pg_monitor, ntsb_viewer CONNECTION LIMIT 20;
\endif
