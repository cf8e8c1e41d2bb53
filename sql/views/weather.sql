-- The weather at each event: the nearest observation before it, and NTSB's own report.

CREATE VIEW ntsb.event_weather AS
SELECT f.ev_id, f.ev_year, f.ev_state, f.occurred_at, f.wx_cond_basic, m.source, m.station, m.kind, m.observed_at,
       round(o.km::numeric, 1)::double precision AS distance_km,
       round((extract(epoch FROM f.occurred_at - m.observed_at) / 60)::numeric, 1)::double precision AS age_minutes,
       m.flight_category, m.has_ceiling, m.ceiling_ft, m.visibility_sm, m.visibility_bound, m.wind_dir_deg,
       m.is_wind_variable, m.wind_kt, m.gust_kt, m.temp_c, m.dew_point_c, m.altimeter_inhg, m.weather,
       m.parsed_from, m.raw, m.metar_id
FROM ntsb.fact_accidents f
CROSS JOIN LATERAL (
    (SELECT l.metar_id, s.km
     FROM (SELECT w.station, @postgis@.ST_Distance(w.geog, f.geog) / 1000 AS km
           FROM ntsb.weather_station w WHERE @postgis@.ST_DWithin(w.geog, f.geog, 50000)) s
     CROSS JOIN LATERAL (
         SELECT x.metar_id FROM ntsb.metar x
         WHERE x.source = 'iem' AND x.station = s.station
           AND x.observed_at BETWEEN f.occurred_at - interval '90 minutes' AND f.occurred_at
         ORDER BY x.observed_at DESC, x.kind DESC LIMIT 1) l
     ORDER BY s.km, s.station LIMIT 1)
    UNION ALL
    (SELECT x.metar_id, d.km
     FROM ntsb.metar x
     LEFT JOIN ntsb.weather_station w ON w.station = x.station
     CROSS JOIN LATERAL (SELECT @postgis@.ST_Distance(w.geog, f.geog) / 1000 AS km) d
     WHERE x.source = 'ntsb' AND x.ev_id = f.ev_id
       AND x.observed_at BETWEEN f.occurred_at - interval '90 minutes' AND f.occurred_at
       AND (d.km IS NULL OR d.km <= 50)
     ORDER BY x.observed_at DESC, x.report_no DESC LIMIT 1)
) o
JOIN ntsb.metar m ON m.metar_id = o.metar_id
WHERE f.occurred_at IS NOT NULL AND f.geog IS NOT NULL;
COMMENT ON VIEW ntsb.event_weather IS
    'Observations at each event: of source iem the latest one of the nearest station within 50 km that reported in the 90 minutes before the event; of source ntsb NTSB''s own report within the same limits. No row if the time or the place of the event is unknown';
COMMENT ON COLUMN ntsb.event_weather.ev_id IS 'The event';
COMMENT ON COLUMN ntsb.event_weather.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.event_weather.ev_state IS 'State of the event';
COMMENT ON COLUMN ntsb.event_weather.occurred_at IS 'Time of the event';
COMMENT ON COLUMN ntsb.event_weather.wx_cond_basic IS 'Weather conditions as NTSB reports them: VMC or IMC';
COMMENT ON COLUMN ntsb.event_weather.source IS 'iem: loaded observation; ntsb: NTSB''s own report';
COMMENT ON COLUMN ntsb.event_weather.station IS 'Station';
COMMENT ON COLUMN ntsb.event_weather.kind IS 'METAR or SPECI';
COMMENT ON COLUMN ntsb.event_weather.observed_at IS 'Time of the observation';
COMMENT ON COLUMN ntsb.event_weather.distance_km IS 'Distance from the event to the station in kilometres on the spheroid; null if the station of NTSB''s report has no coordinates';
COMMENT ON COLUMN ntsb.event_weather.age_minutes IS 'Minutes from the observation to the event';
COMMENT ON COLUMN ntsb.event_weather.flight_category IS 'VFR, MVFR, IFR or LIFR';
COMMENT ON COLUMN ntsb.event_weather.has_ceiling IS 'Whether there is a ceiling; null if the sky condition is missing';
COMMENT ON COLUMN ntsb.event_weather.ceiling_ft IS 'Ceiling in feet above the station';
COMMENT ON COLUMN ntsb.event_weather.visibility_sm IS 'Visibility in statute miles';
COMMENT ON COLUMN ntsb.event_weather.visibility_bound IS 'below or above visibility_sm; null: as stated';
COMMENT ON COLUMN ntsb.event_weather.wind_dir_deg IS 'Wind direction in degrees true';
COMMENT ON COLUMN ntsb.event_weather.is_wind_variable IS 'Whether the direction is variable';
COMMENT ON COLUMN ntsb.event_weather.wind_kt IS 'Wind speed in knots';
COMMENT ON COLUMN ntsb.event_weather.gust_kt IS 'Gust speed in knots';
COMMENT ON COLUMN ntsb.event_weather.temp_c IS 'Temperature in degrees Celsius';
COMMENT ON COLUMN ntsb.event_weather.dew_point_c IS 'Dew point in degrees Celsius';
COMMENT ON COLUMN ntsb.event_weather.altimeter_inhg IS 'Altimeter setting in inches of mercury';
COMMENT ON COLUMN ntsb.event_weather.weather IS 'Present weather, as coded';
COMMENT ON COLUMN ntsb.event_weather.parsed_from IS 'report or columns, see ntsb.metar';
COMMENT ON COLUMN ntsb.event_weather.raw IS 'The report';
COMMENT ON COLUMN ntsb.event_weather.metar_id IS 'Row of ntsb.metar';
