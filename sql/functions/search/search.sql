-- What is asked, and keeping the index of words.

CREATE FUNCTION ntsb_search_query(query text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = 'warning' -- that words are left out is no news
AS $$
    -- Names are indexed as they are, too, so that words which English leaves out can be looked for alone.
    SELECT CASE WHEN numnode(english) = 0 AND strpos(simple::text, '!') = 0 THEN simple ELSE english END
    FROM (SELECT websearch_to_tsquery('pg_catalog.english', typed) AS english,
                 websearch_to_tsquery('pg_catalog.simple', typed) AS simple
          FROM ntsb_internal.search_rewrite(left(query, 1000)) rewritten,
               -- A minus after a minus: some thirty of them would be an error.
               regexp_replace(rewritten, '-[^[:alnum:]]*-', '-', 'g') typed) q
$$;
COMMENT ON FUNCTION ntsb_search_query(text) IS
'How ntsb_search understands a query: words, "phrases", OR and -minus become a tsquery of English lexemes; of words that English leaves out alone (the, will), one of names as they are written. Quotation marks, dashes and spaces of typesetting are those of a keyboard. The name of a type of aircraft is one word, however it is written: PA-28, PA 28 and PA28 are pa28, which also finds PA-28-181; 737-800 and 737 800 are 737800. Such a name is letters (at most four; before a space three, and no English word) and a number, or two numbers of which the first has three digits. What follows the first 1,000 characters is left out.';

CREATE FUNCTION ntsb_internal.search_retire(changed text[]) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place record;
    bits bytea;
    gone bigint;
BEGIN
    FOR place IN
        SELECT d.segment, array_agg(d.doc) AS docs FROM ntsb.search_document d
        WHERE d.ev_id = ANY (changed) GROUP BY d.segment ORDER BY d.segment
    LOOP
        SELECT s.dead INTO STRICT bits FROM ntsb.search_segment s WHERE s.segment = place.segment;
        FOR i IN 1 .. cardinality(place.docs) LOOP
            bits := set_bit(bits, place.docs[i], 1);
        END LOOP;
        UPDATE ntsb.search_segment s SET dead = bits WHERE s.segment = place.segment;
    END LOOP;
    DELETE FROM ntsb.search_document d WHERE d.ev_id = ANY (changed);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;
COMMENT ON FUNCTION ntsb_internal.search_retire(text[]) IS
'A part of ntsb_refresh_search, which calls it: takes events out of the index. Returns how many were in it.';

CREATE FUNCTION ntsb_internal.search_take_up(changed text[]) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = 'force_custom_plan' -- a hundred events and all of them want different plans
AS $$
DECLARE
    -- Numbers within a segment; a smaller segment than this is made anew with what is added.
    most constant integer := 32768;
    few constant integer := 2048;
    first integer := coalesce((SELECT max(s.segment) FROM ntsb.search_segment s), 0) + 1;
    small integer[] := '{}';
    taken bigint;
BEGIN
    IF cardinality(changed) <= few THEN
        small := coalesce((SELECT array_agg(s.segment) FROM ntsb.search_segment s WHERE s.docs <= few), '{}');
        DELETE FROM ntsb.search_posting p WHERE p.segment = ANY (small);
        DELETE FROM ntsb.search_segment s WHERE s.segment = ANY (small);
        UPDATE ntsb.search_document d SET segment = first WHERE d.segment = ANY (small);
    END IF;
    INSERT INTO ntsb.search_document (ev_id, segment, doc, ev_date, place, aircraft, severity, words, facts)
    SELECT s.ev_id, first + n.number / most, n.number % most,
           s.ev_date, s.place, s.aircraft, s.severity,
           s.words || to_tsvector('pg_catalog.simple', ntsb_internal.search_names(left(s.text, 400000))), s.facts
    FROM (SELECT f.ev_id, (row_number() OVER (ORDER BY f.ev_id) - 1)::integer AS number
          FROM ntsb.fact_accidents f
          WHERE changed IS NULL OR f.ev_id = ANY (changed)) n
    JOIN ntsb.search_source s ON s.ev_id = n.ev_id
    WHERE changed IS NULL OR s.ev_id = ANY (changed);
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF cardinality(small) > 0 THEN
        UPDATE ntsb.search_document d SET doc = n.doc
        FROM (SELECT o.ev_id, (row_number() OVER (ORDER BY o.ev_id) - 1)::integer AS doc
              FROM ntsb.search_document o WHERE o.segment = first) n
        WHERE d.ev_id = n.ev_id AND d.segment = first AND d.doc <> n.doc;
    END IF;
    PERFORM ntsb_internal.search_index(n.segment)
    FROM (SELECT DISTINCT d.segment FROM ntsb.search_document d WHERE d.segment >= first) n;
    RETURN taken;
END
$$;
COMMENT ON FUNCTION ntsb_internal.search_take_up(text[]) IS
'A part of ntsb_refresh_search, which calls it: takes events (null: all) into the index, together with the last ones if these were few. Returns how many.';

CREATE PROCEDURE ntsb_rebuild_search()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    last bigint;
    taken bigint;
BEGIN
    -- Search follows the star, whose facts it shows.
    CALL @extschema@.ntsb_refresh_star();
    IF NOT ntsb_internal.may_refresh('search') THEN
        RETURN;
    END IF;
    last := coalesce((SELECT r.last_seq FROM ntsb.refresh_state r WHERE r.what = 'star'), 0);
    DELETE FROM ntsb.search_posting;
    DELETE FROM ntsb.search_segment;
    DELETE FROM ntsb.search_document;
    taken := ntsb_internal.search_take_up(NULL::text[]);
    PERFORM ntsb_internal.refreshed('search', last, started, taken);
END
$$;
COMMENT ON PROCEDURE ntsb_rebuild_search() IS
'Builds the index of ntsb_search anew, in one transaction; searches go on with the old one until it commits. Needed only where rows were changed behind the change log. Does nothing, with a NOTICE, beside another refresh or on a standby. Errors: 3F000 no warehouse.';

CREATE PROCEDURE ntsb_refresh_search()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    last bigint;
    changed text[];
    worn boolean;
BEGIN
    -- Search follows the star, whose facts it shows.
    CALL @extschema@.ntsb_refresh_star();
    IF NOT ntsb_internal.may_refresh('search') THEN
        RETURN;
    END IF;
    last := coalesce((SELECT r.last_seq FROM ntsb.refresh_state r WHERE r.what = 'star'), 0);
    IF NOT EXISTS (SELECT FROM ntsb.refresh_state r WHERE r.what = 'search') THEN
        CALL @extschema@.ntsb_rebuild_search();
        RETURN;
    ELSIF last <= (SELECT r.last_seq FROM ntsb.refresh_state r WHERE r.what = 'search') THEN
        RETURN;
    END IF;
    changed := ARRAY(SELECT @extschema@.ntsb_changed_events('search'));
    -- Worn: many changed, or the index holds much that is dead or is in many parts.
    SELECT coalesce(sum(s.docs), 0) < 5 * cardinality(changed) OR count(*) > 16
               OR sum(bit_count(s.dead)) * 5 > sum(s.docs)
    INTO worn FROM ntsb.search_segment s;
    IF worn AND cardinality(changed) > 0 THEN
        CALL @extschema@.ntsb_rebuild_search();
        RETURN;
    ELSIF cardinality(changed) > 0 THEN
        PERFORM ntsb_internal.search_retire(changed);
        PERFORM ntsb_internal.search_take_up(changed);
    END IF;
    PERFORM ntsb_internal.refreshed('search', last, started, cardinality(changed)::bigint);
END
$$;
COMMENT ON PROCEDURE ntsb_refresh_search() IS
'Brings the star, whose facts it shows, and the index of ntsb_search up to date with what was loaded since, in one transaction; builds it anew where much has changed. Does nothing, with a NOTICE, beside another refresh or on a standby. Errors: 3F000 no warehouse.';
