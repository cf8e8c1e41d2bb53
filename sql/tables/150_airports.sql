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
-- For ntsb.airport_identifier: identifiers with and without ICAO's leading K.
CREATE INDEX airport_icao_without_k_idx ON ntsb.airport (substr(icao, 2)) WHERE icao LIKE 'K%';
CREATE INDEX airport_local_id_with_k_idx ON ntsb.airport (('K' || local_id)) WHERE length(local_id) = 3;
COMMENT ON TABLE ntsb.airport IS
    'Airports from the lists loaded with `ntsb load-airports` (OurAirports, airportsdata or FAA''s NASR), without closed airports and those without coordinates';
COMMENT ON COLUMN ntsb.airport.airport_id IS 'Identifier: ident of OurAirports; ICAO code of airportsdata or NASR, or the local identifier if there is none. A US airport keeps its identifier when NASR replaces another list';
COMMENT ON COLUMN ntsb.airport.icao IS 'ICAO code, such as KPAO';
COMMENT ON COLUMN ntsb.airport.iata IS 'IATA code, such as PAO';
COMMENT ON COLUMN ntsb.airport.local_id IS 'Identifier by the country''s authority, such as PAO or 2G2 (in the US the FAA location identifier)';
COMMENT ON COLUMN ntsb.airport.city IS 'City or place served';
COMMENT ON COLUMN ntsb.airport.region IS 'US state, two letters; null if the list lacks it';
COMMENT ON COLUMN ntsb.airport.country IS 'ISO 3166 country code (two letters); differs from NTSB''s country codes';
COMMENT ON COLUMN ntsb.airport.kind IS 'small_airport, heliport, seaplane_base, … of OurAirports; airport, heliport, seaplane_base, gliderport, balloonport or ultralight of NASR; null if the list lacks it';
COMMENT ON COLUMN ntsb.airport.elevation_ft IS 'Elevation in feet above mean sea level';
COMMENT ON COLUMN ntsb.airport.lat IS 'Latitude in degrees north, WGS 84';
COMMENT ON COLUMN ntsb.airport.lon IS 'Longitude in degrees east, WGS 84';
COMMENT ON COLUMN ntsb.airport.geog IS 'lat and lon as a PostGIS point';
COMMENT ON COLUMN ntsb.airport.source IS 'Name of the loaded file';

