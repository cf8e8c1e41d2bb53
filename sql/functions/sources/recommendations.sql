-- NTSB's safety recommendations: storing them, and linking them to events.

-- A page may list a recommendation once per addressee, so records of the same number are merged; of values that differ,
-- the last counts.
CREATE FUNCTION ntsb_internal.compare_recommendations() RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    CREATE TEMP TABLE ntsb_recommendation ON COMMIT DROP AS
    WITH converted AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY CASE WHEN s.line ~ '^[0-9]{1,15}$' THEN s.line::bigint END, s.ctid) AS position,
               s.line, c.record, c.record ->> 'rec_no' AS rec_no
        FROM ntsb_staging.safety_recommendation s
        CROSS JOIN LATERAL (SELECT ntsb_internal.convert_recommendation(coalesce(s.record, '')) AS record OFFSET 0) c
    ), addressee AS (
        SELECT a.rec_no, jsonb_agg(a.item ORDER BY a.item ->> 'addressee') AS items,
               count(DISTINCT a.item ->> 'status') AS statuses, min(a.item ->> 'status') AS status,
               bool_or((a.item ->> 'is_open')::boolean) AS is_open
        FROM (SELECT DISTINCT ON (c.rec_no, i.item ->> 'addressee') c.rec_no, i.item
              FROM converted c CROSS JOIN LATERAL jsonb_array_elements(c.record -> 'addressees') i (item)
              WHERE c.rec_no IS NOT NULL
              ORDER BY c.rec_no, i.item ->> 'addressee', c.position DESC) a
        GROUP BY a.rec_no
    ), event AS (
        SELECT e.rec_no, jsonb_agg(DISTINCT e.item) AS items
        FROM (SELECT c.rec_no, i.item
              FROM converted c CROSS JOIN LATERAL jsonb_array_elements(c.record -> 'events') i (item)
              WHERE c.rec_no IS NOT NULL) e
        GROUP BY e.rec_no
    ), unknown AS (
        SELECT u.rec_no, jsonb_agg(DISTINCT i.name ORDER BY i.name) AS names
        FROM converted u CROSS JOIN LATERAL jsonb_array_elements_text(u.record -> 'unknown') i (name)
        WHERE u.rec_no IS NOT NULL
        GROUP BY u.rec_no
    ), merged AS (
        SELECT DISTINCT ON (c.rec_no) c.rec_no,
               c.record - '{addressees,events,unknown,status,is_open}'::text[]
               || jsonb_build_object('addressees', coalesce(a.items, '[]'), 'events', coalesce(e.items, '[]'))
               || jsonb_strip_nulls(jsonb_build_object('unknown', u.names,
                   -- The status of the last record, unless the records state those of several addressees.
                   'status', CASE WHEN s.is_split THEN NULL ELSE c.record -> 'status' END,
                   'is_open', CASE WHEN s.is_split OR c.record -> 'is_open' IS NULL THEN to_jsonb(a.is_open)
                                   ELSE c.record -> 'is_open' END)) AS content
        FROM converted c
        LEFT JOIN addressee a ON a.rec_no = c.rec_no
        LEFT JOIN event e ON e.rec_no = c.rec_no
        LEFT JOIN unknown u ON u.rec_no = c.rec_no
        CROSS JOIN LATERAL (SELECT a.statuses > 1 AND jsonb_array_length(c.record -> 'addressees') = 1 AS is_split) s
        WHERE c.rec_no IS NOT NULL
        ORDER BY c.rec_no, c.position DESC
    ), hashed AS (
        SELECT m.rec_no, m.content, decode(@extschema@.ntsb_content_hash(m.content), 'hex') AS content_hash FROM merged m
    )
    SELECT h.rec_no, h.content, h.content_hash, r.version, r.first_loaded,
           CASE WHEN r.rec_no IS NULL THEN 'insert' WHEN r.content_hash = h.content_hash THEN 'keep'
                ELSE 'update' END AS action, NULL::text AS line, NULL::text AS reason
    FROM hashed h LEFT JOIN ntsb.safety_recommendation r ON r.rec_no = h.rec_no
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, CASE WHEN c.record ? 'other_mode' THEN 'skip' ELSE 'reject' END,
           c.line, coalesce(c.record ->> 'rejection', c.record ->> 'other_mode')
    FROM converted c WHERE c.rec_no IS NULL;
$$;
COMMENT ON FUNCTION ntsb_internal.compare_recommendations() IS
'Internal: called by ntsb_adopt_recommendations. Creates pg_temp.ntsb_recommendation: the staged recommendations, converted and merged by number, each with what is to be done: insert, update, keep, skip (another mode) or reject.';

