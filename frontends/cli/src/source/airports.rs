//! Lists of airports: `airports.csv` of OurAirports or of the Python package airportsdata, and `APT_BASE.csv` of
//! FAA's NASR.

use super::table_file::{FileKind, FileLayout, optional, required};

pub const AIRPORTS: FileKind = FileKind {
    expected: "a list of airports; use airports.csv of OurAirports or of the \
               Python package airportsdata, or APT_BASE.csv of FAA's NASR",
    layouts: &[OUR_AIRPORTS, AIRPORTSDATA, NASR],
    max_bytes: 256 << 20,
    has_comments: false,
};

/// Name of the layout that lists the airports of the US and its territories only.
pub const NASR_NAME: &str = "NASR";

/// ISO 3166 codes of the countries that FAA's lists cover.
pub const NASR_COUNTRIES: &[&str] = &["US", "PR", "VI", "GU", "AS", "MP", "UM"];

/// Read from a description of the format, not from a file.
const NASR: FileLayout = FileLayout {
    name: NASR_NAME,
    columns: &[
        required("airport_id", &["ICAO_ID", "ARPT_ID"]),
        optional("icao", &["ICAO_ID"]),
        required("local_id", &["ARPT_ID"]),
        required("name", &["ARPT_NAME"]),
        optional("city", &["CITY"]),
        optional("region", &["STATE_CODE"]),
        optional("country", &["COUNTRY_CODE"]),
        optional("kind", &["SITE_TYPE_CODE"]),
        optional("elevation_ft", &["ELEV"]),
        required("lat", &["LAT_DECIMAL"]),
        required("lon", &["LONG_DECIMAL"]),
        optional("status", &["ARPT_STATUS"]),
        required("edition", &["EFF_DATE"]),
    ],
};

const OUR_AIRPORTS: FileLayout = FileLayout {
    name: "OurAirports",
    columns: &[
        required("airport_id", &["ident"]),
        optional("icao", &["icao_code", "gps_code"]),
        optional("iata", &["iata_code"]),
        optional("local_id", &["local_code"]),
        required("name", &["name"]),
        optional("city", &["municipality"]),
        optional("region", &["iso_region"]),
        optional("country", &["iso_country"]),
        optional("kind", &["type"]),
        optional("elevation_ft", &["elevation_ft"]),
        required("lat", &["latitude_deg"]),
        required("lon", &["longitude_deg"]),
    ],
};

const AIRPORTSDATA: FileLayout = FileLayout {
    name: "airportsdata",
    columns: &[
        required("airport_id", &["icao", "lid"]),
        optional("icao", &["icao"]),
        optional("iata", &["iata"]),
        optional("local_id", &["lid"]),
        required("name", &["name"]),
        optional("city", &["city"]),
        optional("region", &["subd"]),
        optional("country", &["country"]),
        optional("elevation_ft", &["elevation"]),
        required("lat", &["lat"]),
        required("lon", &["lon"]),
    ],
};
