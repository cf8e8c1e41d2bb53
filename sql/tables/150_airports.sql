-- Airports, from a list that the user loads: they say how far from one an accident was, and place
-- events whose coordinates NTSB does not tell.

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
    'Airports, as the last list loaded by `ntsb load-airports` has them (OurAirports or airportsdata); closed ones and those without a place are left out';
COMMENT ON COLUMN ntsb.airport.airport_id IS 'Identifier of the list: OurAirports'' ident; airportsdata''s ICAO code, or the local one where it has none';
COMMENT ON COLUMN ntsb.airport.icao IS 'ICAO code, such as KPAO';
COMMENT ON COLUMN ntsb.airport.iata IS 'IATA code, such as PAO';
COMMENT ON COLUMN ntsb.airport.local_id IS 'Identifier of the country''s authority, in the US the FAA''s location identifier, such as PAO or 2G2';
COMMENT ON COLUMN ntsb.airport.city IS 'City or place that it serves';
COMMENT ON COLUMN ntsb.airport.region IS 'State in the US, two letters, where the list says it';
COMMENT ON COLUMN ntsb.airport.country IS 'Country, ISO 3166 (two letters); NTSB''s own country codes are others';
COMMENT ON COLUMN ntsb.airport.kind IS 'small_airport, heliport, seaplane_base, …, where the list says it';
COMMENT ON COLUMN ntsb.airport.elevation_ft IS 'Elevation in feet above mean sea level';
COMMENT ON COLUMN ntsb.airport.lat IS 'Latitude in degrees north, WGS 84';
COMMENT ON COLUMN ntsb.airport.lon IS 'Longitude in degrees east, WGS 84';
COMMENT ON COLUMN ntsb.airport.geog IS 'The point for PostGIS';
COMMENT ON COLUMN ntsb.airport.source IS 'File that it comes from';
