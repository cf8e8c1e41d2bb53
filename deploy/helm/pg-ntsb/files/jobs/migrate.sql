-- Run by the owner of the database after each install and upgrade: creates the warehouse or upgrades it to the
-- version of the extension. Idempotent.
SET client_min_messages = warning;
CALL ntsb_create_warehouse();
SELECT format('warehouse of pg_ntsb %s: %s events', extversion, (SELECT count(*) FROM ntsb.events))
FROM pg_extension WHERE extname = 'pg_ntsb';
