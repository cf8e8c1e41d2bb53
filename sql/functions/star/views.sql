-- Refresh of the materialized views, which read the star schema, and meanings of codes.

CREATE PROCEDURE ntsb_refresh_views()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
-- A concurrent refresh analyzes its temporary copy, for which a small sample is enough.
SET default_statistics_target = 10
AS $$
DECLARE
    started timestamptz;
    star record;
    view record;
BEGIN
    IF NOT ntsb_internal.begin_refresh('views') THEN
        RETURN;
    END IF;
    SELECT s.last_seq, s.refreshed_at, s.events INTO star FROM ntsb.refresh_state s WHERE s.what = 'star';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    FOR view IN
        SELECT c.relname FROM pg_class c
        LEFT JOIN ntsb.refresh_state s ON s.what = c.relname
        WHERE c.relnamespace = 'ntsb'::regnamespace AND c.relkind = 'm' AND c.relname LIKE 'mv\_%'
          AND (s.refreshed_at IS NULL OR s.refreshed_at < star.refreshed_at)
        ORDER BY c.relname
    LOOP
        started := clock_timestamp();
        EXECUTE format('REFRESH MATERIALIZED VIEW CONCURRENTLY ntsb.%I', view.relname);
        PERFORM ntsb_internal.record_refresh(view.relname::text, star.last_seq, started, star.events);
    END LOOP;
END
$$;
COMMENT ON PROCEDURE ntsb_refresh_views() IS
'Refreshes the materialized views mv_* that are older than the star schema, without blocking readers. ntsb.refresh_state records when each was refreshed and how long it took. Needs ownership of the views. Does nothing, with a NOTICE, if another refresh is running or on a standby. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_code_meaning(kind text, code text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT m.meaning FROM ntsb.code_meaning m
                     WHERE m.kind = lower(ntsb_code_meaning.kind) AND m.code = ntsb_code_meaning.code), ntsb_code_meaning.code)
$$;
COMMENT ON FUNCTION ntsb_code_meaning(text, text) IS
'The meaning of a code from the loaded dictionaries: ntsb_code_meaning(''crew_category'', ''PLT'') is Pilot. kind: the column that holds the code; ntsb.code_meaning lists the kinds. Returns the code itself if it is unknown.';
