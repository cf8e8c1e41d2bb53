-- Runways from a list that the user loads, to compare with the runway that NTSB reports.

CREATE TABLE ntsb.runway (
    airport_id     text NOT NULL,
    ident          text NOT NULL,
    le_ident       text,
    he_ident       text,
    opposite_ident text,
    length_ft      double precision CHECK (length_ft > 0 AND length_ft < 'infinity'),
    width_ft       double precision CHECK (width_ft > 0 AND width_ft < 'infinity'),
    surface        text,
    is_lighted     boolean,
    is_closed      boolean NOT NULL,
    source         text NOT NULL,
    loaded_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (airport_id, ident)
);
COMMENT ON TABLE ntsb.runway IS
    'Runways of the airports in ntsb.airport, from the lists loaded with `ntsb load-runways` (OurAirports or FAA''s NASR). They are today''s runways, not those of the day of an event';
COMMENT ON COLUMN ntsb.runway.airport_id IS 'Airport in ntsb.airport. No foreign key: another list of airports keeps the runways';
COMMENT ON COLUMN ntsb.runway.ident IS 'Designators of both ends as in the list, such as 07/25; H1 is a helipad';
COMMENT ON COLUMN ntsb.runway.le_ident IS 'Designator of the low-numbered end, standardised by ntsb_standard_runway; null if it is none';
COMMENT ON COLUMN ntsb.runway.he_ident IS 'Designator of the high-numbered end; null if the list lacks it';
COMMENT ON COLUMN ntsb.runway.opposite_ident IS 'Designator of the end that the list lacks, derived from the other end; null if the list has both';
COMMENT ON COLUMN ntsb.runway.length_ft IS 'Length in feet; null if the list lacks it';
COMMENT ON COLUMN ntsb.runway.width_ft IS 'Width in feet; null if the list lacks it';
COMMENT ON COLUMN ntsb.runway.surface IS 'Surface as in the list: ASP, ASPH, TURF, …';
COMMENT ON COLUMN ntsb.runway.is_lighted IS 'Has runway lights; null if the list does not say';
COMMENT ON COLUMN ntsb.runway.is_closed IS 'Closed, according to the list';
COMMENT ON COLUMN ntsb.runway.source IS 'Name of the loaded file';
COMMENT ON COLUMN ntsb.runway.loaded_at IS 'When the row was stored or last changed';
