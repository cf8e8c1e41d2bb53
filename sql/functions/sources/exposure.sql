-- Flight hours and published statistics: importing them, and NTSB's yearly table beside the published figures.

-- All or nothing: a figure that cannot be stored refuses the file.
CREATE FUNCTION ntsb_adopt_exposure(source text, OUT staged bigint, OUT hours_stored bigint, OUT hours_changed bigint,
    OUT statistics_stored bigint, OUT statistics_changed bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wrong record;
    newest text;
BEGIN
    IF to_regclass('ntsb_staging.exposure') IS NULL OR to_regclass('ntsb.published_statistics') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot load flight hours: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    SELECT count(*) INTO staged FROM ntsb_staging.exposure;
    IF staged = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'ntsb_staging.exposure is empty',
            HINT = 'COPY the figures into ntsb_staging.exposure in this transaction, or use ntsb load-exposure FILE.';
    END IF;
    SELECT c.problem, s.* INTO wrong
    FROM ntsb_staging.exposure s
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN s.ev_year IS NULL OR s.ev_year !~ '^[0-9]{4}$' OR s.ev_year::integer NOT BETWEEN 1903 AND 2200
                THEN format('ev_year must be between 1903 and 2200, got %L', s.ev_year)
            WHEN s.operations IS NULL OR s.operations <> ALL ('{all,general_aviation,part_121,part_135}')
                THEN format('operations must be all, general_aviation, part_121 or part_135, got %L', s.operations)
            WHEN coalesce(btrim(s.source), '') = '' THEN format('source is missing in year %s', s.ev_year)
            WHEN s.edition IS NULL OR s.edition !~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'
                THEN format('edition must be a year, a month or a day (2005, 2005-03, 2005-03-31), got %L', s.edition)
            WHEN coalesce(s.revision, '') !~ '^[0-9]{0,4}$'
                THEN format('revision must be between 0 and 9,999, got %L', s.revision)
            WHEN s.hours <> '' AND (s.hours !~ '^[0-9]{1,12}([.][0-9]{1,6})?$' OR s.hours::double precision = 0)
                THEN format('hours must be a number above 0, got %L', s.hours)
            WHEN s.accidents !~ '^[0-9]{0,7}$' THEN format('accidents must be a whole number, got %L', s.accidents)
            WHEN s.fatal_accidents !~ '^[0-9]{0,7}$'
                THEN format('fatal_accidents must be a whole number, got %L', s.fatal_accidents)
            WHEN s.fatalities !~ '^[0-9]{0,7}$' THEN format('fatalities must be a whole number, got %L', s.fatalities)
            WHEN coalesce(s.hours, '') = '' AND coalesce(s.accidents, '') = ''
                THEN format('year %s has neither hours nor accidents', s.ev_year)
            WHEN nullif(s.fatal_accidents, '')::integer > nullif(s.accidents, '')::integer
                THEN format('year %s has more fatal accidents (%s) than accidents (%s)', s.ev_year, s.fatal_accidents, s.accidents)
        END AS problem) c
    WHERE c.problem IS NOT NULL
    ORDER BY s.ev_year LIMIT 1;
    IF wrong.problem IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation', MESSAGE = left(wrong.problem, 300),
            HINT = 'Correct the file and load it again. Nothing of it was stored.';
    END IF;
    CREATE TEMP TABLE ntsb_exposure ON COMMIT DROP AS
    SELECT s.ev_year::smallint AS ev_year, s.operations, nullif(btrim(s.acft_category), '') AS acft_category,
           nullif(s.hours, '')::double precision AS hours, nullif(s.accidents, '')::integer AS accidents,
           nullif(s.fatal_accidents, '')::integer AS fatal_accidents, nullif(s.fatalities, '')::integer AS fatalities,
           btrim(s.source) AS source, s.edition, coalesce(nullif(s.revision, '')::smallint, 0) AS revision
    FROM ntsb_staging.exposure s;
    SELECT e.ev_year, e.operations, e.acft_category INTO wrong
    FROM pg_temp.ntsb_exposure e
    GROUP BY e.ev_year, e.operations, e.acft_category, e.source, e.edition, e.revision
    HAVING count(*) > 1 ORDER BY e.ev_year LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation',
            MESSAGE = format('the file has several figures for year %s, %s%s', wrong.ev_year, wrong.operations,
                             coalesce(', ' || wrong.acft_category, '')),
            HINT = 'Keep one row for each year, operations, category, source, edition and revision. Nothing of the file was stored.';
    END IF;
    WITH written AS (
        INSERT INTO ntsb.exposure_hours AS x (ev_year, operations, acft_category, hours, source, edition, revision)
        SELECT e.ev_year, e.operations, e.acft_category, e.hours, e.source, e.edition, e.revision
        FROM pg_temp.ntsb_exposure e WHERE e.hours IS NOT NULL
        ON CONFLICT ON CONSTRAINT exposure_hours_slice DO UPDATE SET hours = excluded.hours, loaded_at = excluded.loaded_at
        WHERE x.hours IS DISTINCT FROM excluded.hours
        RETURNING xmax = 0 AS is_new)
    SELECT count(*) FILTER (WHERE w.is_new), count(*) FILTER (WHERE NOT w.is_new) INTO hours_stored, hours_changed FROM written w;
    WITH written AS (
        INSERT INTO ntsb.published_statistics AS p (ev_year, operations, accidents, fatal_accidents, fatalities, hours,
            source, edition, revision)
        SELECT e.ev_year, e.operations, e.accidents, e.fatal_accidents, e.fatalities, e.hours, e.source, e.edition, e.revision
        FROM pg_temp.ntsb_exposure e WHERE e.accidents IS NOT NULL AND e.acft_category IS NULL
        ON CONFLICT ON CONSTRAINT published_statistics_pkey DO UPDATE SET accidents = excluded.accidents,
            fatal_accidents = excluded.fatal_accidents, fatalities = excluded.fatalities, hours = excluded.hours,
            loaded_at = excluded.loaded_at
        WHERE (p.accidents, p.fatal_accidents, p.fatalities, p.hours)
            IS DISTINCT FROM (excluded.accidents, excluded.fatal_accidents, excluded.fatalities, excluded.hours)
        RETURNING xmax = 0 AS is_new)
    SELECT count(*) FILTER (WHERE w.is_new), count(*) FILTER (WHERE NOT w.is_new)
    INTO statistics_stored, statistics_changed FROM written w;
    SELECT max(e.edition COLLATE "C") INTO newest FROM pg_temp.ntsb_exposure e;
    DROP TABLE pg_temp.ntsb_exposure;
    TRUNCATE ntsb_staging.exposure;
    PERFORM ntsb_internal.record_source('exposure', ntsb_adopt_exposure.source,
        (SELECT count(*) FROM ntsb.exposure_hours), newest,
        is_changed => hours_stored + hours_changed + statistics_stored + statistics_changed > 0);
