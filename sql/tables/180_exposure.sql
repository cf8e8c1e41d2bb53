-- Flight hours for accident rates. NTSB's files do not have them: `ntsb load-exposure` fills the table from NTSB's yearly
-- statistics, the Bureau of Transportation Statistics or a CSV of one's own. Figures are revised each year, so several
-- editions of a year stay beside each other, and the newest counts.

CREATE TABLE ntsb.exposure_hours (
    ev_year       smallint NOT NULL CHECK (ev_year BETWEEN 1903 AND 2200),
    operations    text NOT NULL CHECK (operations IN ('all', 'general_aviation', 'part_121', 'part_135')),
    acft_category text,
    hours         double precision NOT NULL CHECK (hours > 0 AND hours < 'infinity'),
    source        text NOT NULL CHECK (btrim(source) <> ''),
    edition       text NOT NULL CHECK (edition ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'),
    revision      smallint NOT NULL DEFAULT 0 CHECK (revision >= 0),
    loaded_at     timestamptz NOT NULL DEFAULT now(),
    -- Replica identity for logical replication. Last, so that an INSERT without a column list can omit it.
    exposure_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    CONSTRAINT exposure_hours_slice UNIQUE NULLS NOT DISTINCT (ev_year, operations, acft_category, source, edition, revision)
);
COMMENT ON TABLE ntsb.exposure_hours IS
    'Flight hours per year and kind of operations, the denominators of ntsb.accident_rates; filled by `ntsb load-exposure`. Shipped: those of ntsb.published_statistics. Of several editions of a year the newest counts (edition, then revision, then loaded_at)';
COMMENT ON COLUMN ntsb.exposure_hours.ev_year IS 'Calendar year in which the hours were flown';
COMMENT ON COLUMN ntsb.exposure_hours.operations IS
    'Flights that the hours cover, as in ntsb.accident_rates: all (civil aircraft of US registration), general_aviation (of these, not under parts 121, 129 and 135), part_121, part_135';
COMMENT ON COLUMN ntsb.exposure_hours.acft_category IS 'Aircraft category, as in ntsb.fact_accidents (AIR, HELI, …); null means all';
COMMENT ON COLUMN ntsb.exposure_hours.hours IS 'Flight hours';
COMMENT ON COLUMN ntsb.exposure_hours.source IS 'Publisher and table of the figure';
COMMENT ON COLUMN ntsb.exposure_hours.edition IS 'Edition of the source: year, month or day of publication (2005, 2005-03, 2005-03-31)';
COMMENT ON COLUMN ntsb.exposure_hours.revision IS 'Number of the revision within the edition; 0 is the first';
COMMENT ON COLUMN ntsb.exposure_hours.loaded_at IS 'When the figure was stored or last changed';
COMMENT ON COLUMN ntsb.exposure_hours.exposure_id IS 'Number of the row, generated';
