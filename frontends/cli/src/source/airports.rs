//! Lists of airports: `airports.csv` of OurAirports or of the Python package airportsdata.

use super::table_file::{FileKind, FileLayout, optional, required};

pub const AIRPORTS: FileKind = FileKind {
    expected: "a list of airports; use airports.csv of OurAirports or of the Python package airportsdata",
    layouts: &[OUR_AIRPORTS, AIRPORTSDATA],
    max_bytes: 256 << 20,
    has_comments: false,
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
