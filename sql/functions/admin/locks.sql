-- Advisory locks of loads, refreshes and maintenance, and the record of how far each derived part is up to date.

-- The first key of all these advisory locks is x'6e747362', 'ntsb' in ASCII, so that they can be recognised in
-- pg_locks. This function returns the second key.
CREATE FUNCTION ntsb_internal.lock_number(what text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_position('{load,warehouse,star,views,search,maintenance,clusters,features,predictions,notify,relay,dags,shards}', lock_number.what)
$$;
COMMENT ON FUNCTION ntsb_internal.lock_number(text) IS
'Internal: called by ntsb_refresh and other procedures. Returns the second key of the advisory lock of load, warehouse, star, views, search, maintenance, clusters, features, predictions, notify, relay, dags or shards; null for any other name.';

-- The table is missing in a warehouse that is to be upgraded.
CREATE FUNCTION ntsb_internal.is_coordinator() RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb.shard') IS NULL THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM ntsb.shard);
END
$$;
COMMENT ON FUNCTION ntsb_internal.is_coordinator() IS
'Internal: called by ntsb_begin_batch and ntsb_refresh. True if this warehouse reads its events from shards (ntsb.shard).';

CREATE FUNCTION ntsb_internal.begin_refresh(what text) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb.refresh_state') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = format('cannot refresh %s: the warehouse is missing or outdated', begin_refresh.what),
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    ELSIF pg_is_in_recovery() THEN
        RAISE NOTICE 'skipped: a standby is refreshed by its primary';
        RETURN false;
    ELSIF begin_refresh.what IN ('star', 'search', 'features') AND ntsb_internal.is_coordinator() THEN
        RAISE NOTICE 'skipped: % is refreshed on the shards', begin_refresh.what;
        RETURN false;
    ELSIF NOT pg_try_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number(begin_refresh.what)) THEN
        RAISE NOTICE 'skipped: another session is refreshing %', begin_refresh.what;
        RETURN false;
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION ntsb_internal.begin_refresh(text) IS
'Internal: called by the procedures of ntsb_refresh. Takes the lock of star, views, search, clusters or features for this transaction. Returns false, with a NOTICE, on a standby, if another session is refreshing, or for star, search and features on a coordinator of shards. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_internal.record_refresh(what text, last_seq bigint, started_at timestamptz, events bigint) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ntsb.refresh_state (what, last_seq, refreshed_at, took, events)
    VALUES (record_refresh.what, record_refresh.last_seq, clock_timestamp(),
            clock_timestamp() - record_refresh.started_at, record_refresh.events)
    ON CONFLICT (what) DO UPDATE SET last_seq = excluded.last_seq, refreshed_at = excluded.refreshed_at,
        took = excluded.took, events = excluded.events
$$;
COMMENT ON FUNCTION ntsb_internal.record_refresh(text, bigint, timestamptz, bigint) IS
'Internal: called by the procedures of ntsb_refresh. Records in ntsb.refresh_state up to which entry of the change log a derived part is current, and how long the refresh has taken since started_at.';
