-- Source of the map tiles at low zoom: cells of a quarter of a degree.

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
    'Events per cell of a quarter of a degree, for low-zoom map tiles (ntsb_tile)';
COMMENT ON COLUMN ntsb.mv_map_cells.cell_row IS 'Row of the cell: quarters of a degree north of the south pole';
COMMENT ON COLUMN ntsb.mv_map_cells.cell_column IS 'Column of the cell: quarters of a degree east of the antimeridian';
COMMENT ON COLUMN ntsb.mv_map_cells.lat IS 'Mean latitude of the events in degrees north';
COMMENT ON COLUMN ntsb.mv_map_cells.lon IS 'Mean longitude of the events in degrees east';
COMMENT ON COLUMN ntsb.mv_map_cells.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_map_cells.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_map_cells.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_map_cells.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
