-- Airports from a list that the user loads. They give the distance to the nearest airport, and a location for events
-- without coordinates.

CREATE TABLE ntsb.airport (
    airport_id   text PRIMARY KEY,
    icao         text,
    iata         text,
    local_id     text,
    name         text NOT NULL,
    city         text,
    region       text,
    country      text,
    kind         text,
    elevation_ft double precision,
    lat          double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon          double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    geog         @postgis@.geography(Point, 4326) GENERATED ALWAYS AS
        (@postgis@.geography(@postgis@.ST_SetSRID(@postgis@.ST_MakePoint(lon, lat), 4326))) STORED,
    source       text NOT NULL,
    loaded_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX airport_geog_idx ON ntsb.airport USING gist (geog);
CREATE INDEX airport_icao_idx ON ntsb.airport (icao);
CREATE INDEX airport_local_id_idx ON ntsb.airport (local_id);
COMMENT ON TABLE ntsb.airport IS
    'Airports from the list loaded last with `ntsb load-airports` (OurAirports or airportsdata), without closed airports and those without coordinates';
COMMENT ON COLUMN ntsb.airport.airport_id IS 'Identifier in the list: ident of OurAirports; ICAO code of airportsdata, or its local identifier if there is none';
COMMENT ON COLUMN ntsb.airport.icao IS 'ICAO code, such as KPAO';
COMMENT ON COLUMN ntsb.airport.iata IS 'IATA code, such as PAO';
COMMENT ON COLUMN ntsb.airport.local_id IS 'Identifier by the country''s authority, such as PAO or 2G2 (in the US the FAA location identifier)';
COMMENT ON COLUMN ntsb.airport.city IS 'City or place served';
COMMENT ON COLUMN ntsb.airport.region IS 'US state, two letters; null if the list lacks it';
COMMENT ON COLUMN ntsb.airport.country IS 'ISO 3166 country code (two letters); differs from NTSB''s country codes';
COMMENT ON COLUMN ntsb.airport.kind IS 'small_airport, heliport, seaplane_base, …; null if the list lacks it';
COMMENT ON COLUMN ntsb.airport.elevation_ft IS 'Elevation in feet above mean sea level';
COMMENT ON COLUMN ntsb.airport.lat IS 'Latitude in degrees north, WGS 84';
COMMENT ON COLUMN ntsb.airport.lon IS 'Longitude in degrees east, WGS 84';
COMMENT ON COLUMN ntsb.airport.geog IS 'lat and lon as a PostGIS point';
COMMENT ON COLUMN ntsb.airport.source IS 'Name of the loaded file';
