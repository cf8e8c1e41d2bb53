//! Lists of runways: `runways.csv` of OurAirports and `APT_RWY.csv` of FAA's NASR.

use super::airports::NASR_NAME;
use super::table_file::{FileKind, FileLayout, optional, required};

pub const RUNWAYS: FileKind = FileKind {
    expected: "a list of runways; use runways.csv of OurAirports or APT_RWY.csv of FAA's NASR",
    layouts: &[OUR_AIRPORTS, NASR],
    max_bytes: 256 << 20,
    has_comments: false,
};

const OUR_AIRPORTS: FileLayout = FileLayout {
    name: "OurAirports",
    columns: &[
        required("airport_id", &["airport_ident"]),
        required("le_ident", &["le_ident"]),
        optional("he_ident", &["he_ident"]),
        required("length_ft", &["length_ft"]),
        optional("width_ft", &["width_ft"]),
        optional("surface", &["surface"]),
        optional("lighted", &["lighted"]),
        optional("closed", &["closed"]),
    ],
};

/// Read from a description of the format, not from a file.
const NASR: FileLayout = FileLayout {
    name: NASR_NAME,
    columns: &[
        required("airport_id", &["ARPT_ID"]),
        required("runway_id", &["RWY_ID"]),
        required("length_ft", &["RWY_LEN"]),
        optional("width_ft", &["RWY_WIDTH"]),
        optional("surface", &["SURFACE_TYPE_CODE"]),
        optional("lighted", &["RWY_LIGHT_CODE"]),
        required("edition", &["EFF_DATE"]),
    ],
};
