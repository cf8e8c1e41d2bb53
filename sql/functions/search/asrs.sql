-- Search for voluntary reports (ASRS): a kind of its own, never among accidents.

CREATE FUNCTION ntsb_internal.index_asrs_report(report jsonb) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = 'warning' -- hides the notice that a word is too long to be indexed
AS $$
    -- The limits keep the tsvector below its maximum of 1 MB.
    SELECT setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(t.synopsis)), 'A')
        || setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(t.names)), 'B')
        || setweight(to_tsvector('pg_catalog.simple', ntsb_internal.extract_type_names(t.names || ' ' || t.synopsis)), 'B')
        || setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(t.terms)), 'C')
        || setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(t.narratives)), 'D')
        || setweight(to_tsvector('pg_catalog.simple', ntsb_internal.extract_type_names(t.narratives)), 'D')
    FROM (
        SELECT left(coalesce(report ->> 'synopsis', ''), 20000) AS synopsis,
               left(concat_ws(' ', translate(report ->> 'locale', '.', ' '), report ->> 'state', report ->> 'component',
                   -- ASRS writes B737-700 and C172, so the number alone is a name, too.
                   (SELECT string_agg(concat_ws(' ', a.item ->> 'make_model', a.item ->> 'operator',
                        regexp_replace(a.item ->> 'make_model', '\m[A-Z]{1,2}(?=[0-9]{3})', '', 'g')), ' ')
                    FROM jsonb_array_elements(report -> 'aircraft') a (item))), 10000) AS names,
               left(concat_ws(' ', report ->> 'primary_problem', report ->> 'contributing_factors', report ->> 'weather',
                   report -> 'event' ->> 'anomaly', report -> 'event' ->> 'result',
                   (SELECT string_agg(p.item ->> 'human_factors', ' ')
                    FROM jsonb_array_elements(report -> 'persons') p (item)),
                   (SELECT string_agg(concat_ws(' ', a.item ->> 'flight_phase', a.item ->> 'mission'), ' ')
                    FROM jsonb_array_elements(report -> 'aircraft') a (item))), 20000) AS terms,
               left(coalesce((SELECT string_agg(concat_ws(E'\n', n.item ->> 'narrative', n.item ->> 'callback'), E'\n')
                    FROM jsonb_array_elements(report -> 'narratives') n (item)), ''), 100000) AS narratives
    ) t
$$;
COMMENT ON FUNCTION ntsb_internal.index_asrs_report(jsonb) IS
'Internal: called by ntsb_adopt_asrs. The search words of a report (see asrs.report.words).';

CREATE FUNCTION ntsb_internal.check_search_limit(max_rows integer) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF max_rows IS NULL OR max_rows NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('max_rows must be between 1 and 1,000, got %s', coalesce(max_rows::text, 'null')),
            HINT = 'To see more than the best 1,000, narrow the search by first_year and last_year.';
    END IF;
    RETURN max_rows;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_search_limit(integer) IS
'Internal: called by ntsb_search_asrs and ntsb_search_recommendations. Returns max_rows. Errors: 22023 not between 1 and 1,000.';

CREATE FUNCTION ntsb_internal.check_years(first_year integer, last_year integer) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF first_year > last_year THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('first_year must not be after last_year, got %s and %s', first_year, last_year),
            HINT = 'Both years are included; null means no limit.';
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_years(integer, integer) IS
'Internal: called by functions that take a range of years, null meaning no limit. Returns true. Errors: 22023 first_year is after last_year.';

CREATE FUNCTION ntsb_search_asrs(query text, max_rows integer DEFAULT 20, first_year integer DEFAULT NULL,
    last_year integer DEFAULT NULL)
RETURNS TABLE (kind text, acn integer, year integer, month integer, place text, aircraft text, primary_problem text,
    rank double precision, snippet text, caveat text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    terms tsquery := @extschema@.ntsb_search_query(query);
    row_limit integer := ntsb_internal.check_search_limit(max_rows);
BEGIN
    PERFORM ntsb_internal.check_years(first_year, last_year);
    IF to_regclass('asrs.report') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot search voluntary reports: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    IF numnode(terms) = 0 THEN
        RAISE NOTICE 'the query contains no words to search for';
        RETURN;
    END IF;
    RETURN QUERY
    SELECT 'asrs', h.acn, h.year::integer, h.month::integer, nullif(concat_ws(', ', h.locale, h.state), ''),
           (SELECT string_agg(a.make_model, ', ' ORDER BY a.aircraft_no) FROM asrs.aircraft a WHERE a.acn = h.acn),
           h.primary_problem, h.rank,
           ts_headline('pg_catalog.english', concat_ws(E'\n', h.synopsis,
               (SELECT left(string_agg(n.narrative, E'\n' ORDER BY n.narrative_no), 20000)
                FROM asrs.narrative n WHERE n.acn = h.acn)), terms,
               'StartSel=«, StopSel=», MaxWords=30, MinWords=12, MaxFragments=2, FragmentDelimiter=" … "'),
           'voluntary report, not verified'
    FROM (SELECT r.acn, r.year, r.month, r.locale, r.state, r.primary_problem, r.synopsis,
                 ts_rank(r.words, terms, 1)::double precision AS rank
          FROM asrs.report r
          WHERE r.words @@ terms
            AND (ntsb_search_asrs.first_year IS NULL OR r.year >= ntsb_search_asrs.first_year)
            AND (ntsb_search_asrs.last_year IS NULL OR r.year <= ntsb_search_asrs.last_year)
          ORDER BY rank DESC, r.acn DESC LIMIT row_limit) h
    ORDER BY h.rank DESC, h.acn DESC;
END
$$;
COMMENT ON FUNCTION ntsb_search_asrs(text, integer, integer, integer) IS
'Full-text search for voluntary reports (ASRS), best match first. They are unverified and never part of ntsb_search or of a count of accidents. query: as for ntsb_search. max_rows: 1 to 1,000. first_year, last_year: years of the occurrence. rank: ts_rank, divided by 1 + the logarithm of the length; comparable within one search. snippet: passages with the words in «». Errors: 22023 max_rows out of range or first_year after last_year, 3F000 no warehouse.';
