-- NASA's voluntary reports (ASRS): storing a file, a report as JSON, and verifying the log of changes.

CREATE FUNCTION ntsb_asrs_report(acn integer) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_strip_nulls(to_jsonb(r) - '{words,content_hash,first_load,last_load,changed_at}'::text[])
        || jsonb_build_object(
            'aircraft', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(a) - 'acn') ORDER BY a.aircraft_no)
                                  FROM asrs.aircraft a WHERE a.acn = r.acn), '[]'),
            'persons', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(p) - 'acn') ORDER BY p.person_no)
                                 FROM asrs.person p WHERE p.acn = r.acn), '[]'),
            'narratives', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(n) - 'acn') ORDER BY n.narrative_no)
                                    FROM asrs.narrative n WHERE n.acn = r.acn), '[]'),
            'event', coalesce((SELECT jsonb_strip_nulls(to_jsonb(e) - 'acn')
                               FROM asrs.event e WHERE e.acn = r.acn), '{}'))
    FROM asrs.report r WHERE r.acn = ntsb_asrs_report.acn
$$;
COMMENT ON FUNCTION ntsb_asrs_report(integer) IS
'A voluntary report (ASRS) as one JSON object: the columns of asrs.report, and aircraft, persons, narratives (lists) and event, without nulls. Voluntary and unverified. acn: accession number. Null if it is not stored. The content hash of the report is ntsb_content_hash of this object.';

-- Converts the staged rows and decides what happens with each.
CREATE FUNCTION ntsb_internal.compare_asrs_reports() RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    CREATE TEMP TABLE ntsb_asrs ON COMMIT DROP AS
    WITH converted AS MATERIALIZED (
        SELECT CASE WHEN s.line ~ '^[0-9]{1,15}$' THEN s.line::bigint END AS line, c.report,
               (c.report ->> 'acn')::integer AS acn,
               decode(@extschema@.ntsb_content_hash(c.report), 'hex') AS content_hash
        FROM ntsb_staging.asrs_report s
        CROSS JOIN LATERAL (SELECT ntsb_internal.convert_asrs_report(coalesce(s.fields, '')) AS report OFFSET 0) c
    ), numbered AS (
        SELECT c.*, row_number() OVER w AS copy, first_value(c.content_hash) OVER w AS first_hash
        FROM converted c
        WINDOW w AS (PARTITION BY c.acn ORDER BY c.line)
    )
    SELECT n.line, n.acn, n.report, n.content_hash, r.content_hash AS old_hash, r.first_load,
           CASE WHEN n.acn IS NULL THEN 'reject'
                WHEN n.copy > 1 THEN CASE WHEN n.content_hash = n.first_hash THEN 'repeat' ELSE 'reject' END
                WHEN r.acn IS NULL THEN 'insert'
                WHEN r.content_hash = n.content_hash THEN 'keep'
                ELSE 'update' END AS action,
           CASE WHEN n.acn IS NULL THEN n.report ->> 'rejection'
                WHEN n.copy > 1 AND n.content_hash <> n.first_hash
                THEN 'the report occurs before in the file with other content' END AS reason
    FROM numbered n LEFT JOIN asrs.report r ON r.acn = n.acn;
    ANALYZE pg_temp.ntsb_asrs;
$$;
COMMENT ON FUNCTION ntsb_internal.compare_asrs_reports() IS
'Internal: called by ntsb_adopt_asrs. Creates pg_temp.ntsb_asrs: the staged reports, converted, each with what is to be done: insert, update, keep, repeat (same report twice in the file) or reject.';

-- Entries are chained by hash in the same way as those of ntsb.change_log.
CREATE FUNCTION ntsb_internal.log_asrs_changes(load_id bigint) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO asrs.change_log (seq, load_id, changed_at, acn, action, old_hash, new_hash, changes, entry_hash)
    SELECT coalesce(h.seq, 0) + row_number() OVER w, log_asrs_changes.load_id, now(), c.acn, c.action, c.old_hash,
           c.content_hash, c.changes,
           ntsb_internal.chain_hash(h.entry_hash, log_asrs_changes.load_id, now(), 'report', c.acn::text, NULL::text,
               c.action, c.old_hash, c.content_hash, c.changes) OVER w
    FROM (SELECT n.acn, n.action, n.old_hash, n.content_hash, d.changes
          FROM pg_temp.ntsb_asrs n
          LEFT JOIN LATERAL (
              SELECT jsonb_object_agg(k.key, jsonb_build_object('old', o.old -> k.key, 'new', n.report -> k.key)) AS changes
              FROM (SELECT @extschema@.ntsb_asrs_report(n.acn) AS old) o
              CROSS JOIN LATERAL jsonb_object_keys(o.old || n.report) k (key)
              WHERE o.old -> k.key IS DISTINCT FROM n.report -> k.key) d ON n.action = 'update'
          WHERE n.action IN ('insert', 'update')
          ORDER BY n.acn) c
    LEFT JOIN (SELECT l.seq, l.entry_hash FROM asrs.change_log l ORDER BY l.seq DESC LIMIT 1) h ON true
    WINDOW w AS (ROWS UNBOUNDED PRECEDING)
