-- Events that a derived part has not processed yet.

CREATE FUNCTION ntsb_changed_events(what text) RETURNS SETOF text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT l.ev_id FROM ntsb.change_log l
    WHERE l.seq > coalesce((SELECT s.last_seq FROM ntsb.refresh_state s
                            WHERE s.what = ntsb_changed_events.what), 0)
      AND l.ev_id IS NOT NULL
$$;
COMMENT ON FUNCTION ntsb_changed_events(text) IS
'Events that were inserted, changed, withdrawn or returned since a derived part (what: star or search; see ntsb.refresh_state) was last refreshed. All events if it never was.';
