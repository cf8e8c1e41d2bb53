-- What models learn from: the catalogue of features, the history of aircraft types, and the facts of
-- each event, which training, batches and single predictions read alike.

CREATE TABLE ntsb.feature (
    name        text PRIMARY KEY,
    position    smallint NOT NULL UNIQUE,
    source      text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('number', 'code', 'late_code', 'type', 'date', 'clock', 'derived')),
    stage       text NOT NULL CHECK (stage IN ('pre_event', 'scene')),
    description text NOT NULL
);
COMMENT ON TABLE ntsb.feature IS
    'What a model may learn from. ntsb_create_warehouse keeps it as this version of the extension has it';
COMMENT ON COLUMN ntsb.feature.name IS 'Name, that of a column of ntsb.accident_features unless kind is derived';
COMMENT ON COLUMN ntsb.feature.position IS 'Place in the catalogue';
COMMENT ON COLUMN ntsb.feature.source IS 'Columns that it comes from, or its formula';
COMMENT ON COLUMN ntsb.feature.kind IS
    'number; code; late_code: a code in a column that NTSB fills late, a missing one stands for the commonest; type: maker or model of aircraft; derived: follows from facts by a formula; date and clock: no feature themselves, others follow from them';
COMMENT ON COLUMN ntsb.feature.stage IS
    'pre_event: known before the event; scene: seen at the scene, in models that say so';
COMMENT ON COLUMN ntsb.feature.description IS 'What it says';

-- One row for each day on which a type had an event, with what is counted up to the end of that day: the
-- state as of any day is the last row not after it, one probe of the primary key.
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
    'What had happened to an aircraft type by the end of a day; CALL ntsb_refresh_features() keeps it';
COMMENT ON COLUMN ntsb.type_history.acft_make IS 'Maker of the first aircraft, in one spelling';
COMMENT ON COLUMN ntsb.type_history.acft_model IS 'Model, in one spelling; empty: all models of the maker';
COMMENT ON COLUMN ntsb.type_history.as_of IS 'A day on which the type had an event';
COMMENT ON COLUMN ntsb.type_history.events IS 'Events whose outcome is known, up to and with that day';
COMMENT ON COLUMN ntsb.type_history.injury_events IS 'Those in which somebody was hurt';
COMMENT ON COLUMN ntsb.type_history.fatal_events IS 'Those in which somebody died';

-- The same of places: cells of a hundredth of a degree, which hardly hold more than an airfield, and of a
-- tenth.
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
    'What had happened at a place by the end of a day; CALL ntsb_refresh_features() keeps it';
COMMENT ON COLUMN ntsb.place_history.per_degree IS 'Cells per degree: 100, about a kilometre, or 10';
COMMENT ON COLUMN ntsb.place_history.lat_cell IS 'floor(latitude * per_degree)';
COMMENT ON COLUMN ntsb.place_history.lon_cell IS 'floor(longitude * per_degree)';
COMMENT ON COLUMN ntsb.place_history.as_of IS 'A day on which an event happened there';
COMMENT ON COLUMN ntsb.place_history.events IS 'Events whose outcome is known, up to and with that day';
COMMENT ON COLUMN ntsb.place_history.injury_events IS 'Those in which somebody was hurt';
COMMENT ON COLUMN ntsb.place_history.fatal_events IS 'Those in which somebody died';