-- NTSB writes USA or the two letters of FIPS 10-4, lists of airports ISO 3166. The same letters often name different
-- countries (AU is Austria in FIPS, Australia in ISO). Codes that do not surely name one ISO country are left out: groups
-- of islands without an airport, former territories (FT, NT, PS, WN) and unknown (UN).
CREATE TABLE ntsb.country_iso (
    country_code text PRIMARY KEY,
    iso_code     text NOT NULL CHECK (iso_code ~ '^[A-Z]{2}$')
);
COMMENT ON TABLE ntsb.country_iso IS 'ISO 3166 codes of NTSB''s country codes, shipped with the extension; a code without a sure equivalent is missing';
COMMENT ON COLUMN ntsb.country_iso.country_code IS 'NTSB''s country code, as in ntsb.country and ev_country';
COMMENT ON COLUMN ntsb.country_iso.iso_code IS 'ISO 3166 country code, as in ntsb.airport';
INSERT INTO ntsb.country_iso (country_code, iso_code) VALUES
    ('AA', 'AW'), ('AC', 'AG'), ('AF', 'AF'), ('AG', 'DZ'), ('AJ', 'AZ'), ('AL', 'AL'), ('AM', 'AM'), ('AN', 'AD'),
    ('AO', 'AO'), ('AQ', 'AS'), ('AR', 'AR'), ('AS', 'AU'), ('AU', 'AT'), ('AV', 'AI'), ('AY', 'AQ'), ('BA', 'BH'),
    ('BB', 'BB'), ('BC', 'BW'), ('BD', 'BM'), ('BE', 'BE'), ('BF', 'BS'), ('BG', 'BD'), ('BH', 'BZ'), ('BK', 'BA'),
    ('BL', 'BO'), ('BM', 'MM'), ('BN', 'BJ'), ('BO', 'BY'), ('BP', 'SB'), ('BT', 'BT'), ('BR', 'BR'), ('BU', 'BG'), ('BV', 'BV'),
    ('BX', 'BN'), ('BY', 'BI'), ('CA', 'CA'), ('CB', 'KH'), ('CD', 'TD'), ('CE', 'LK'), ('CF', 'CG'), ('CG', 'CD'),
    ('CH', 'CN'), ('CI', 'CL'), ('CJ', 'KY'), ('CK', 'CC'), ('CM', 'CM'), ('CN', 'KM'), ('CO', 'CO'), ('CQ', 'MP'),
    ('CS', 'CR'), ('CT', 'CF'), ('CU', 'CU'), ('CUW', 'CW'), ('CV', 'CV'), ('CW', 'CK'), ('CY', 'CY'), ('DA', 'DK'),
    ('DJ', 'DJ'), ('DO', 'DM'), ('DR', 'DO'), ('EC', 'EC'), ('EG', 'EG'), ('EI', 'IE'), ('EK', 'GQ'), ('EN', 'EE'),
    ('ER', 'ER'), ('ES', 'SV'), ('ET', 'ET'), ('EZ', 'CZ'), ('FG', 'GF'), ('FI', 'FI'), ('FJ', 'FJ'), ('FK', 'FK'),
    ('FM', 'FM'), ('FO', 'FO'), ('FP', 'PF'), ('FQ', 'UM'), ('FR', 'FR'), ('FS', 'TF'), ('GA', 'GM'), ('GB', 'GA'),
    ('GE', 'DE'), ('GG', 'GE'), ('GH', 'GH'), ('GI', 'GI'), ('GJ', 'GD'), ('GK', 'GG'), ('GL', 'GL'), ('GP', 'GP'),
    ('GQ', 'GU'), ('GR', 'GR'), ('GT', 'GT'), ('GV', 'GN'), ('GY', 'GY'), ('GZ', 'PS'), ('HA', 'HT'), ('HK', 'HK'),
    ('HM', 'HM'), ('HO', 'HN'), ('HR', 'HR'), ('HU', 'HU'), ('IC', 'IS'), ('ID', 'ID'), ('IM', 'IM'), ('IN', 'IN'),
    ('IO', 'IO'), ('IR', 'IR'), ('IS', 'IL'), ('IT', 'IT'), ('IV', 'CI'), ('IY', 'CI'), ('IZ', 'IQ'), ('JA', 'JP'),
    ('JE', 'JE'), ('JM', 'JM'), ('JN', 'SJ'), ('JO', 'JO'), ('KE', 'KE'), ('KG', 'KG'), ('KN', 'KP'), ('KQ', 'UM'),
    ('KR', 'KI'), ('KS', 'KR'), ('KT', 'CX'), ('KU', 'KW'), ('KZ', 'KZ'), ('LA', 'LA'), ('LE', 'LB'), ('LG', 'LV'),
    ('LH', 'LT'), ('LI', 'LR'), ('LO', 'SK'), ('LS', 'LI'), ('LT', 'LS'), ('LU', 'LU'), ('LY', 'LY'), ('MA', 'MG'),
    ('MAF', 'MF'), ('MB', 'MQ'), ('MC', 'MO'), ('MD', 'MD'), ('MF', 'YT'), ('MG', 'MN'), ('MH', 'MS'), ('MI', 'MW'),
    ('MK', 'MK'), ('ML', 'ML'), ('MN', 'MC'), ('MO', 'MA'), ('MP', 'MU'), ('MR', 'MR'), ('MS', 'MH'), ('MT', 'MT'),
    ('MU', 'OM'), ('MV', 'MV'), ('MW', 'ME'), ('MX', 'MX'), ('MY', 'MY'), ('MZ', 'MZ'), ('NC', 'NC'), ('NE', 'NU'),
    ('NF', 'NF'), ('NG', 'NE'), ('NH', 'VU'), ('NI', 'NG'), ('NL', 'NL'), ('NO', 'NO'), ('NP', 'NP'), ('NR', 'NR'),
    ('NS', 'SR'), ('NU', 'NI'), ('NZ', 'NZ'), ('PA', 'PY'), ('PC', 'PN'), ('PE', 'PE'), ('PK', 'PK'), ('PL', 'PL'),
    ('PM', 'PA'), ('PO', 'PT'), ('PP', 'PG'), ('PU', 'GW'), ('PW', 'PW'), ('QA', 'QA'), ('RE', 'RE'), ('RO', 'RO'),
    ('RP', 'PH'), ('RQ', 'PR'), ('RS', 'RU'), ('RW', 'RW'), ('SA', 'SA'), ('SB', 'PM'), ('SC', 'KN'), ('SE', 'SC'),
    ('SF', 'ZA'), ('SG', 'SN'), ('SH', 'SH'), ('SI', 'SI'), ('SL', 'SL'), ('SM', 'SM'), ('SN', 'SG'), ('SO', 'SO'),
    ('SP', 'ES'), ('SR', 'RS'), ('ST', 'LC'), ('SU', 'SD'), ('SV', 'SJ'), ('SW', 'SE'), ('SX', 'GS'), ('SXM', 'SX'),
    ('SY', 'SY'), ('SZ', 'CH'), ('TC', 'AE'), ('TD', 'TT'), ('TH', 'TH'), ('TI', 'TJ'), ('TK', 'TC'), ('TL', 'TK'),
    ('TN', 'TO'), ('TO', 'TG'), ('TP', 'ST'), ('TS', 'TN'), ('TU', 'TR'), ('TV', 'TV'), ('TW', 'TW'), ('TX', 'TM'),
    ('TZ', 'TZ'), ('UG', 'UG'), ('UK', 'GB'), ('UP', 'UA'), ('USA', 'US'), ('UV', 'BF'), ('UY', 'UY'), ('UZ', 'UZ'),
    ('VC', 'VC'), ('VE', 'VE'), ('VG', 'VG'), ('VM', 'VN'), ('VQ', 'VI'), ('VT', 'VA'), ('WA', 'NA'), ('WE', 'PS'),
    ('WF', 'WF'), ('WI', 'EH'), ('WQ', 'UM'), ('WS', 'WS'), ('WZ', 'SZ'), ('XK', 'XK'), ('YM', 'YE'), ('ZA', 'ZM'),
    ('ZI', 'ZW');
