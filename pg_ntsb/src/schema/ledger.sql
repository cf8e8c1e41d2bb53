-- Serializes concurrent calls. The number is ntsb_internal.lock_number('warehouse').
SELECT pg_catalog.pg_advisory_xact_lock(x'6e747362'::int, 2);

SET LOCAL client_min_messages = warning;

CREATE SCHEMA IF NOT EXISTS ntsb;
COMMENT ON SCHEMA ntsb IS 'The NTSB aviation accident database';
CREATE SCHEMA IF NOT EXISTS ntsb_staging;
COMMENT ON SCHEMA ntsb_staging IS 'Staging tables for rows of files that are loaded into schema ntsb; nothing in it is permanent';

CREATE TABLE IF NOT EXISTS ntsb.schema_version (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL DEFAULT current_user
);
COMMENT ON TABLE ntsb.schema_version IS 'Migration steps applied to this warehouse, each once';

CREATE TABLE IF NOT EXISTS ntsb.schema_object (
    kind       text NOT NULL,
    name       text NOT NULL,
    definition text,
    position   bigint NOT NULL,
    PRIMARY KEY (kind, name)
);
COMMENT ON TABLE ntsb.schema_object IS
    'Objects of schema ntsb, recorded by ntsb_create_warehouse(); ntsb_missing_objects() uses it to find objects that a partial restore lacks';
COMMENT ON COLUMN ntsb.schema_object.kind IS 'table, view, materialized view, function, constraint, index or trigger';
COMMENT ON COLUMN ntsb.schema_object.name IS 'Schema-qualified name; for constraints and triggers with the name of the table';
COMMENT ON COLUMN ntsb.schema_object.definition IS 'Command that recreates the object; null for tables and other objects that contain rows';
COMMENT ON COLUMN ntsb.schema_object.position IS 'Order in which the objects can be created';

CREATE TABLE IF NOT EXISTS ntsb.schema_view (
    name       text PRIMARY KEY,
    position   integer NOT NULL,
    digest     text NOT NULL,
    objects    text[] NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ntsb.schema_view IS 'View files from which the views of this warehouse were created; a changed file is applied again';
COMMENT ON COLUMN ntsb.schema_view.name IS 'Name of the file';
COMMENT ON COLUMN ntsb.schema_view.position IS 'Order of the files; later files may use the views of earlier ones';
COMMENT ON COLUMN ntsb.schema_view.digest IS 'SHA-256 of the applied file';
COMMENT ON COLUMN ntsb.schema_view.applied_at IS 'Time when the file was applied';
COMMENT ON COLUMN ntsb.schema_view.objects IS 'Views that the file created, in order of creation';

-- A dump of schema ntsb alone lacks schema asrs, whose step is then applied again.
DELETE FROM ntsb.schema_object WHERE name ~ '(^| )asrs[.]' AND pg_catalog.to_regnamespace('asrs') IS NULL;
DELETE FROM ntsb.schema_version WHERE name = 'asrs' AND pg_catalog.to_regnamespace('asrs') IS NULL;
