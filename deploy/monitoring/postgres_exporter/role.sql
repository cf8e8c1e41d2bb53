-- The login of postgres_exporter: reads the counts of ntsb_metrics() and PostgreSQL's statistics, no row of a table
-- beyond what ntsb_viewer may read. Run it as a superuser in the database of the warehouse, after
-- CALL ntsb_create_roles(). Then set a password: \password ntsb_exporter
DO $$
BEGIN
    IF to_regrole('ntsb_exporter') IS NULL THEN
        CREATE ROLE ntsb_exporter LOGIN CONNECTION LIMIT 5 IN ROLE ntsb_viewer, pg_monitor;
    END IF;
END
$$;
ALTER ROLE ntsb_exporter SET default_transaction_read_only = on;
ALTER ROLE ntsb_exporter SET statement_timeout = '5s';