END
$$;
COMMENT ON FUNCTION ntsb_adopt_exposure(text) IS
'Imports the rows of ntsb_staging.exposure: flight hours into ntsb.exposure_hours, and published numbers of accidents into ntsb.published_statistics. Another edition or revision of a year is stored beside the earlier ones; the same edition with another figure is corrected. Returns the number of rows staged, and of figures that are new and changed. source: name of the file. Errors: 55000 nothing staged, 22P02 a value that is not allowed or given twice (nothing is stored), 3F000 no warehouse.';

CREATE FUNCTION ntsb_annual_statistics(year integer DEFAULT NULL)
RETURNS TABLE (ev_year smallint, accidents bigint, fatal_accidents bigint, fatalities bigint,
    fatal_accidents_without_count bigint, hours double precision, accidents_per_100k_hours double precision,
    fatal_accidents_per_100k_hours double precision, fatalities_per_100k_hours double precision,
    hours_source text, hours_edition text,
    published_accidents integer, published_fatal_accidents integer, published_fatalities integer,
    published_hours double precision, published_source text, published_edition text,
    accidents_difference bigint, fatal_accidents_difference bigint, fatalities_difference bigint,
    year_completeness double precision)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF ntsb_annual_statistics.year NOT BETWEEN 1903 AND 2200 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('year must be between 1903 and 2200, got %s', ntsb_annual_statistics.year),
            HINT = 'Without a year, the function returns all years with events or published figures.';
    END IF;
    IF to_regclass('ntsb.published_statistics') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name', MESSAGE = 'the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    RETURN QUERY
    WITH published AS (
        SELECT DISTINCT ON (p.ev_year) p.*
        FROM ntsb.published_statistics p
        WHERE p.operations = 'general_aviation'
        ORDER BY p.ev_year, p.edition COLLATE "C" DESC, p.revision DESC, p.loaded_at DESC, p.source
    ), counted AS (
        SELECT r.* FROM ntsb.accident_rates r WHERE r.operations = 'general_aviation' AND r.acft_category IS NULL
    )
    SELECT coalesce(c.ev_year, p.ev_year), c.accidents, c.fatal_accidents, c.fatalities::bigint,
           c.fatal_accidents_without_count, c.hours, c.accidents_per_100k_hours, c.fatal_accidents_per_100k_hours,
           c.fatalities_per_100k_hours, c.source, c.edition,
           p.accidents, p.fatal_accidents, p.fatalities, p.hours, p.source, p.edition,
           c.accidents - p.accidents, c.fatal_accidents - p.fatal_accidents, c.fatalities - p.fatalities,
           c.year_completeness::double precision
    FROM counted c
    FULL JOIN published p ON p.ev_year = c.ev_year
    WHERE ntsb_annual_statistics.year IS NULL OR coalesce(c.ev_year, p.ev_year) = ntsb_annual_statistics.year
    ORDER BY 1;
END
$$;
COMMENT ON FUNCTION ntsb_annual_statistics(integer) IS
'NTSB''s yearly table for general aviation, counted in the warehouse by NTSB''s definitions (is_general_aviation: accidents with an aircraft of US registration, anywhere, none under parts 121, 129 or 135), beside the published figures and the differences (counted minus published). Rates are per 100,000 flight hours of the newest edition in ntsb.exposure_hours. fatalities: people killed in accidents with a count. The counts are null if no events of the year are loaded, the published figures if none are in ntsb.published_statistics. year: 1903 to 2200; null: all years. Errors: 22023 year, 3F000 no warehouse.';
