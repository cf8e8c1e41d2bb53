-- Flight hours for accident rates. NTSB's files do not have them: fill the table from FAA's General Aviation Survey,
-- BTS T-100 or an operator's own records.

CREATE TABLE ntsb.exposure_hours (
    ev_year       smallint NOT NULL CHECK (ev_year BETWEEN 1903 AND 2200),
    far_part      text,
    acft_category text,
    is_domestic   boolean,
    hours         double precision NOT NULL CHECK (hours > 0 AND hours < 'infinity'),
    source        text NOT NULL CHECK (btrim(source) <> ''),
    -- Replica identity for logical replication. Last, so that an INSERT without a column list can omit it.
    exposure_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    CONSTRAINT exposure_hours_slice UNIQUE NULLS NOT DISTINCT (ev_year, far_part, acft_category, is_domestic)
);
COMMENT ON TABLE ntsb.exposure_hours IS
    'Flight hours per year, filled by you; the denominators of ntsb.accident_rates. A null in far_part, acft_category or is_domestic means all';
COMMENT ON COLUMN ntsb.exposure_hours.ev_year IS 'Calendar year in which the hours were flown';
COMMENT ON COLUMN ntsb.exposure_hours.far_part IS 'FAR part, as in ntsb.fact_accidents (091, 121, 135, …); null means all';
COMMENT ON COLUMN ntsb.exposure_hours.acft_category IS 'Aircraft category, as in ntsb.fact_accidents (AIR, HELI, …); null means all';
COMMENT ON COLUMN ntsb.exposure_hours.is_domestic IS 'Flown in the United States; null means both';
COMMENT ON COLUMN ntsb.exposure_hours.hours IS 'Flight hours';
COMMENT ON COLUMN ntsb.exposure_hours.source IS 'Source of the number';
COMMENT ON COLUMN ntsb.exposure_hours.exposure_id IS 'Number of the row, generated';
