-- What had happened to an aircraft type ($1 maker, $2 model) a year before a day ($3), by the same two
-- probes as ntsb.accident_features.
SELECT t.events::pg_catalog.float8,
       t.fatal_events::pg_catalog.float8 OPERATOR(pg_catalog./) t.events::pg_catalog.float8,
       t.injury_events::pg_catalog.float8 OPERATOR(pg_catalog./) t.events::pg_catalog.float8,
       m.events::pg_catalog.float8,
       m.fatal_events::pg_catalog.float8 OPERATOR(pg_catalog./) m.events::pg_catalog.float8
FROM (SELECT) one
LEFT JOIN LATERAL (
    SELECT h.events, h.injury_events, h.fatal_events FROM ntsb.type_history h
    WHERE h.acft_make OPERATOR(pg_catalog.=) $1 AND h.acft_model OPERATOR(pg_catalog.=) $2
      AND $2 OPERATOR(pg_catalog.<>) ''
      AND h.as_of OPERATOR(pg_catalog.<=) ($3 OPERATOR(pg_catalog.-) '1 year'::pg_catalog.interval)
    ORDER BY h.as_of DESC LIMIT 1) t ON true
LEFT JOIN LATERAL (
    SELECT h.events, h.fatal_events FROM ntsb.type_history h
    WHERE h.acft_make OPERATOR(pg_catalog.=) $1 AND h.acft_model OPERATOR(pg_catalog.=) ''
      AND h.as_of OPERATOR(pg_catalog.<=) ($3 OPERATOR(pg_catalog.-) '1 year'::pg_catalog.interval)
    ORDER BY h.as_of DESC LIMIT 1) m ON true
