-- A shard: a warehouse that holds the events of some years and takes part in loads of a coordinator (docs/adr/0031).

CREATE PROCEDURE ntsb_prepare_shard(shard_number integer, first_year integer, last_year integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key record;
BEGIN
    IF to_regclass('ntsb.shard_member') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    ELSIF ntsb_prepare_shard.shard_number IS NULL OR ntsb_prepare_shard.shard_number NOT BETWEEN 1 AND 20 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('shard_number must be between 1 and 20, got %s', coalesce(ntsb_prepare_shard.shard_number::text, 'null')),
            HINT = 'Each shard of a coordinator needs its own number.';
    ELSIF ntsb_prepare_shard.first_year NOT BETWEEN 1900 AND 2100 OR ntsb_prepare_shard.last_year NOT BETWEEN 1900 AND 2100
       OR ntsb_prepare_shard.first_year > ntsb_prepare_shard.last_year THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('first_year and last_year must be between 1900 and 2100 and in order, got %s and %s',
                             ntsb_prepare_shard.first_year, ntsb_prepare_shard.last_year),
            HINT = 'null means no limit: the first shard has no first_year, the last one no last_year.';
    ELSIF current_setting('max_prepared_transactions')::integer = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'max_prepared_transactions is 0, so this server cannot take part in loads onto shards',
            HINT = 'Set max_prepared_transactions to at least 5 in postgresql.conf and restart the server.';
    ELSIF EXISTS (SELECT FROM ntsb.shard) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'this database is a coordinator, so it cannot be a shard',
            HINT = 'Prepare the database that holds the events.';
    END IF;
    PERFORM ntsb_internal.lock_ingest();
    INSERT INTO ntsb.shard_member AS m (shard_number, first_year, last_year)
    VALUES (ntsb_prepare_shard.shard_number, ntsb_prepare_shard.first_year, ntsb_prepare_shard.last_year)
    ON CONFLICT (is_member) DO UPDATE SET shard_number = excluded.shard_number,
        first_year = excluded.first_year, last_year = excluded.last_year, prepared_at = excluded.prepared_at;
    PERFORM ntsb_internal.check_shard_years(NULL::bigint);
    FOR key IN
        SELECT * FROM (VALUES ('fact_accidents', 'accident_id'), ('dim_location', 'location_id'), ('dim_aircraft', 'aircraft_id'),
            ('dim_crew', 'crew_id'), ('dim_weather', 'weather_id'), ('dim_causes', 'cause_id')) k (table_name, column_name)
    LOOP
        EXECUTE format('ALTER TABLE ntsb.%I ALTER COLUMN %I SET START WITH %s RESTART', key.table_name, key.column_name,
                       ntsb_prepare_shard.shard_number * 100000000 + 1);
    END LOOP;
    PERFORM ntsb_internal.create_shard_views();
    -- Events that were loaded before have keys without the number of the shard.
    IF EXISTS (SELECT FROM ntsb.fact_accidents f
               WHERE f.accident_id / 100000000 <> ntsb_prepare_shard.shard_number) THEN
        CALL @extschema@.ntsb_rebuild_star();
        CALL @extschema@.ntsb_rebuild_search();
    END IF;
END
$$;
COMMENT ON PROCEDURE ntsb_prepare_shard(integer, integer, integer) IS
'Makes this warehouse a shard that holds the events from first_year to last_year (null: no limit), so that a coordinator can attach it with ntsb_attach_shard. shard_number, 1 to 20, must differ among the shards of a coordinator: surrogate keys start at that number times 100,000,000. Facts and search index of events that are stored already are rebuilt with such keys. A load of an event of another year then fails. Call it again to change the years. Errors: 22023 an argument, 23514 stored events of other years, 55000 max_prepared_transactions is 0 or the database is a coordinator, 3F000 no warehouse.';

CREATE FUNCTION ntsb_internal.create_shard_views() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dimension record;
BEGIN
    CREATE SCHEMA IF NOT EXISTS ntsb_shard;
    COMMENT ON SCHEMA ntsb_shard IS 'Views that a coordinator reads (ntsb_prepare_shard)';
    -- The coordinator has the unknown member, key 0, itself: it must not get one from each shard.
    FOR dimension IN
        SELECT * FROM (VALUES ('dim_location', 'location_id'), ('dim_aircraft', 'aircraft_id'), ('dim_crew', 'crew_id'),
            ('dim_weather', 'weather_id'), ('dim_causes', 'cause_id')) d (name, key)
    LOOP
        EXECUTE format('CREATE OR REPLACE VIEW ntsb_shard.%1$I AS SELECT * FROM ntsb.%1$I WHERE %2$I <> 0',
                       dimension.name, dimension.key);
        IF to_regrole('ntsb_viewer') IS NOT NULL THEN
            EXECUTE format('GRANT SELECT ON ntsb_shard.%I TO ntsb_viewer', dimension.name);
        END IF;
    END LOOP;
    IF to_regrole('ntsb_viewer') IS NOT NULL THEN
        GRANT USAGE ON SCHEMA ntsb_shard TO ntsb_viewer;
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.create_shard_views() IS
'Internal: called by ntsb_prepare_shard. Creates schema ntsb_shard with a view of each dimension without its unknown member.';

CREATE FUNCTION ntsb_internal.check_shard_years(batch_id bigint) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    event record;
BEGIN
    SELECT e.ev_id, e.ev_year, m.* INTO event
    FROM ntsb.shard_member m
    JOIN ntsb.events e ON e.withdrawn_batch IS NULL AND (e.ev_year < m.first_year OR e.ev_year > m.last_year)
    WHERE check_shard_years.batch_id IS NULL OR e.last_batch = check_shard_years.batch_id
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = format('event %s of %s belongs to another shard: shard %s holds %s to %s', event.ev_id, event.ev_year,
                event.shard_number, coalesce(event.first_year::text, 'the first year'), coalesce(event.last_year::text, 'the last year')),
            HINT = 'Load the file through the coordinator: ntsb load --shards.';
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_shard_years(bigint) IS
'Internal: called by ntsb_ingest for its batch, and by ntsb_prepare_shard for all events (null). Does nothing if this database is no shard. Errors: 23514 an event of a year of another shard.';

-- Which staged rows belong to this shard. A row goes where its event goes. An event goes to the shard of its year, as
-- ntsb_ingest will store it; rows whose event is not in the file go to the shard that has it, or else to the last one.
CREATE FUNCTION ntsb_internal.keep_shard_rows(batch_id bigint) RETURNS text[]
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    member ntsb.shard_member;
    source_table record;
    claimed text[];
    foreign_events text[];
    file_events text[];
    file_date timestamp;
BEGIN
    SELECT m.* INTO member FROM ntsb.shard_member m;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('database %s is no shard', current_database()),
            HINT = 'CALL ntsb_prepare_shard(shard_number, first_year, last_year) in it.';
    END IF;
    UPDATE ntsb.batch b SET as_of = (
        SELECT CASE WHEN max(c.lchg_date) IS NOT NULL THEN least(max(c.lchg_date), localtimestamp(0)) END
        FROM ntsb_staging.events s CROSS JOIN @extschema@.ntsb_clean_timestamp(s.lchg_date) c (lchg_date)
        WHERE s.batch_id = keep_shard_rows.batch_id AND c.lchg_date < current_date + 2)
    WHERE b.batch_id = keep_shard_rows.batch_id
    RETURNING b.as_of INTO file_date;
    -- Of several rows of an event ntsb_ingest keeps the newest, and of equally new ones the last.
    WITH event AS (
        SELECT DISTINCT ON (s.ev_id) s.ev_id, k.ev_year AS stored_year, k.lchg_date AS stored_date, l.as_of AS stored_as_of,
               @extschema@.ntsb_clean_timestamp(s.lchg_date) AS lchg_date,
               coalesce(extract(year FROM @extschema@.ntsb_clean_date(s.ev_date))::double precision,
                        @extschema@.ntsb_clean_number(s.ev_year),
                        @extschema@.ntsb_clean_number(substr(btrim(s.ev_id), 1, 4))) AS year
        FROM ntsb_staging.events s
        LEFT JOIN ntsb.events e ON e.ev_id = btrim(s.ev_id) AND e.withdrawn_batch IS NULL
        LEFT JOIN ntsb.event_key k ON k.ev_id = e.ev_id
        LEFT JOIN ntsb.batch l ON l.batch_id = k.lchg_batch
        WHERE s.batch_id = keep_shard_rows.batch_id
        ORDER BY s.ev_id, @extschema@.ntsb_clean_timestamp(s.lchg_date) DESC NULLS LAST, s.ctid DESC
    ), placed AS (
        SELECT v.*, CASE WHEN v.year IS NULL THEN member.last_year IS NULL
                         ELSE v.year >= coalesce(member.first_year, v.year) AND v.year <= coalesce(member.last_year, v.year)
                    END AS here
        FROM event v
    )
    SELECT array_agg(p.ev_id), array_agg(p.ev_id) FILTER (WHERE NOT p.here),
           -- The stored event is newer than the file: the file's version is stale here, and new nowhere.
           array_agg(p.ev_id) FILTER (WHERE NOT p.here AND p.stored_year IS NOT NULL
               AND (coalesce(p.lchg_date, '-infinity') < coalesce(p.stored_date, '-infinity')
                    OR p.lchg_date IS NOT DISTINCT FROM p.stored_date
                       AND coalesce(p.stored_as_of, '-infinity') > coalesce(file_date, '-infinity')))
    INTO file_events, foreign_events, claimed
    FROM placed p;
    INSERT INTO ntsb.moved_event (batch_id, ev_id)
    SELECT keep_shard_rows.batch_id, e.ev_id FROM ntsb.events e
    WHERE e.ev_id IN (SELECT btrim(f.ev_id) FROM unnest(foreign_events) f (ev_id)) AND e.withdrawn_batch IS NULL
      AND e.ev_id NOT IN (SELECT btrim(c.ev_id) FROM unnest(claimed) c (ev_id));
    PERFORM ntsb_internal.check_moved_events(keep_shard_rows.batch_id);
    PERFORM ntsb_internal.discard_staged_events(keep_shard_rows.batch_id, foreign_events);
    FOR source_table IN
        SELECT DISTINCT c.table_name AS name FROM @extschema@.ntsb_source_columns() c
        WHERE NOT c.reference AND c.column_name = 'ev_id' AND c.table_name <> 'events'
    LOOP
        EXECUTE format('SELECT $2 || coalesce(array_agg(DISTINCT s.ev_id), ''{}'') FROM ntsb_staging.%1$I s
                        JOIN ntsb.event_key k ON k.ev_id = btrim(s.ev_id)
                        WHERE s.batch_id = $1 AND s.ev_id <> ALL ($3)', source_table.name)
        INTO claimed USING keep_shard_rows.batch_id, coalesce(claimed, '{}'), coalesce(file_events, '{}');
        IF member.last_year IS NOT NULL THEN
            EXECUTE format('DELETE FROM ntsb_staging.%1$I s WHERE s.batch_id = $1
                            AND (s.ev_id IS NULL OR s.ev_id <> ALL ($2)
                                 AND NOT EXISTS (SELECT FROM ntsb.event_key k WHERE k.ev_id = btrim(s.ev_id)))', source_table.name)
            USING keep_shard_rows.batch_id, coalesce(file_events, '{}');
        END IF;
    END LOOP;
    RETURN coalesce(claimed, '{}');
END
$$;
COMMENT ON FUNCTION ntsb_internal.keep_shard_rows(bigint) IS
'Internal: called by ntsb load --shards between COPY and CALL ntsb_ingest(batch). Deletes the staged rows of events of other shards'' years, and records in ntsb.moved_event the stored events that the file moves to such a year. Returns the ev_ids that this shard claims although their year or their absence from the events of the file says nothing of it: the other shards must discard their rows. Errors: 55000 no shard.';

-- The other shard stores the rows of the file and nothing else, so the file must hold all tables of the event.
CREATE FUNCTION ntsb_internal.check_moved_events(batch_id bigint) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    source_table record;
    lost text;
BEGIN
    IF NOT EXISTS (SELECT FROM ntsb.moved_event m WHERE m.batch_id = check_moved_events.batch_id) THEN
        RETURN;
    END IF;
    FOR source_table IN
        SELECT DISTINCT c.table_name AS name FROM @extschema@.ntsb_source_columns() c
        WHERE NOT c.reference AND c.column_name = 'ev_id' AND c.table_name <> 'events'
    LOOP
        EXECUTE format('SELECT m.ev_id FROM ntsb.moved_event m WHERE m.batch_id = $1
            AND EXISTS (SELECT FROM ntsb.%1$I t WHERE t.ev_id = m.ev_id AND t.withdrawn_batch IS NULL)
            AND NOT EXISTS (SELECT FROM ntsb_staging.%1$I s WHERE s.batch_id = $1) LIMIT 1', source_table.name)
        INTO lost USING check_moved_events.batch_id;
        IF lost IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
                MESSAGE = format('the file moves event %s to the years of another shard, but has no rows of table %s', lost, source_table.name),
                HINT = 'Load a file that holds all tables, such as avall.zip or the weekly file.';
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_moved_events(bigint) IS
'Internal: called by ntsb_internal.keep_shard_rows. Fails if the file lacks a table of which an event that it moves to another shard has rows. Errors: 55000.';

CREATE FUNCTION ntsb_internal.discard_staged_events(batch_id bigint, ev_ids text[]) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    source_table record;
BEGIN
    IF cardinality(ev_ids) = 0 THEN
        RETURN;
    END IF;
    FOR source_table IN
        SELECT DISTINCT c.table_name AS name FROM @extschema@.ntsb_source_columns() c
        WHERE NOT c.reference AND c.column_name = 'ev_id'
    LOOP
        EXECUTE format('DELETE FROM ntsb_staging.%I s USING unnest($2) e (ev_id) WHERE s.batch_id = $1 AND s.ev_id = e.ev_id',
                       source_table.name)
        USING discard_staged_events.batch_id, ev_ids;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_internal.discard_staged_events(bigint, text[]) IS
'Internal: called by ntsb load --shards. Deletes the staged rows of events that another shard stores.';

CREATE FUNCTION ntsb_internal.is_staged(batch_id bigint) RETURNS boolean
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    source_table record;
    found_row boolean;
BEGIN
    FOR source_table IN SELECT DISTINCT c.table_name AS name FROM @extschema@.ntsb_source_columns() c LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM ntsb_staging.%I s WHERE s.batch_id = $1)', source_table.name)
        INTO found_row USING is_staged.batch_id;
        IF found_row THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$$;
COMMENT ON FUNCTION ntsb_internal.is_staged(bigint) IS
'Internal: called by ntsb load --shards. True if a row of the batch is staged.';
