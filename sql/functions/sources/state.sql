-- When a source was asked and loaded (ntsb.source_state).

CREATE FUNCTION ntsb_internal.record_source(source text, name text, row_count bigint, edition text DEFAULT NULL,
    digest text DEFAULT NULL, is_changed boolean DEFAULT true) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ntsb.source_state AS s (source, asked_at, loaded_at, name, edition, row_count, digest)
    VALUES (record_source.source, now(), CASE WHEN is_changed THEN now() END, record_source.name,
            record_source.edition, record_source.row_count, record_source.digest)
    ON CONFLICT (source) DO UPDATE SET asked_at = excluded.asked_at,
        loaded_at = coalesce(excluded.loaded_at, s.loaded_at), name = excluded.name,
        edition = excluded.edition, row_count = excluded.row_count,
        digest = coalesce(excluded.digest, s.digest)
$$;
COMMENT ON FUNCTION ntsb_internal.record_source(text, text, bigint, text, text, boolean) IS
'Internal: called by the functions that store a source beside NTSB''s Access files. Records that a source was asked, and whether it had changed. row_count: rows of the source that are stored now.';

CREATE FUNCTION ntsb_internal.record_sync(source text, name text, complete_until date, state jsonb) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ntsb.source_state AS s (source, asked_at, loaded_at, name, complete_until, state)
    VALUES (record_sync.source, now(), now(), record_sync.name, record_sync.complete_until, record_sync.state)
    ON CONFLICT (source) DO UPDATE SET asked_at = excluded.asked_at, loaded_at = excluded.loaded_at,
        name = excluded.name, complete_until = excluded.complete_until, state = excluded.state
$$;
COMMENT ON FUNCTION ntsb_internal.record_sync(text, text, date, jsonb) IS
'Internal: called by ntsb sync --api when the changes up to complete_until are stored. state: position of an unfinished load of earlier events.';
