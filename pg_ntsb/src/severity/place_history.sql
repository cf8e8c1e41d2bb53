-- What had happened at a place ($1 latitude, $2 longitude) a year before a day ($3), by the same two probes as
-- ntsb.accident_features.
SELECT coalesce(u.events, 0)::pg_catalog.float8,
       u.fatal_events::pg_catalog.float8 OPERATOR(pg_catalog./) u.events::pg_catalog.float8,
       u.injury_events::pg_catalog.float8 OPERATOR(pg_catalog./) u.events::pg_catalog.float8,
       coalesce(v.events, 0)::pg_catalog.float8,
       v.fatal_events::pg_catalog.float8 OPERATOR(pg_catalog./) v.events::pg_catalog.float8,
       v.injury_events::pg_catalog.float8 OPERATOR(pg_catalog./) v.events::pg_catalog.float8
FROM (SELECT) one
LEFT JOIN LATERAL (
    SELECT h.events, h.injury_events, h.fatal_events FROM ntsb.place_history h
    WHERE h.per_degree OPERATOR(pg_catalog.=) 100
      AND h.lat_cell OPERATOR(pg_catalog.=) pg_catalog.floor($1 OPERATOR(pg_catalog.*) 100)::pg_catalog.int4
      AND h.lon_cell OPERATOR(pg_catalog.=) pg_catalog.floor($2 OPERATOR(pg_catalog.*) 100)::pg_catalog.int4
      AND h.as_of OPERATOR(pg_catalog.<=) ($3 OPERATOR(pg_catalog.-) '1 year'::pg_catalog.interval)
    ORDER BY h.as_of DESC LIMIT 1) u ON true
LEFT JOIN LATERAL (
    SELECT h.events, h.injury_events, h.fatal_events FROM ntsb.place_history h
    WHERE h.per_degree OPERATOR(pg_catalog.=) 10
      AND h.lat_cell OPERATOR(pg_catalog.=) pg_catalog.floor($1 OPERATOR(pg_catalog.*) 10)::pg_catalog.int4
      AND h.lon_cell OPERATOR(pg_catalog.=) pg_catalog.floor($2 OPERATOR(pg_catalog.*) 10)::pg_catalog.int4
      AND h.as_of OPERATOR(pg_catalog.<=) ($3 OPERATOR(pg_catalog.-) '1 year'::pg_catalog.interval)
    ORDER BY h.as_of DESC LIMIT 1) v ON true