CREATE FUNCTION ntsb_internal.store_recommendations(source text) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    DELETE FROM ntsb.safety_recommendation r USING pg_temp.ntsb_recommendation n
    WHERE n.action = 'update' AND r.rec_no = n.rec_no;
    INSERT INTO ntsb.safety_recommendation (rec_no, mode, status, is_open, issued_on, closed_on, subject, text, unknown,
        source, words, content_hash, version, first_loaded, changed_at)
    SELECT p.rec_no, p.mode, p.status, p.is_open, p.issued_on, p.closed_on, p.subject, p.text, p.unknown,
        store_recommendations.source, ntsb_internal.index_recommendation(n.content), n.content_hash,
        coalesce(n.version, 0) + 1, coalesce(n.first_loaded, now()), now()
    FROM pg_temp.ntsb_recommendation n
    CROSS JOIN LATERAL jsonb_populate_record(NULL::ntsb.safety_recommendation, n.content) p
    WHERE n.action IN ('insert', 'update');
    INSERT INTO ntsb.safety_recommendation_history (rec_no, version, recorded_at, source, status, content, content_hash)
    SELECT n.rec_no, coalesce(n.version, 0) + 1, now(), store_recommendations.source, n.content ->> 'status',
        n.content, n.content_hash
    FROM pg_temp.ntsb_recommendation n WHERE n.action IN ('insert', 'update');
    INSERT INTO ntsb.safety_recommendation_addressee
    SELECT p.* FROM pg_temp.ntsb_recommendation n
    CROSS JOIN LATERAL jsonb_array_elements(n.content -> 'addressees') i (item)
    CROSS JOIN LATERAL jsonb_populate_record(NULL::ntsb.safety_recommendation_addressee,
        i.item || jsonb_build_object('rec_no', n.rec_no)) p
    WHERE n.action IN ('insert', 'update');
    INSERT INTO ntsb.safety_recommendation_event (rec_no, reference, ntsb_no, mkey)
    SELECT n.rec_no, coalesce(i.item ->> 'ntsb_no', 'mkey ' || (i.item ->> 'mkey')), i.item ->> 'ntsb_no',
        max((i.item ->> 'mkey')::integer)
    FROM pg_temp.ntsb_recommendation n
    CROSS JOIN LATERAL jsonb_array_elements(n.content -> 'events') i (item)
    WHERE n.action IN ('insert', 'update')
    GROUP BY 1, 2, 3;
$$;
COMMENT ON FUNCTION ntsb_internal.store_recommendations(text) IS
'Internal: called by ntsb_adopt_recommendations. Writes the new and changed recommendations of pg_temp.ntsb_recommendation, and each as a version of the history.';

-- By the NTSB number, else by the key of the case that an ev_id of 14 digits contains. If several events have the
-- number, prefers one that is not withdrawn and has an ev_id from NTSB, as ntsb_adopt_cases does.
CREATE FUNCTION ntsb_internal.link_recommendations() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    linked bigint;
BEGIN
    WITH known AS (
        SELECT r.rec_no, r.reference, e.ev_id, true AS by_number, e.withdrawn_batch
        FROM ntsb.safety_recommendation_event r JOIN ntsb.events e ON e.ntsb_no = r.ntsb_no
        UNION ALL
        SELECT r.rec_no, r.reference, a.ev_id, true, NULL
        FROM ntsb.safety_recommendation_event r JOIN ntsb.archived_event a ON a.ntsb_no = r.ntsb_no
        UNION ALL
        SELECT r.rec_no, r.reference, k.ev_id, false, NULL
        FROM ntsb.safety_recommendation_event r
        JOIN ntsb.event_key k ON @extschema@.ntsb_case_key(k.ev_id) = r.mkey
    ), chosen AS (
        SELECT DISTINCT ON (k.rec_no, k.reference) k.rec_no, k.reference, k.ev_id
        FROM known k
        ORDER BY k.rec_no, k.reference, k.withdrawn_batch IS NOT NULL, NOT k.by_number, substr(k.ev_id, 9, 1) = 'M', k.ev_id
    )
    UPDATE ntsb.safety_recommendation_event r SET ev_id = c.ev_id
    FROM ntsb.safety_recommendation_event o
    LEFT JOIN chosen c ON c.rec_no = o.rec_no AND c.reference = o.reference
    WHERE r.rec_no = o.rec_no AND r.reference = o.reference AND r.ev_id IS DISTINCT FROM c.ev_id;
    GET DIAGNOSTICS linked = ROW_COUNT;
    RETURN linked;
END
$$;
COMMENT ON FUNCTION ntsb_internal.link_recommendations() IS
'Internal: called by ntsb_adopt_recommendations and ntsb_refresh. Links safety recommendations to the events of this warehouse. Returns the number of references whose event changed.';

