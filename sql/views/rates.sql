-- Accident rates per flight hours.

-- Excludes incidents (ev_type INC), as NTSB does, because other reporting rules apply to them. Has a row for every
-- year, even without hours in ntsb.exposure_hours.
CREATE VIEW ntsb.accident_rates AS
SELECT s.ev_year, s.far_part, s.acft_category, s.is_domestic,
       a.accidents, a.fatal_accidents, a.fatalities, a.fatal_accidents_without_count, s.hours,
       a.accidents * 100000 / s.hours AS accidents_per_100k_hours,
       a.fatal_accidents * 100000 / s.hours AS fatal_accidents_per_100k_hours,
       CASE WHEN a.fatal_accidents_without_count <= 0.02 * a.fatal_accidents
            THEN a.fatalities * 100000 / s.hours END AS fatalities_per_100k_hours,
       s.source,
       (SELECT y.completeness FROM ntsb.year_completeness y WHERE y.ev_year = s.ev_year) AS year_completeness
FROM (SELECT x.ev_year, x.far_part, x.acft_category, x.is_domestic, x.hours, x.source
      FROM ntsb.exposure_hours x
      UNION ALL
      SELECT y.ev_year, NULL, NULL, NULL, NULL, NULL
      FROM ntsb.year_completeness y
      WHERE NOT EXISTS (SELECT FROM ntsb.exposure_hours x
                        WHERE x.ev_year = y.ev_year AND x.far_part IS NULL
                          AND x.acft_category IS NULL AND x.is_domestic IS NULL)) s
CROSS JOIN LATERAL (
    SELECT count(*) AS accidents,
           count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_accidents,
           -- The sum over no accidents is zero, not null.
           coalesce(sum(f.fatalities), CASE WHEN count(*) FILTER (WHERE f.fatalities IS NULL) = 0 THEN 0 END)
               AS fatalities,
           count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_accidents_without_count
    FROM ntsb.fact_accidents f
    WHERE f.ev_year = s.ev_year AND f.ev_type IS DISTINCT FROM 'INC'
      AND (s.far_part IS NULL OR f.far_part = s.far_part)
      AND (s.acft_category IS NULL OR f.acft_category = s.acft_category)
      AND (s.is_domestic IS NULL OR f.is_domestic = s.is_domestic)) a;
COMMENT ON VIEW ntsb.accident_rates IS
    'Accident rates per 100,000 flight hours, for each row of ntsb.exposure_hours and for each whole year; rates are null if the hours are missing. Incidents are excluded';
COMMENT ON COLUMN ntsb.accident_rates.ev_year IS 'Year of the accidents';
COMMENT ON COLUMN ntsb.accident_rates.far_part IS 'FAR part of the first aircraft; null means all';
COMMENT ON COLUMN ntsb.accident_rates.acft_category IS 'Category of the first aircraft; null means all';
COMMENT ON COLUMN ntsb.accident_rates.is_domestic IS 'In the United States; null means both';
COMMENT ON COLUMN ntsb.accident_rates.accidents IS 'Number of accidents';
COMMENT ON COLUMN ntsb.accident_rates.fatal_accidents IS 'Number of fatal accidents';
COMMENT ON COLUMN ntsb.accident_rates.fatalities IS 'People killed, in accidents with a count';
COMMENT ON COLUMN ntsb.accident_rates.fatal_accidents_without_count IS 'Fatal accidents without a count of the people killed';
COMMENT ON COLUMN ntsb.accident_rates.hours IS 'Flight hours; null if ntsb.exposure_hours has none';
COMMENT ON COLUMN ntsb.accident_rates.accidents_per_100k_hours IS 'Accidents per 100,000 flight hours';
COMMENT ON COLUMN ntsb.accident_rates.fatal_accidents_per_100k_hours IS 'Fatal accidents per 100,000 flight hours';
COMMENT ON COLUMN ntsb.accident_rates.fatalities_per_100k_hours IS 'People killed per 100,000 flight hours; null if more than 2 % of the fatal accidents have no count';
COMMENT ON COLUMN ntsb.accident_rates.source IS 'Source of the flight hours';
COMMENT ON COLUMN ntsb.accident_rates.year_completeness IS
    'Share (0 to 1) of the events of that year that have findings or a probable cause; see ntsb.year_completeness';

-- One row per year, for charts: all flights, and domestic flights.
CREATE VIEW ntsb.yearly_accident_rates AS
SELECT r.ev_year,
       max(r.accidents) FILTER (WHERE r.is_domestic IS NULL) AS accidents,
       max(r.accidents_per_100k_hours) FILTER (WHERE r.is_domestic IS NULL) AS accidents_per_100k_hours,
       max(r.fatal_accidents_per_100k_hours) FILTER (WHERE r.is_domestic IS NULL) AS fatal_accidents_per_100k_hours,
       max(r.accidents_per_100k_hours) FILTER (WHERE r.is_domestic) AS domestic_accidents_per_100k_hours,
       max(r.fatal_accidents_per_100k_hours) FILTER (WHERE r.is_domestic) AS domestic_fatal_accidents_per_100k_hours
FROM ntsb.accident_rates r
WHERE r.far_part IS NULL AND r.acft_category IS NULL
GROUP BY r.ev_year;
COMMENT ON VIEW ntsb.yearly_accident_rates IS
    'Accident rates per 100,000 flight hours by year; null if ntsb.exposure_hours has no hours for all flights or for domestic flights';
COMMENT ON COLUMN ntsb.yearly_accident_rates.ev_year IS 'Year of the accidents';
COMMENT ON COLUMN ntsb.yearly_accident_rates.accidents IS 'Number of accidents, without incidents';
COMMENT ON COLUMN ntsb.yearly_accident_rates.accidents_per_100k_hours IS 'Accidents per 100,000 flight hours';
COMMENT ON COLUMN ntsb.yearly_accident_rates.fatal_accidents_per_100k_hours IS 'Fatal accidents per 100,000 flight hours';
COMMENT ON COLUMN ntsb.yearly_accident_rates.domestic_accidents_per_100k_hours IS 'Accidents in the United States per 100,000 flight hours';
COMMENT ON COLUMN ntsb.yearly_accident_rates.domestic_fatal_accidents_per_100k_hours IS 'Fatal accidents in the United States per 100,000 flight hours';
