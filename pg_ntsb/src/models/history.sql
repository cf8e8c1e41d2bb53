-- The history of an aircraft type ($1 make, $2 model) and of a location ($3 latitude, $4 longitude) one year before a
-- date ($5), with the same four lookups as ntsb.accident_features. Null arguments return null.
SELECT t.events::pg_catalog.float8,
       t.fatal_events::pg_catalog.float8 OPERATOR(pg_catalog./) t.events::pg_catalog.float8,
       t.injury_events::pg_catalog.float8 OPERATOR(pg_catalog./) t.events::pg_catalog.float8,
       m.events::pg_catalog.float8,
       m.fatal_events::pg_catalog.float8 OPERATOR(pg_catalog./) m.events::pg_catalog.float8,
       CASE WHEN $3 IS NOT NULL THEN coalesce(u.events, 0)::pg_catalog.float8 END,
       u.fatal_events::pg_catalog.float8 OPERATOR(pg_catalog./) u.events::pg_catalog.float8,
       u.injury_events::pg_catalog.float8 OPERATOR(pg_catalog./) u.events::pg_catalog.float8,
       CASE WHEN $3 IS NOT NULL THEN coalesce(v.events, 0)::pg_catalog.float8 END,
       v.fatal_events::pg_catalog.float8 OPERATOR(pg_catalog./) v.events::pg_catalog.float8,
       v.injury_events::pg_catalog.float8 OPERATOR(pg_catalog./) v.events::pg_catalog.float8
FROM (SELECT $5 OPERATOR(pg_catalog.-) '1 year'::pg_catalog.interval AS known) one
LEFT JOIN LATERAL (
    SELECT h.events, h.injury_events, h.fatal_events FROM ntsb.type_history h
    WHERE h.acft_make OPERATOR(pg_catalog.=) $1 AND h.acft_model OPERATOR(pg_catalog.=) $2
      AND $2 OPERATOR(pg_catalog.<>) '' AND h.as_of OPERATOR(pg_catalog.<=) one.known
    ORDER BY h.as_of DESC LIMIT 1) t ON true
LEFT JOIN LATERAL (
    SELECT h.events, h.fatal_events FROM ntsb.type_history h
    WHERE h.acft_make OPERATOR(pg_catalog.=) $1 AND h.acft_model OPERATOR(pg_catalog.=) ''
      AND h.as_of OPERATOR(pg_catalog.<=) one.known
    ORDER BY h.as_of DESC LIMIT 1) m ON true
LEFT JOIN LATERAL (
    SELECT h.events, h.injury_events, h.fatal_events FROM ntsb.place_history h
    WHERE h.per_degree OPERATOR(pg_catalog.=) 100
      AND h.lat_cell OPERATOR(pg_catalog.=) pg_catalog.floor($3 OPERATOR(pg_catalog.*) 100)::pg_catalog.int4
      AND h.lon_cell OPERATOR(pg_catalog.=) pg_catalog.floor($4 OPERATOR(pg_catalog.*) 100)::pg_catalog.int4
      AND h.as_of OPERATOR(pg_catalog.<=) one.known
    ORDER BY h.as_of DESC LIMIT 1) u ON true
LEFT JOIN LATERAL (
    SELECT h.events, h.injury_events, h.fatal_events FROM ntsb.place_history h
    WHERE h.per_degree OPERATOR(pg_catalog.=) 10
      AND h.lat_cell OPERATOR(pg_catalog.=) pg_catalog.floor($3 OPERATOR(pg_catalog.*) 10)::pg_catalog.int4
      AND h.lon_cell OPERATOR(pg_catalog.=) pg_catalog.floor($4 OPERATOR(pg_catalog.*) 10)::pg_catalog.int4
      AND h.as_of OPERATOR(pg_catalog.<=) one.known
    ORDER BY h.as_of DESC LIMIT 1) v ON true