CREATE FUNCTION ntsb_adopt_recommendations(source text, OUT staged bigint, OUT inserted bigint, OUT updated bigint,
    OUT unchanged bigint, OUT other_modes bigint, OUT rejected bigint, OUT linked bigint, OUT unlinked bigint,
    OUT unknown jsonb, OUT rejections jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb_staging.safety_recommendation') IS NULL OR to_regclass('ntsb.safety_recommendation') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot load safety recommendations: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    SELECT count(*) INTO staged FROM ntsb_staging.safety_recommendation;
    IF staged = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'ntsb_staging.safety_recommendation is empty',
            HINT = 'COPY the records into ntsb_staging.safety_recommendation in this transaction, or use ntsb load-recommendations FILE.';
    END IF;
    LOCK TABLE ntsb.safety_recommendation IN SHARE ROW EXCLUSIVE MODE;
    PERFORM ntsb_internal.compare_recommendations();
    SELECT count(*) FILTER (WHERE n.action = 'insert'), count(*) FILTER (WHERE n.action = 'update'),
           count(*) FILTER (WHERE n.action = 'keep'), count(*) FILTER (WHERE n.action = 'skip'),
           count(*) FILTER (WHERE n.action = 'reject')
    INTO inserted, updated, unchanged, other_modes, rejected FROM pg_temp.ntsb_recommendation n;
    SELECT coalesce(jsonb_agg(jsonb_build_object('line', r.line, 'reason', r.reason)), '[]') INTO rejections
    FROM (SELECT n.line, n.reason FROM pg_temp.ntsb_recommendation n WHERE n.action = 'reject'
          ORDER BY length(n.line), n.line LIMIT 100) r;
    IF rejected * 4 > staged * 3 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation',
            MESSAGE = format('%s of %s records are not safety recommendations', rejected, staged),
            DETAIL = format('Record %s: %s', rejections -> 0 ->> 'line', rejections -> 0 ->> 'reason'),
            HINT = 'Load an answer of NTSB''s API (SafetyRecommendations). The stored recommendations are unchanged.';
    END IF;
    SELECT coalesce(jsonb_object_agg(u.name, u.records), '{}') INTO unknown
    FROM (SELECT i.name, count(*) AS records
          FROM pg_temp.ntsb_recommendation n CROSS JOIN LATERAL jsonb_array_elements_text(n.content -> 'unknown') i (name)
          GROUP BY i.name ORDER BY 2 DESC, 1 LIMIT 100) u;
    PERFORM ntsb_internal.store_recommendations(source);
    PERFORM ntsb_internal.link_recommendations();
    SELECT count(e.ev_id), count(*) - count(e.ev_id) INTO linked, unlinked FROM ntsb.safety_recommendation_event e
    WHERE e.rec_no IN (SELECT n.rec_no FROM pg_temp.ntsb_recommendation n);
    DROP TABLE pg_temp.ntsb_recommendation;
    TRUNCATE ntsb_staging.safety_recommendation;
    IF inserted + updated > 0 THEN
        -- Clients that cache events drop them.
        PERFORM pg_notify('ntsb_refresh', json_build_object('what', 'safety_recommendations')::text);
    END IF;
    PERFORM ntsb_internal.record_source('safety_recommendations', source,
        (SELECT count(*) FROM ntsb.safety_recommendation), is_changed => inserted + updated > 0);
END
$$;
COMMENT ON FUNCTION ntsb_adopt_recommendations(text) IS
'Stores the rows of ntsb_staging.safety_recommendation, one JSON record each, in ntsb.safety_recommendation and its tables, records each new version in ntsb.safety_recommendation_history, and links them to events. Stored recommendations that the rows lack are kept. source: name of the file. Returns the numbers of rows staged; of recommendations inserted, updated and unchanged; of records of other modes (not stored) and rejected; of references to events found (linked) and not found (unlinked); unknown: members of the records that were not read, with the number of recommendations; and the first 100 rejected records. Errors: 55000 nothing staged, 22P02 more than three quarters of the records are not recommendations, 3F000 no warehouse.';

CREATE FUNCTION ntsb_safety_recommendations(ev_id text)
RETURNS TABLE (rec_no text, issued_on date, closed_on date, status text, is_open boolean, subject text, recommendation text,
    addressees jsonb)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.rec_no, r.issued_on, r.closed_on, r.status, r.is_open, r.subject, r.text,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('addressee', a.addressee, 'status', a.status,
                                      'is_open', a.is_open, 'closed_on', a.closed_on) ORDER BY a.addressee), '[]')
            FROM ntsb.safety_recommendation_addressee a WHERE a.rec_no = r.rec_no)
    FROM ntsb.safety_recommendation r
    WHERE r.rec_no IN (SELECT e.rec_no FROM ntsb.safety_recommendation_event e
                       WHERE e.ev_id = ntsb_safety_recommendations.ev_id)
    ORDER BY r.issued_on, r.rec_no
$$;
COMMENT ON FUNCTION ntsb_safety_recommendations(text) IS
'NTSB''s safety recommendations that follow from an event, oldest first, with status and addressees as last loaded. No rows if there are none, none are loaded or the event is unknown. Earlier statuses: ntsb.safety_recommendation_history.';
