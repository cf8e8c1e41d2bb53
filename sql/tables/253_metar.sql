-- Weather observations (METAR, SPECI): those loaded from the archive of the Iowa Environmental Mesonet, and NTSB's own.

CREATE TABLE ntsb.weather_station (
    station      text PRIMARY KEY,
    lat          double precision CHECK (lat BETWEEN -90 AND 90),
    lon          double precision CHECK (lon BETWEEN -180 AND 180),
    coord_source text CHECK (coord_source IN ('file', 'airport')),
    geog         @postgis@.geography(Point, 4326) GENERATED ALWAYS AS
        (@postgis@.geography(@postgis@.ST_SetSRID(@postgis@.ST_MakePoint(lon, lat), 4326))) STORED,
    CHECK (num_nulls(lat, lon, coord_source) IN (0, 3))
);
CREATE INDEX weather_station_geog_idx ON ntsb.weather_station USING gist (geog);
COMMENT ON TABLE ntsb.weather_station IS 'Stations of ntsb.metar, with their coordinates where known';
COMMENT ON COLUMN ntsb.weather_station.station IS 'ICAO code, or the identifier of the file if no report has one';
COMMENT ON COLUMN ntsb.weather_station.lat IS 'Latitude in degrees north, WGS 84; null if unknown';
COMMENT ON COLUMN ntsb.weather_station.lon IS 'Longitude in degrees east, WGS 84; null if unknown';
COMMENT ON COLUMN ntsb.weather_station.coord_source IS 'file: columns lat and lon of the file; airport: airport with this identifier in ntsb.airport';
COMMENT ON COLUMN ntsb.weather_station.geog IS 'lat and lon as a PostGIS point';

CREATE TABLE ntsb.metar (
    metar_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source           text NOT NULL CHECK (source IN ('iem', 'ntsb')),
    ev_id            text,
    report_no        smallint,
    station          text,
    observed_at      timestamptz,
    kind             text NOT NULL CHECK (kind IN ('METAR', 'SPECI')),
    parsed_from      text NOT NULL CHECK (parsed_from IN ('report', 'columns')),
    is_auto          boolean,
    is_corrected     boolean,
    wind_dir_deg     smallint,
    is_wind_variable boolean,
    wind_from_deg    smallint,
    wind_to_deg      smallint,
    wind_kt          double precision,
    gust_kt          double precision,
    visibility_sm    double precision,
    visibility_bound text CHECK (visibility_bound IN ('below', 'above')),
    is_cavok         boolean,
    rvr              jsonb,
    weather          text[],
    clouds           jsonb,
    vertical_visibility_ft integer,
    has_ceiling      boolean,
    ceiling_ft       integer,
    temp_c           double precision,
    dew_point_c      double precision,
    altimeter_inhg   double precision,
    altimeter_hpa    double precision,
    flight_category  text CHECK (flight_category IN ('VFR', 'MVFR', 'IFR', 'LIFR')),
    remarks          text,
    unparsed         text[],
    raw              text,
    loaded_at        timestamptz NOT NULL DEFAULT now(),
    CHECK (CASE source WHEN 'ntsb' THEN num_nulls(ev_id, report_no) = 0
                       ELSE num_nulls(station, observed_at) = 0 AND num_nonnulls(ev_id, report_no) = 0 END)
);
-- The latest observation of a station before a moment.
CREATE UNIQUE INDEX metar_station_idx ON ntsb.metar (station, observed_at, kind) WHERE source = 'iem';
CREATE UNIQUE INDEX metar_event_idx ON ntsb.metar (ev_id, report_no) WHERE source = 'ntsb';
COMMENT ON TABLE ntsb.metar IS
    'Weather observations (METAR, SPECI), one row each. What a report does not state is null. ntsb.event_weather has the observations of each event';
