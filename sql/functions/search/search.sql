-- Search queries, and maintenance of the search index.

CREATE FUNCTION ntsb_search_query(query text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = 'warning' -- hides the notice that a query has only stop words
AS $$
    -- Names are also indexed without stemming, so that a query of only stop words can still find them.
    SELECT CASE WHEN numnode(english) = 0 AND strpos(simple::text, '!') = 0 THEN simple ELSE english END
    FROM (SELECT websearch_to_tsquery('pg_catalog.english', cleaned) AS english,
                 websearch_to_tsquery('pg_catalog.simple', cleaned) AS simple
          FROM ntsb_internal.rewrite_search_query(left(query, 1000)) rewritten,
               -- websearch_to_tsquery fails on about thirty minus signs in a row.
               regexp_replace(rewritten, '-[^[:alnum:]]*-', '-', 'g') cleaned) q
$$;
COMMENT ON FUNCTION ntsb_search_query(text) IS
'The tsquery that ntsb_search uses for a query: words, "phrases", OR and -minus become English lexemes. If the query has only English stop words (the, will), the words are matched unstemmed against names. Typographic quotation marks, dashes and spaces are treated like their ASCII forms. An aircraft type is one word however it is written: PA-28, PA 28 and PA28 become pa28, which also finds PA-28-181; 737-800 and 737 800 become 737800. A type is letters (at most four; three before a space, and not an English word) followed by a number, or two numbers of which the first has three digits. Only the first 1,000 characters are used.';

CREATE FUNCTION ntsb_internal.remove_search_documents(ev_ids text[]) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry record;
    dead_bits bytea;
    removed bigint;
BEGIN
    FOR entry IN
        SELECT d.segment, array_agg(d.doc) AS docs FROM ntsb.search_document d
        WHERE d.ev_id = ANY (ev_ids) GROUP BY d.segment ORDER BY d.segment
    LOOP
        SELECT s.dead INTO STRICT dead_bits FROM ntsb.search_segment s WHERE s.segment = entry.segment;
        FOR i IN 1 .. cardinality(entry.docs) LOOP
            dead_bits := set_bit(dead_bits, entry.docs[i], 1);
        END LOOP;
        UPDATE ntsb.search_segment s SET dead = dead_bits WHERE s.segment = entry.segment;
    END LOOP;
    DELETE FROM ntsb.search_document d WHERE d.ev_id = ANY (ev_ids);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;
COMMENT ON FUNCTION ntsb_internal.remove_search_documents(text[]) IS
'Internal: called by ntsb_refresh_search. Removes events from the search index. Returns the number of events removed.';

CREATE FUNCTION ntsb_internal.add_search_documents(ev_ids text[]) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = 'force_custom_plan' -- a hundred events need another plan than all events
AS $$
DECLARE
    max_docs constant integer := 32768;
    -- A small batch is merged with the segments up to this size, so that their number stays low.
    merge_docs constant integer := 2048;
    -- A coordinator reads the segments of all shards together, so their numbers must differ.
    first_segment integer := coalesce((SELECT max(s.segment) FROM ntsb.search_segment s),
                                      (SELECT m.shard_number * 1000000 FROM ntsb.shard_member m), 0) + 1;
    merged_segments integer[] := '{}';
    added bigint;
BEGIN
    IF cardinality(ev_ids) <= merge_docs THEN
        merged_segments := coalesce((SELECT array_agg(s.segment) FROM ntsb.search_segment s WHERE s.docs <= merge_docs), '{}');
        DELETE FROM ntsb.search_posting p WHERE p.segment = ANY (merged_segments);
        DELETE FROM ntsb.search_segment s WHERE s.segment = ANY (merged_segments);
        UPDATE ntsb.search_document d SET segment = first_segment WHERE d.segment = ANY (merged_segments);
    END IF;
    INSERT INTO ntsb.search_document (ev_id, segment, doc, ev_date, place, aircraft, severity, words, facts)
    SELECT s.ev_id, first_segment + n.number / max_docs, n.number % max_docs,
           s.ev_date, s.place, s.aircraft, s.severity,
           s.words || to_tsvector('pg_catalog.simple', ntsb_internal.extract_type_names(left(s.text, 400000))), s.facts
    FROM (SELECT f.ev_id, (row_number() OVER (ORDER BY f.ev_id) - 1)::integer AS number
          FROM ntsb.fact_accidents f
          WHERE ev_ids IS NULL OR f.ev_id = ANY (ev_ids)) n
    JOIN ntsb.search_source s ON s.ev_id = n.ev_id
    WHERE ev_ids IS NULL OR s.ev_id = ANY (ev_ids);
    GET DIAGNOSTICS added = ROW_COUNT;
    IF cardinality(merged_segments) > 0 THEN
        UPDATE ntsb.search_document d SET doc = n.doc
        FROM (SELECT o.ev_id, (row_number() OVER (ORDER BY o.ev_id) - 1)::integer AS doc
              FROM ntsb.search_document o WHERE o.segment = first_segment) n
        WHERE d.ev_id = n.ev_id AND d.segment = first_segment AND d.doc <> n.doc;
    END IF;
    PERFORM ntsb_internal.build_search_segment(n.segment)
    FROM (SELECT DISTINCT d.segment FROM ntsb.search_document d WHERE d.segment >= first_segment) n;
    RETURN added;
END
$$;
COMMENT ON FUNCTION ntsb_internal.add_search_documents(text[]) IS
'Internal: called by ntsb_refresh_search. Adds events (null: all) to the search index and merges small segments into the new one. Returns the number of events added.';

CREATE PROCEDURE ntsb_rebuild_search()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    last_seq bigint;
    added bigint;
BEGIN
    -- Search shows facts of the star schema, so that is refreshed first.
    CALL @extschema@.ntsb_refresh_star();
    IF NOT ntsb_internal.begin_refresh('search') THEN
        RETURN;
    END IF;
    last_seq := coalesce((SELECT r.last_seq FROM ntsb.refresh_state r WHERE r.what = 'star'), 0);
    DELETE FROM ntsb.search_posting;
    DELETE FROM ntsb.search_segment;
    DELETE FROM ntsb.search_document;
    added := ntsb_internal.add_search_documents(NULL::text[]);
    PERFORM ntsb_internal.record_refresh('search', last_seq, started, added);
END
$$;
COMMENT ON PROCEDURE ntsb_rebuild_search() IS
'Rebuilds the index of ntsb_search in one transaction. Searches use the old index until it commits. Needed only if rows were changed without an entry in the change log. Does nothing, with a NOTICE, if another refresh is running or on a standby. Errors: 3F000 no warehouse.';

CREATE PROCEDURE ntsb_refresh_search()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    last_seq bigint;
    changed text[];
    needs_rebuild boolean;
BEGIN
    -- Search shows facts of the star schema, so that is refreshed first.
    CALL @extschema@.ntsb_refresh_star();
    IF NOT ntsb_internal.begin_refresh('search') THEN
        RETURN;
    END IF;
    last_seq := coalesce((SELECT r.last_seq FROM ntsb.refresh_state r WHERE r.what = 'star'), 0);
    IF NOT EXISTS (SELECT FROM ntsb.refresh_state r WHERE r.what = 'search') THEN
        CALL @extschema@.ntsb_rebuild_search();
        RETURN;
    ELSIF last_seq <= (SELECT r.last_seq FROM ntsb.refresh_state r WHERE r.what = 'search') THEN
        RETURN;
    END IF;
    changed := ARRAY(SELECT @extschema@.ntsb_changed_events('search'));
    -- Rebuild if many events changed, or if the index has many dead entries or many segments.
    SELECT coalesce(sum(s.docs), 0) < 5 * cardinality(changed) OR count(*) > 16
               OR sum(bit_count(s.dead)) * 5 > sum(s.docs)
    INTO needs_rebuild FROM ntsb.search_segment s;
    IF needs_rebuild AND cardinality(changed) > 0 THEN
        CALL @extschema@.ntsb_rebuild_search();
        RETURN;
    ELSIF cardinality(changed) > 0 THEN
        PERFORM ntsb_internal.remove_search_documents(changed);
        PERFORM ntsb_internal.add_search_documents(changed);
    END IF;
    PERFORM ntsb_internal.record_refresh('search', last_seq, started, cardinality(changed)::bigint);
END
$$;
COMMENT ON PROCEDURE ntsb_refresh_search() IS
'Refreshes the star schema and then the index of ntsb_search with the events that changed since the last refresh, in one transaction. Rebuilds the index if many events changed. Does nothing, with a NOTICE, if another refresh is running or on a standby. Errors: 3F000 no warehouse.';
