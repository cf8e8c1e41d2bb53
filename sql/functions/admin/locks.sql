-- Who may change what, one at a time; and how far what is derived from the warehouse has followed it.

-- The class of all these advisory locks is 'ntsb' in ASCII, x'6e747362', so that pg_locks shows whose
-- they are; this is the other half of their keys.
CREATE FUNCTION ntsb_internal.lock_number(what text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_position('{load,warehouse,star,views,search,maintenance,clusters,features,predictions,notify}', lock_number.what)
$$;
COMMENT ON FUNCTION ntsb_internal.lock_number(text) IS
'A part of ntsb_refresh and other procedures, which call it: the second key of the advisory lock that each of load, warehouse, star, views, search, maintenance, clusters, features, predictions and notify takes; null for others.';

CREATE FUNCTION ntsb_internal.may_refresh(what text) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb.refresh_state') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = format('the warehouse of this database has no %s', may_refresh.what),
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    ELSIF pg_is_in_recovery() THEN
        RAISE NOTICE 'nothing is refreshed on a standby: its primary does it';
        RETURN false;
    ELSIF NOT pg_try_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number(may_refresh.what)) THEN
        RAISE NOTICE 'another session refreshes the % already', may_refresh.what;
        RETURN false;
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION ntsb_internal.may_refresh(text) IS
'A part of ntsb_refresh, whose procedures call it: takes the lock of star, views, search, clusters or features for this transaction; false, with a NOTICE, on a standby or beside another refresh. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_internal.refreshed(what text, last_seq bigint, began timestamptz, events bigint) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ntsb.refresh_state (what, last_seq, refreshed_at, took, events)
    VALUES (refreshed.what, refreshed.last_seq, clock_timestamp(),
            clock_timestamp() - refreshed.began, refreshed.events)
    ON CONFLICT (what) DO UPDATE SET last_seq = excluded.last_seq, refreshed_at = excluded.refreshed_at,
        took = excluded.took, events = excluded.events
$$;
COMMENT ON FUNCTION ntsb_internal.refreshed(text, bigint, timestamptz, bigint) IS
'A part of ntsb_refresh, whose procedures call it: notes in ntsb.refresh_state how far a derived part has followed the change log, and how long that took since began.';
