-- Source of the search index.

CREATE VIEW ntsb.search_source AS
SELECT f.ev_id, f.ev_date, f.place, f.aircraft, f.severity,
       to_tsvector('pg_catalog.simple', ntsb.normalize_text(n.names))
           || to_tsvector('pg_catalog.english', ntsb.normalize_text(n.names)) || coalesce(t.words, '') AS words,
       concat_ws(E'\n', n.names, t.reports) AS text,
       array_remove(ARRAY[
           'year=' || f.ev_year, 'state=' || f.ev_state, 'place=' || f.ev_state || ' ' || f.ev_city,
           'weather=' || f.wx_cond_basic, 'severity=' || f.severity, 'domestic=' || f.is_domestic,
           'make=' || f.acft_make, 'model=' || f.acft_make || ' ' || f.acft_model,
           'category=' || f.acft_category, 'far=' || f.far_part, 'purpose=' || f.type_fly,
           'phase=' || f.phase, 'event=' || f.era || ' ' || f.defining_event], NULL) AS facts
FROM ntsb.fact_accidents f
CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', a.acft_make, a.acft_make_std, a.acft_model, a.acft_model_std,
                                regexp_replace(a.acft_model_std, '[^A-Za-z0-9]', '', 'g'),
                                a.regis_no, regexp_replace(a.regis_no, '[^A-Za-z0-9]', '', 'g')), ' '
                      ORDER BY a.aircraft_key) AS names
    FROM ntsb.aircraft a
    WHERE a.ev_id = f.ev_id AND a.withdrawn_batch IS NULL
) a
CROSS JOIN LATERAL (SELECT concat_ws(' ', f.ev_city, a.names, f.ntsb_no) AS names) n
CROSS JOIN LATERAL (
    -- Identical reports of two aircraft count once. The limit keeps the tsvector below its maximum of 1 MB.
    SELECT ntsb.concat_words(w.words ORDER BY w.aircraft_key) AS words,
           string_agg(w.reports, E'\n' ORDER BY w.aircraft_key) AS reports
    FROM (SELECT n.words, min(n.aircraft_key) AS aircraft_key,
                 min(concat_ws(E'\n', n.narr_cause, n.narr_accf, n.narr_inc, n.narr_accp)) AS reports,
                 sum(max(pg_column_size(n.words))) OVER (ORDER BY min(n.aircraft_key)) AS packed
          FROM ntsb.narratives n
          WHERE n.ev_id = f.ev_id AND n.withdrawn_batch IS NULL
          GROUP BY n.words) w
    WHERE w.packed <= 200000
) t;
COMMENT ON VIEW ntsb.search_source IS
    'Source of the search index: the facts of each event (ntsb.fact_accidents) and the words of its aircraft and reports; ntsb.search_document holds them as of the last refresh';
COMMENT ON COLUMN ntsb.search_source.words IS
    'Words of the city, aircraft (all spellings) and numbers, both unstemmed and stemmed, then of the reports (stemmed; weight A is the probable cause)';
COMMENT ON COLUMN ntsb.search_source.text IS
    'Text of these words; ntsb_internal.extract_type_names finds names of aircraft types in it, such as PA-28';
COMMENT ON COLUMN ntsb.search_source.facts IS 'Facts for filters and for similarity, such as state=AK';