$$;
COMMENT ON FUNCTION ntsb_internal.log_asrs_changes(bigint) IS
'Internal: called by ntsb_adopt_asrs before it writes. Appends the new and changed reports of pg_temp.ntsb_asrs to asrs.change_log.';

CREATE FUNCTION ntsb_internal.store_asrs_reports(load_id bigint) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    DELETE FROM asrs.report r USING pg_temp.ntsb_asrs n WHERE n.action = 'update' AND r.acn = n.acn;
    INSERT INTO asrs.report (acn, year, month, local_time, locale, state, radial_deg, distance_nm, altitude_agl_ft,
        altitude_msl_ft, uas_position, flight_conditions, weather, visibility_sm, work_environment, light, ceiling_ft,
        is_sky_clear, rvr_ft, component, component_manufacturer, component_aircraft, component_problem,
        contributing_factors, primary_problem, synopsis, unread, words, content_hash, first_load, last_load, changed_at)
    SELECT p.acn, p.year, p.month, p.local_time, p.locale, p.state, p.radial_deg, p.distance_nm, p.altitude_agl_ft,
        p.altitude_msl_ft, p.uas_position, p.flight_conditions, p.weather, p.visibility_sm, p.work_environment,
        p.light, p.ceiling_ft, p.is_sky_clear, p.rvr_ft, p.component, p.component_manufacturer, p.component_aircraft,
        p.component_problem, p.contributing_factors, p.primary_problem, p.synopsis, p.unread,
        ntsb_internal.index_asrs_report(n.report), n.content_hash,
        coalesce(n.first_load, store_asrs_reports.load_id), store_asrs_reports.load_id, now()
    FROM pg_temp.ntsb_asrs n CROSS JOIN LATERAL jsonb_populate_record(NULL::asrs.report, n.report) p
    WHERE n.action IN ('insert', 'update');
    INSERT INTO asrs.aircraft
    SELECT p.* FROM pg_temp.ntsb_asrs n
    CROSS JOIN LATERAL jsonb_array_elements(n.report -> 'aircraft') i (item)
    CROSS JOIN LATERAL jsonb_populate_record(NULL::asrs.aircraft, i.item || jsonb_build_object('acn', n.acn)) p
    WHERE n.action IN ('insert', 'update');
    INSERT INTO asrs.person
    SELECT p.* FROM pg_temp.ntsb_asrs n
    CROSS JOIN LATERAL jsonb_array_elements(n.report -> 'persons') i (item)
    CROSS JOIN LATERAL jsonb_populate_record(NULL::asrs.person, i.item || jsonb_build_object('acn', n.acn)) p
    WHERE n.action IN ('insert', 'update');
    INSERT INTO asrs.event
    SELECT p.* FROM pg_temp.ntsb_asrs n
    CROSS JOIN LATERAL jsonb_populate_record(NULL::asrs.event, (n.report -> 'event') || jsonb_build_object('acn', n.acn)) p
    WHERE n.action IN ('insert', 'update') AND n.report -> 'event' <> '{}';
    INSERT INTO asrs.narrative
    SELECT p.* FROM pg_temp.ntsb_asrs n
    CROSS JOIN LATERAL jsonb_array_elements(n.report -> 'narratives') i (item)
    CROSS JOIN LATERAL jsonb_populate_record(NULL::asrs.narrative, i.item || jsonb_build_object('acn', n.acn)) p
    WHERE n.action IN ('insert', 'update');
$$;
COMMENT ON FUNCTION ntsb_internal.store_asrs_reports(bigint) IS
'Internal: called by ntsb_adopt_asrs. Writes the new and changed reports of pg_temp.ntsb_asrs to the tables of schema asrs.';

