-- What map tiles are made of far out: cells of a quarter of a degree.

CREATE MATERIALIZED VIEW ntsb.mv_map_cells AS
SELECT c.cell_row::smallint AS cell_row, c.cell_column::smallint AS cell_column,
       avg(c.lat) AS lat, avg(c.lon) AS lon,
       count(*)::integer AS events,
       (count(*) FILTER (WHERE c.severity = 'FATL'))::integer AS fatal_events,
       sum(c.fatalities)::integer AS fatalities,
       (count(*) FILTER (WHERE c.severity = 'FATL' AND c.fatalities IS NULL))::integer AS fatal_events_without_count
FROM (SELECT floor((f.lat + 90) * 4) AS cell_row, floor((f.lon + 180) * 4) AS cell_column,
             f.lat, f.lon, f.severity, f.fatalities
      FROM ntsb.fact_accidents f
      WHERE f.lat BETWEEN -90 AND 90 AND f.lon BETWEEN -180 AND 180) c
GROUP BY c.cell_row, c.cell_column;
CREATE UNIQUE INDEX mv_map_cells_key ON ntsb.mv_map_cells (cell_row, cell_column);
COMMENT ON MATERIALIZED VIEW ntsb.mv_map_cells IS
    'Events in cells of a quarter of a degree, for maps of whole countries (ntsb_tile)';
COMMENT ON COLUMN ntsb.mv_map_cells.cell_row IS 'Quarters of a degree from the south pole';
COMMENT ON COLUMN ntsb.mv_map_cells.cell_column IS 'Quarters of a degree from the antimeridian, eastwards';
COMMENT ON COLUMN ntsb.mv_map_cells.lat IS 'Mean latitude of its events, degrees north';
COMMENT ON COLUMN ntsb.mv_map_cells.lon IS 'Mean longitude of its events, degrees east';
COMMENT ON COLUMN ntsb.mv_map_cells.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_map_cells.fatal_events IS 'Events in which somebody was killed';
COMMENT ON COLUMN ntsb.mv_map_cells.fatalities IS 'People killed, of the events that have a count';
COMMENT ON COLUMN ntsb.mv_map_cells.fatal_events_without_count IS 'Fatal events of which the file does not say how many people were killed';
