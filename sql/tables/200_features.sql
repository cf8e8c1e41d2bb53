-- The feature catalogue, and the history of aircraft types and places.

CREATE TABLE ntsb.feature (
    name        text PRIMARY KEY,
    position    smallint NOT NULL UNIQUE,
    source      text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('number', 'code', 'late_code', 'type', 'date', 'clock', 'derived')),
    stage       text NOT NULL CHECK (stage IN ('pre_event', 'scene')),
    description text NOT NULL
);
COMMENT ON TABLE ntsb.feature IS
    'Catalogue of features; ntsb_create_warehouse updates it to the version of the extension';
COMMENT ON COLUMN ntsb.feature.name IS 'Name of the feature; a column of ntsb.accident_features unless kind is derived';
COMMENT ON COLUMN ntsb.feature.position IS 'Position in the catalogue';
COMMENT ON COLUMN ntsb.feature.source IS 'Source columns, or the formula';
COMMENT ON COLUMN ntsb.feature.kind IS
    'number; code; late_code: a code in a column that NTSB fills late, null is replaced by the most frequent code; type: maker or model of aircraft; derived: computed from other columns; date and clock: only inputs of derived features';
COMMENT ON COLUMN ntsb.feature.stage IS
    'pre_event: known before the event; scene: known at the scene, used only by models with feature set scene';
COMMENT ON COLUMN ntsb.feature.description IS 'Meaning of the feature';

-- One row per day on which a type had an event, with cumulative counts up to that day. The counts as of any day are in
-- the last row not after it, found with one index lookup.
CREATE TABLE ntsb.type_history (
    acft_make     text NOT NULL,
    acft_model    text NOT NULL,
    as_of         date NOT NULL,
    events        integer NOT NULL,
    injury_events integer NOT NULL,
    fatal_events  integer NOT NULL,
    PRIMARY KEY (acft_make, acft_model, as_of)
);
COMMENT ON TABLE ntsb.type_history IS
    'Cumulative event counts per aircraft type and day; updated by CALL ntsb_refresh_features()';
COMMENT ON COLUMN ntsb.type_history.acft_make IS 'Maker of the first aircraft, standardised spelling';
COMMENT ON COLUMN ntsb.type_history.acft_model IS 'Model, standardised spelling; empty for all models of the maker';
COMMENT ON COLUMN ntsb.type_history.as_of IS 'Day on which the type had an event';
COMMENT ON COLUMN ntsb.type_history.events IS 'Events with known outcome up to and including that day';
COMMENT ON COLUMN ntsb.type_history.injury_events IS 'Of these, events with injuries';
COMMENT ON COLUMN ntsb.type_history.fatal_events IS 'Of these, fatal events';

-- Cumulative counts per place, in cells of 0.01 degrees (about one airfield) and of 0.1 degrees.
CREATE TABLE ntsb.place_history (
    per_degree    smallint NOT NULL CHECK (per_degree IN (10, 100)),
    lat_cell      integer NOT NULL,
    lon_cell      integer NOT NULL,
    as_of         date NOT NULL,
    events        integer NOT NULL,
    injury_events integer NOT NULL,
    fatal_events  integer NOT NULL,
    PRIMARY KEY (per_degree, lat_cell, lon_cell, as_of)
);
COMMENT ON TABLE ntsb.place_history IS
    'Cumulative event counts per grid cell and day; updated by CALL ntsb_refresh_features()';
COMMENT ON COLUMN ntsb.place_history.per_degree IS 'Cells per degree: 100 (about 1 km) or 10';
COMMENT ON COLUMN ntsb.place_history.lat_cell IS 'floor(latitude * per_degree)';
COMMENT ON COLUMN ntsb.place_history.lon_cell IS 'floor(longitude * per_degree)';
COMMENT ON COLUMN ntsb.place_history.as_of IS 'Day on which the cell had an event';
COMMENT ON COLUMN ntsb.place_history.events IS 'Events with known outcome up to and including that day';
COMMENT ON COLUMN ntsb.place_history.injury_events IS 'Of these, events with injuries';
COMMENT ON COLUMN ntsb.place_history.fatal_events IS 'Of these, fatal events';
