-- Accident rates per flight hours.

-- Numerator and denominator mean the same operations. NTSB counts accidents (not incidents) with an aircraft of US
-- registration, anywhere; general aviation is what is not under parts 121, 129 and 135 (docs/adr/0027). Has a row for
-- every year for all operations and for general aviation, even without hours in ntsb.exposure_hours.
CREATE VIEW ntsb.accident_rates AS
SELECT s.ev_year, s.operations, s.acft_category,
       a.accidents, a.fatal_accidents, a.fatalities, a.fatal_accidents_without_count, s.hours,
       a.accidents * 100000 / s.hours AS accidents_per_100k_hours,
       a.fatal_accidents * 100000 / s.hours AS fatal_accidents_per_100k_hours,
       CASE WHEN a.fatal_accidents_without_count <= 0.02 * a.fatal_accidents
            THEN a.fatalities * 100000 / s.hours END AS fatalities_per_100k_hours,
       s.source, s.edition, s.revision, y.completeness AS year_completeness
FROM (SELECT DISTINCT ON (z.ev_year, z.operations, z.acft_category)
             z.ev_year, z.operations, z.acft_category, z.hours, z.source, z.edition, z.revision
      FROM (SELECT x.ev_year, x.operations, x.acft_category, x.hours, x.source, x.edition, x.revision, x.loaded_at,
                   x.exposure_id
            FROM ntsb.exposure_hours x
            UNION ALL
            SELECT v.ev_year, o.operations, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            FROM ntsb.year_completeness v CROSS JOIN (VALUES ('all'), ('general_aviation')) AS o (operations)) z
      ORDER BY z.ev_year, z.operations, z.acft_category, z.edition COLLATE "C" DESC NULLS LAST, z.revision DESC,
               z.loaded_at DESC, z.exposure_id DESC) s
LEFT JOIN ntsb.year_completeness y ON y.ev_year = s.ev_year
CROSS JOIN LATERAL (
    SELECT CASE WHEN y.ev_year IS NOT NULL THEN count(*) END AS accidents,
           CASE WHEN y.ev_year IS NOT NULL THEN count(*) FILTER (WHERE f.severity = 'FATL') END AS fatal_accidents,
           -- The sum over no accidents is zero, not null, if the year has events.
           CASE WHEN y.ev_year IS NOT NULL
                THEN coalesce(sum(f.fatalities), CASE WHEN count(*) FILTER (WHERE f.fatalities IS NULL) = 0 THEN 0 END)
           END AS fatalities,
           CASE WHEN y.ev_year IS NOT NULL
                THEN count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) END AS fatal_accidents_without_count
    FROM ntsb.fact_accidents f
    WHERE f.ev_year = s.ev_year AND f.is_us_civil_accident
      AND CASE s.operations
              WHEN 'all' THEN true
              WHEN 'general_aviation' THEN f.is_general_aviation
              ELSE EXISTS (SELECT FROM ntsb.bridge_event_aircraft b
                           WHERE b.accident_id = f.accident_id AND 'part_' || b.far_part = s.operations) END
      AND (s.acft_category IS NULL OR f.acft_category = s.acft_category)) a;
COMMENT ON VIEW ntsb.accident_rates IS
    'Accident rates per 100,000 flight hours by NTSB''s definitions: accidents (not incidents) with an aircraft of US registration, anywhere. One row for each year, kind of operations and aircraft category in ntsb.exposure_hours (its newest edition), and for each year with events for all operations and for general aviation; rates are null if the hours are missing';
COMMENT ON COLUMN ntsb.accident_rates.ev_year IS 'Year of the accidents';
COMMENT ON COLUMN ntsb.accident_rates.operations IS
    'Accidents and hours counted: all (is_us_civil_accident), general_aviation (is_general_aviation), part_121 or part_135 (of all, those with an aircraft under that part)';