CREATE FUNCTION ntsb_adopt_asrs(source text, digest text DEFAULT NULL, OUT load_id bigint, OUT staged bigint,
    OUT inserted bigint, OUT updated bigint, OUT unchanged bigint, OUT rejected bigint, OUT rejections jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb_staging.asrs_report') IS NULL OR to_regclass('asrs.report') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot load voluntary reports: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    -- Serializes loads: the log of changes is a chain.
    LOCK TABLE asrs.change_log IN SHARE ROW EXCLUSIVE MODE;
    PERFORM ntsb_internal.compare_asrs_reports();
    SELECT count(*), count(*) FILTER (WHERE n.action = 'insert'), count(*) FILTER (WHERE n.action = 'update'),
           count(*) FILTER (WHERE n.action IN ('keep', 'repeat')), count(*) FILTER (WHERE n.action = 'reject')
    INTO staged, inserted, updated, unchanged, rejected FROM pg_temp.ntsb_asrs n;
    SELECT coalesce(jsonb_agg(jsonb_build_object('line', r.line, 'acn', r.acn, 'reason', r.reason) ORDER BY r.line), '[]')
    INTO rejections
    FROM (SELECT n.line, n.acn, n.reason FROM pg_temp.ntsb_asrs n WHERE n.action = 'reject' ORDER BY n.line LIMIT 100) r;
    IF staged = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'ntsb_staging.asrs_report is empty',
            HINT = 'COPY the reports into ntsb_staging.asrs_report in this transaction, or use ntsb load-asrs FILE.';
    ELSIF (staged - rejected) * 4 < staged THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation',
            MESSAGE = format('%s of %s rows are not reports', rejected, staged),
            DETAIL = format('Line %s: %s', rejections -> 0 ->> 'line', rejections -> 0 ->> 'reason'),
            HINT = 'Load a CSV export of ASRS Database Online. The stored reports are unchanged.';
    END IF;
    INSERT INTO asrs.load AS l (source, digest, staged, inserted, updated, unchanged, rejected, rejections)
    VALUES (ntsb_adopt_asrs.source, ntsb_adopt_asrs.digest, ntsb_adopt_asrs.staged, ntsb_adopt_asrs.inserted,
            ntsb_adopt_asrs.updated, ntsb_adopt_asrs.unchanged, ntsb_adopt_asrs.rejected, ntsb_adopt_asrs.rejections)
    RETURNING l.load_id INTO load_id;
    PERFORM ntsb_internal.log_asrs_changes(load_id);
    PERFORM ntsb_internal.store_asrs_reports(load_id);
    DROP TABLE pg_temp.ntsb_asrs;
    TRUNCATE ntsb_staging.asrs_report;
    ANALYZE asrs.report, asrs.aircraft, asrs.person, asrs.event, asrs.narrative;
    PERFORM ntsb_internal.record_source('asrs', source, (SELECT count(*) FROM asrs.report),
        digest => digest, is_changed => inserted + updated > 0);
END
$$;
COMMENT ON FUNCTION ntsb_adopt_asrs(text, text) IS
'Stores the rows of ntsb_staging.asrs_report in schema asrs: new and changed reports are written and logged in asrs.change_log, others stay untouched, and none is removed, because an export is the result of a query. Voluntary, unverified reports; never counted with accidents. source: name of the file; digest: its SHA-256. Returns the number of the load and of rows staged, inserted, updated, unchanged (stored already, or repeated in the file) and rejected, and the first 100 rejected rows with line, acn and reason. Errors: 55000 nothing staged, 22P02 more than three quarters of the rows are not reports, 3F000 no warehouse.';

CREATE FUNCTION ntsb_verify_asrs_log() RETURNS TABLE (seq bigint, problem text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH entry AS (
        SELECT l.*, l.seq - lag(l.seq, 1, 0::bigint) OVER w AS step,
               ntsb_internal.chain_hash_step(NULL::bytea, lag(l.entry_hash) OVER w, l.load_id, l.changed_at, 'report',
                   l.acn::text, NULL::text, l.action, l.old_hash, l.new_hash, l.changes) AS expected
        FROM asrs.change_log l WINDOW w AS (ORDER BY l.seq)
    ), newest AS (
        SELECT DISTINCT ON (l.acn) l.acn, l.seq, l.new_hash FROM asrs.change_log l ORDER BY l.acn, l.seq DESC
    )
    SELECT e.seq, CASE WHEN e.step <> 1 THEN format('%s entries missing before this one', e.step - 1)
                       ELSE 'this entry or the one before it was altered' END
    FROM entry e WHERE e.step <> 1 OR e.entry_hash <> e.expected
    UNION ALL
    SELECT n.seq, format('report %s is not the one that was logged', coalesce(n.acn, r.acn))
    FROM newest n FULL JOIN asrs.report r ON r.acn = n.acn
    WHERE n.acn IS NULL OR r.acn IS NULL OR r.content_hash <> n.new_hash
       OR encode(r.content_hash, 'hex') <> @extschema@.ntsb_content_hash(@extschema@.ntsb_asrs_report(r.acn))
    ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION ntsb_verify_asrs_log() IS
'Detects tampering with asrs.change_log and with the reports: entries that were altered or deleted, and reports whose content differs from their hash or from their newest entry. No rows: log and reports agree.';
