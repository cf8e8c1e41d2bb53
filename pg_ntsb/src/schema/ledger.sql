-- Two calls at once take turns; the number is that of ntsb_internal.lock_number('warehouse').
SELECT pg_catalog.pg_advisory_xact_lock(x'6e747362'::int, 2);

SET LOCAL client_min_messages = warning;

CREATE SCHEMA IF NOT EXISTS ntsb;
COMMENT ON SCHEMA ntsb IS 'The NTSB aviation accident database';
CREATE SCHEMA IF NOT EXISTS ntsb_staging;
COMMENT ON SCHEMA ntsb_staging IS 'Rows of files on their way into schema ntsb; nothing in it lasts';

CREATE TABLE IF NOT EXISTS ntsb.schema_version (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL DEFAULT current_user
);
COMMENT ON TABLE ntsb.schema_version IS 'Steps by which this warehouse was built, each applied once';

CREATE TABLE IF NOT EXISTS ntsb.schema_object (
    kind       text NOT NULL,
    name       text NOT NULL,
    definition text,
    position   bigint NOT NULL,
    PRIMARY KEY (kind, name)
);
COMMENT ON TABLE ntsb.schema_object IS
    'What schema ntsb holds, as ntsb_create_warehouse() left it: what a partial restore lacks is told by it; see ntsb_missing_objects()';
COMMENT ON COLUMN ntsb.schema_object.kind IS 'table, view, materialized view, function, constraint, index or trigger';
COMMENT ON COLUMN ntsb.schema_object.name IS 'Name with its schema; constraints and triggers also say of which table';
COMMENT ON COLUMN ntsb.schema_object.definition IS 'The command that makes it anew; null for what holds rows';
COMMENT ON COLUMN ntsb.schema_object.position IS 'The order in which they can be made';

CREATE TABLE IF NOT EXISTS ntsb.schema_view (
    name       text PRIMARY KEY,
    position   integer NOT NULL,
    digest     text NOT NULL,
    objects    text[] NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ntsb.schema_view IS 'Files of views from which the views of this warehouse were made; a file that has changed is applied anew';
COMMENT ON COLUMN ntsb.schema_view.name IS 'Name of the file';
COMMENT ON COLUMN ntsb.schema_view.position IS 'Place in the order of the files: later ones may read the views of earlier ones';
COMMENT ON COLUMN ntsb.schema_view.digest IS 'SHA-256 of the file as it was applied';
COMMENT ON COLUMN ntsb.schema_view.applied_at IS 'When it was applied';
COMMENT ON COLUMN ntsb.schema_view.objects IS 'The views that it made, in that order';