COMMENT ON COLUMN ntsb.metar.metar_id IS 'Surrogate key';
COMMENT ON COLUMN ntsb.metar.source IS 'iem: loaded with `ntsb load-metar`; ntsb: ntsb.events.metar';
COMMENT ON COLUMN ntsb.metar.ev_id IS 'Of source ntsb: the event';
COMMENT ON COLUMN ntsb.metar.report_no IS 'Of source ntsb: position of the report in the text, from 1';
COMMENT ON COLUMN ntsb.metar.station IS 'Station, see ntsb.weather_station; of source ntsb wx_obs_fac_id if the report has none, null if that is missing too';
COMMENT ON COLUMN ntsb.metar.observed_at IS 'Time of the observation. Of source ntsb: the day and time of the report in the month nearest to the event; null if the report has no time or is more than three days from the event';
COMMENT ON COLUMN ntsb.metar.kind IS 'METAR routine, SPECI special report';
COMMENT ON COLUMN ntsb.metar.parsed_from IS 'report: values are parsed from raw; columns: the file has no report, values are from its columns';
COMMENT ON COLUMN ntsb.metar.is_auto IS 'AUTO: automatic station without human additions; null if there is no report';
COMMENT ON COLUMN ntsb.metar.is_corrected IS 'COR: corrected report; null if there is no report';
COMMENT ON COLUMN ntsb.metar.wind_dir_deg IS 'Direction from which the wind blows, degrees true, 1 to 360; null if calm, variable or missing';
COMMENT ON COLUMN ntsb.metar.is_wind_variable IS 'VRB: direction is variable';
COMMENT ON COLUMN ntsb.metar.wind_from_deg IS 'Start of the range of a variable direction, clockwise, in degrees';
COMMENT ON COLUMN ntsb.metar.wind_to_deg IS 'End of the range of a variable direction in degrees';
COMMENT ON COLUMN ntsb.metar.wind_kt IS 'Wind speed in knots; 0 is calm';
COMMENT ON COLUMN ntsb.metar.gust_kt IS 'Gust speed in knots; null if no gust is reported';
COMMENT ON COLUMN ntsb.metar.visibility_sm IS 'Prevailing visibility in statute miles';
COMMENT ON COLUMN ntsb.metar.visibility_bound IS 'below: less than visibility_sm (M1/4SM); above: that or more (P6SM, 9999, CAVOK); null: as stated';
COMMENT ON COLUMN ntsb.metar.is_cavok IS 'CAVOK: visibility of 10 km or more, no cloud below 5,000 ft, no significant weather';
COMMENT ON COLUMN ntsb.metar.rvr IS 'Runway visual ranges: array of {runway, ft, bound, max_ft, max_bound, trend}';
COMMENT ON COLUMN ntsb.metar.weather IS 'Present weather, as coded: -RA, +TSRA, VCSH';
COMMENT ON COLUMN ntsb.metar.clouds IS 'Cloud layers: array of {cover, ft, type}; cover FEW, SCT, BKN, OVC, or CLR, SKC, NSC, NCD; ft above ground; type CB or TCU';
COMMENT ON COLUMN ntsb.metar.vertical_visibility_ft IS 'Vertical visibility into an obscured sky in feet';
COMMENT ON COLUMN ntsb.metar.has_ceiling IS 'Whether the sky is broken, overcast or obscured; null if the sky condition is missing';
COMMENT ON COLUMN ntsb.metar.ceiling_ft IS 'Lowest broken or overcast layer or vertical visibility, feet above ground; null if there is no ceiling or its height is missing';
COMMENT ON COLUMN ntsb.metar.temp_c IS 'Temperature in degrees Celsius; in tenths if the remarks have a T group';
COMMENT ON COLUMN ntsb.metar.dew_point_c IS 'Dew point in degrees Celsius; in tenths if the remarks have a T group';
COMMENT ON COLUMN ntsb.metar.altimeter_inhg IS 'Altimeter setting in inches of mercury, converted if the report has hectopascals';
COMMENT ON COLUMN ntsb.metar.altimeter_hpa IS 'Altimeter setting (QNH) in hectopascals, converted if the report has inches';
COMMENT ON COLUMN ntsb.metar.flight_category IS 'VFR, MVFR, IFR or LIFR, see ntsb_flight_category; null if ceiling and visibility do not decide';
COMMENT ON COLUMN ntsb.metar.remarks IS 'Text after RMK, in capital letters';
COMMENT ON COLUMN ntsb.metar.unparsed IS 'Groups that are not understood';
COMMENT ON COLUMN ntsb.metar.raw IS 'The report in capital letters with single spaces; null if the file has none';
COMMENT ON COLUMN ntsb.metar.loaded_at IS 'When the row was stored or last changed';

CREATE TABLE ntsb.metar_file (
    digest    text PRIMARY KEY,
    name      text NOT NULL,
    row_count bigint NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ntsb.metar_file IS 'Files that `ntsb load-metar` has loaded. It skips a file with the same content';
COMMENT ON COLUMN ntsb.metar_file.digest IS 'SHA-256 of the file, hexadecimal';
COMMENT ON COLUMN ntsb.metar_file.name IS 'Name of the file';
COMMENT ON COLUMN ntsb.metar_file.row_count IS 'Rows in the file';
COMMENT ON COLUMN ntsb.metar_file.loaded_at IS 'When it was loaded last';
