-- How much was flown, and accidents in proportion to it. NTSB's files do not say: whoever knows the
-- hours (FAA's General Aviation Survey, BTS T-100, an operator's own books) fills the table.

CREATE TABLE ntsb.exposure_hours (
    ev_year       smallint NOT NULL CHECK (ev_year BETWEEN 1903 AND 2200),
    far_part      text,
    acft_category text,
    is_domestic   boolean,
    hours         double precision NOT NULL CHECK (hours > 0 AND hours < 'infinity'),
    source        text NOT NULL CHECK (btrim(source) <> ''),
    -- Logical replication tells rows by it. The last column, so that VALUES of a row need not give it.
    exposure_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    CONSTRAINT exposure_hours_slice UNIQUE NULLS NOT DISTINCT (ev_year, far_part, acft_category, is_domestic)
);
COMMENT ON TABLE ntsb.exposure_hours IS
    'Hours flown in a year, for you to fill: ntsb.accident_rates divides by them. A null in far_part, acft_category or is_domestic means all';
COMMENT ON COLUMN ntsb.exposure_hours.ev_year IS 'Calendar year in which the hours were flown';
COMMENT ON COLUMN ntsb.exposure_hours.far_part IS 'Regulation flown under, as in ntsb.fact_accidents (091, 121, 135, …); null for all';
COMMENT ON COLUMN ntsb.exposure_hours.acft_category IS 'Category of aircraft, as in ntsb.fact_accidents (AIR, HELI, …); null for all';
COMMENT ON COLUMN ntsb.exposure_hours.is_domestic IS 'Flown in the United States, or not; null for both';
COMMENT ON COLUMN ntsb.exposure_hours.hours IS 'Flight hours';
COMMENT ON COLUMN ntsb.exposure_hours.source IS 'Who says so';
COMMENT ON COLUMN ntsb.exposure_hours.exposure_id IS 'Number of the row, given by itself';