COMMENT ON COLUMN ntsb.accident_rates.acft_category IS 'Category of the first aircraft; null means all';
COMMENT ON COLUMN ntsb.accident_rates.accidents IS 'Number of accidents; null if no events of the year are loaded';
COMMENT ON COLUMN ntsb.accident_rates.fatal_accidents IS 'Number of fatal accidents';
COMMENT ON COLUMN ntsb.accident_rates.fatalities IS 'People killed, in accidents with a count';
COMMENT ON COLUMN ntsb.accident_rates.fatal_accidents_without_count IS 'Fatal accidents without a count of the people killed';
COMMENT ON COLUMN ntsb.accident_rates.hours IS 'Flight hours of the same operations; null if ntsb.exposure_hours has none';
COMMENT ON COLUMN ntsb.accident_rates.accidents_per_100k_hours IS 'Accidents per 100,000 flight hours';
COMMENT ON COLUMN ntsb.accident_rates.fatal_accidents_per_100k_hours IS 'Fatal accidents per 100,000 flight hours';
COMMENT ON COLUMN ntsb.accident_rates.fatalities_per_100k_hours IS 'People killed per 100,000 flight hours; null if more than 2 % of the fatal accidents have no count';
COMMENT ON COLUMN ntsb.accident_rates.source IS 'Source of the flight hours';
COMMENT ON COLUMN ntsb.accident_rates.edition IS 'Edition of the source, the newest loaded';
COMMENT ON COLUMN ntsb.accident_rates.revision IS 'Revision of the edition, the newest loaded';
COMMENT ON COLUMN ntsb.accident_rates.year_completeness IS
    'Share (0 to 1) of the events of that year that have findings or a probable cause; see ntsb.year_completeness';

-- One row per year, for charts: all operations, and general aviation.
CREATE VIEW ntsb.yearly_accident_rates AS
SELECT r.ev_year,
       max(r.accidents) FILTER (WHERE r.operations = 'all') AS accidents,
       max(r.accidents_per_100k_hours) FILTER (WHERE r.operations = 'all') AS accidents_per_100k_hours,
       max(r.fatal_accidents_per_100k_hours) FILTER (WHERE r.operations = 'all') AS fatal_accidents_per_100k_hours,
       max(r.accidents) FILTER (WHERE r.operations = 'general_aviation') AS general_aviation_accidents,
       max(r.accidents_per_100k_hours) FILTER (WHERE r.operations = 'general_aviation')
           AS general_aviation_accidents_per_100k_hours,
       max(r.fatal_accidents_per_100k_hours) FILTER (WHERE r.operations = 'general_aviation')
           AS general_aviation_fatal_accidents_per_100k_hours
FROM ntsb.accident_rates r
WHERE r.acft_category IS NULL
GROUP BY r.ev_year;
COMMENT ON VIEW ntsb.yearly_accident_rates IS
    'Accident rates per 100,000 flight hours by year, as in ntsb.accident_rates; null if ntsb.exposure_hours has no hours of these operations';
COMMENT ON COLUMN ntsb.yearly_accident_rates.ev_year IS 'Year of the accidents';
COMMENT ON COLUMN ntsb.yearly_accident_rates.accidents IS 'Number of accidents with an aircraft of US registration';
COMMENT ON COLUMN ntsb.yearly_accident_rates.accidents_per_100k_hours IS 'Accidents per 100,000 flight hours, all operations';
COMMENT ON COLUMN ntsb.yearly_accident_rates.fatal_accidents_per_100k_hours IS 'Fatal accidents per 100,000 flight hours, all operations';
COMMENT ON COLUMN ntsb.yearly_accident_rates.general_aviation_accidents IS 'Number of accidents of general aviation';
COMMENT ON COLUMN ntsb.yearly_accident_rates.general_aviation_accidents_per_100k_hours IS 'Accidents of general aviation per 100,000 flight hours';
COMMENT ON COLUMN ntsb.yearly_accident_rates.general_aviation_fatal_accidents_per_100k_hours IS 'Fatal accidents of general aviation per 100,000 flight hours';
