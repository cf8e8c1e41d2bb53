SELECT i.ev_id, d.ev_date, d.place, d.aircraft, d.severity, s.snippet
FROM unnest($1::text[]) WITH ORDINALITY i (ev_id, place)
LEFT JOIN ntsb.search_document d ON d.ev_id = i.ev_id
LEFT JOIN LATERAL (
    SELECT ts_headline('pg_catalog.english', t.text, $2::tsquery,
        'StartSel=«, StopSel=», MaxWords=30, MinWords=12, MaxFragments=2, FragmentDelimiter=" … "') AS snippet
    FROM (
        SELECT coalesce(n.narr_cause, '') || ' ' || left(coalesce(n.narr_accf, '') || ' ' || coalesce(n.narr_accp, n.narr_inc, ''), 4000) AS text
        FROM ntsb.narratives n
        WHERE n.ev_id = i.ev_id AND n.withdrawn_batch IS NULL ORDER BY n.aircraft_key LIMIT 1) t
) s ON true
ORDER BY i.place
