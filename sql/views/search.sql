-- What each event is found by.

CREATE VIEW ntsb.search_source AS
SELECT f.ev_id, f.ev_date, f.place, f.aircraft, f.severity,
       to_tsvector('pg_catalog.simple', ntsb.search_text(n.names))
           || to_tsvector('pg_catalog.english', ntsb.search_text(n.names)) || coalesce(t.words, '') AS words,
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
    -- The same text of both aircraft of a collision counts once; a tsvector holds at most 1 MB.
    SELECT ntsb.joined_words(w.words ORDER BY w.aircraft_key) AS words,
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
    'What each event is found by: its facts (ntsb.fact_accidents) and the words of its aircraft and reports; ntsb.search_document holds it as of the last refresh';
COMMENT ON COLUMN ntsb.search_source.words IS
    'Words of city, aircraft in all their spellings and numbers (as they are and stemmed), then of the reports (stemmed; A is the probable cause)';
COMMENT ON COLUMN ntsb.search_source.text IS
    'The text that the words are of; names of types in it, such as PA-28, are found by ntsb_internal.search_names';
COMMENT ON COLUMN ntsb.search_source.facts IS 'What it is filtered by and compared in, such as state=AK';
