-- Search for safety recommendations: a kind of its own.

CREATE FUNCTION ntsb_internal.index_recommendation(content jsonb) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = 'warning' -- hides the notice that a word is too long to be indexed
AS $$
    SELECT setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(t.subject)), 'A')
        || setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(t.body)), 'B')
        || setweight(to_tsvector('pg_catalog.simple', ntsb_internal.extract_type_names(t.subject || ' ' || t.body)), 'B')
        || setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(t.names)), 'C')
    FROM (SELECT left(coalesce(content ->> 'subject', ''), 20000) AS subject,
                 left(coalesce(content ->> 'text', ''), 100000) AS body,
                 left(concat_ws(' ', content ->> 'rec_no', content ->> 'status',
                     (SELECT string_agg(concat_ws(' ', a.item ->> 'addressee', a.item ->> 'status'), ' ')
                      FROM jsonb_array_elements(content -> 'addressees') a (item)),
                     (SELECT string_agg(e.item ->> 'ntsb_no', ' ')
                      FROM jsonb_array_elements(content -> 'events') e (item))), 20000) AS names) t
$$;
COMMENT ON FUNCTION ntsb_internal.index_recommendation(jsonb) IS
'Internal: called by ntsb_adopt_recommendations. The search words of a recommendation (see ntsb.safety_recommendation.words).';

CREATE FUNCTION ntsb_search_recommendations(query text, max_rows integer DEFAULT 20, first_year integer DEFAULT NULL,
    last_year integer DEFAULT NULL)
RETURNS TABLE (kind text, rec_no text, issued_on date, status text, is_open boolean, subject text, addressees text,
    ev_ids text[], rank double precision, snippet text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    terms tsquery := @extschema@.ntsb_search_query(query);
    row_limit integer := ntsb_internal.check_search_limit(max_rows);
BEGIN
    PERFORM ntsb_internal.check_years(first_year, last_year);
    IF to_regclass('ntsb.safety_recommendation') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot search safety recommendations: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    IF numnode(terms) = 0 THEN
        RAISE NOTICE 'the query contains no words to search for';
        RETURN;
    END IF;
    RETURN QUERY
    SELECT 'recommendation', h.rec_no, h.issued_on, h.status, h.is_open, h.subject,
           (SELECT string_agg(a.addressee, '; ' ORDER BY a.addressee)
            FROM ntsb.safety_recommendation_addressee a WHERE a.rec_no = h.rec_no),
           (SELECT array_agg(DISTINCT e.ev_id) FILTER (WHERE e.ev_id IS NOT NULL)
            FROM ntsb.safety_recommendation_event e WHERE e.rec_no = h.rec_no),
           h.rank,
           ts_headline('pg_catalog.english', left(concat_ws(E'\n', h.subject, h.text), 20000), terms,
               'StartSel=«, StopSel=», MaxWords=30, MinWords=12, MaxFragments=2, FragmentDelimiter=" … "')
    FROM (SELECT r.*, ts_rank(r.words, terms, 1)::double precision AS rank
          FROM ntsb.safety_recommendation r
          WHERE r.words @@ terms
            AND (ntsb_search_recommendations.first_year IS NULL
                 OR r.issued_on >= make_date(least(greatest(ntsb_search_recommendations.first_year, 1), 9999), 1, 1))
            AND (ntsb_search_recommendations.last_year IS NULL
                 OR r.issued_on <= make_date(least(greatest(ntsb_search_recommendations.last_year, 1), 9999), 12, 31))
          ORDER BY rank DESC, r.rec_no DESC LIMIT row_limit) h
    ORDER BY h.rank DESC, h.rec_no DESC;
END
$$;
COMMENT ON FUNCTION ntsb_search_recommendations(text, integer, integer, integer) IS
'Full-text search for NTSB''s safety recommendations, best match first; they are not part of ntsb_search. query: as for ntsb_search. max_rows: 1 to 1,000. first_year, last_year: years of issue. ev_ids: the events that they follow from, where the warehouse has them. rank: ts_rank, divided by 1 + the logarithm of the length; comparable within one search. snippet: passages with the words in «». Errors: 22023 max_rows out of range or first_year after last_year, 3F000 no warehouse.';
