-- The materialized views follow the star: a view is stale while the star has followed more of the
-- change log than it.

CREATE PROCEDURE ntsb_refresh_views()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
-- A refresh takes statistics of its temporary copy: a small sample will do.
SET default_statistics_target = 10
AS $$
DECLARE
    began timestamptz;
    star record;
    view record;
BEGIN
    IF NOT ntsb_internal.may_refresh('views') THEN
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
        began := clock_timestamp();
        EXECUTE format('REFRESH MATERIALIZED VIEW CONCURRENTLY ntsb.%I', view.relname);
        PERFORM ntsb_internal.refreshed(view.relname::text, star.last_seq, began, star.events);
    END LOOP;
END
$$;
COMMENT ON PROCEDURE ntsb_refresh_views() IS
'Refreshes the materialized views mv_* that are older than the star, while others read them; ntsb.refresh_state says when each was and how long that took. Needs their ownership. Does nothing on a standby or where another session is at it. Errors: 3F000 no warehouse.';

-- Codes in words: PLT is Pilot.
CREATE FUNCTION ntsb_code_meaning(kind text, code text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT m.meaning FROM ntsb.code_meaning m
                     WHERE m.kind = lower(ntsb_code_meaning.kind) AND m.code = ntsb_code_meaning.code), ntsb_code_meaning.code)
$$;
COMMENT ON FUNCTION ntsb_code_meaning(text, text) IS
'What a code means, by the dictionary of the loaded files: ntsb_code_meaning(''crew_category'', ''PLT'') is Pilot. kind: the column that the code stands in; ntsb.code_meaning lists the kinds. The code itself where it is not known.';
