//! The staging tables of sources other than NTSB's files.

/// A staging table for a source other than NTSB's files, which `ntsb_schema::tables` does not describe.
/// All columns are text.
pub struct SourceStaging {
    pub name: &'static str,
    /// What the rows are, for the comment.
    pub rows: &'static str,
    /// The function that stores them.
    pub adopted_by: &'static str,
    pub columns: &'static [&'static str],
}

pub const OTHER_SOURCES: &[SourceStaging] = &[
    AIRPORTS,
    RUNWAYS,
    EXPOSURE,
    ASRS_REPORTS,
    RECOMMENDATIONS,
    REGISTRY_MASTER,
    REGISTRY_DEREGISTERED,
    REGISTRY_TYPE,
    REGISTRY_ENGINE,
    METAR,
];

const AIRPORTS: SourceStaging = SourceStaging {
    name: "airport",
    rows: "a list of airports",
    adopted_by: "ntsb_adopt_airports",
    columns: &[
        "airport_id",
        "icao",
        "iata",
        "local_id",
        "name",
        "city",
        "region",
        "country",
        "kind",
        "elevation_ft",
        "lat",
        "lon",
        "status",
        "edition",
    ],
};

const RUNWAYS: SourceStaging = SourceStaging {
    name: "runway",
    rows: "a list of runways",
    adopted_by: "ntsb_adopt_runways",
    columns: &[
        "airport_id",
        "runway_id",
        "le_ident",
        "he_ident",
        "length_ft",
        "width_ft",
        "surface",
        "lighted",
        "closed",
        "edition",
    ],
};

const EXPOSURE: SourceStaging = SourceStaging {
    name: "exposure",
    rows: "yearly statistics",
    adopted_by: "ntsb_adopt_exposure",
    columns: &[
        "ev_year",
        "operations",
        "acft_category",
        "hours",
        "accidents",
        "fatal_accidents",
        "fatalities",
        "source",
        "edition",
        "revision",
    ],
};

const ASRS_REPORTS: SourceStaging = SourceStaging {
    name: "asrs_report",
    rows: "voluntary reports (ASRS), each a JSON object of its values by name",
    adopted_by: "ntsb_adopt_asrs",
    columns: &["line", "fields"],
};

const RECOMMENDATIONS: SourceStaging = SourceStaging {
    name: "safety_recommendation",
    rows: "safety recommendations, each as JSON",
    adopted_by: "ntsb_adopt_recommendations",
    columns: &["line", "record"],
};

const REGISTRY_MASTER: SourceStaging = SourceStaging {
    name: "registry_master",
    rows: "MASTER.txt of the FAA registry, without names and addresses,",
    adopted_by: "ntsb_adopt_registry",
    columns: &[
        "n_number",
        "serial_no",
        "type_code",
        "engine_code",
        "year_manufactured",
        "registrant_type",
        "last_action_date",
        "valid_from",
        "certification",
        "status",
        "is_fractional",
        "airworthiness_date",
        "expiration_date",
        "kit_make",
        "kit_model",
        "mode_s_hex",
    ],
};

const REGISTRY_DEREGISTERED: SourceStaging = SourceStaging {
    name: "registry_deregistered",
    rows: "DEREG.txt of the FAA registry, without names and addresses,",
    adopted_by: "ntsb_adopt_registry",
    columns: &[
        "n_number",
        "serial_no",
        "type_code",
        "engine_code",
        "year_manufactured",
        "valid_from",
        "valid_until",
        "certification",
        "status",
        "airworthiness_date",
        "kit_make",
        "kit_model",
        "mode_s_hex",
        "export_country",
    ],
};

const REGISTRY_TYPE: SourceStaging = SourceStaging {
    name: "registry_type",
    rows: "ACFTREF.txt of the FAA registry",
    adopted_by: "ntsb_adopt_registry",
    columns: &[
        "code",
        "make",
        "model",
        "aircraft_type",
        "engine_type",
        "category",
        "build_certification",
        "engines",
        "seats",
        "weight_class",
        "speed",
    ],
};

const REGISTRY_ENGINE: SourceStaging = SourceStaging {
    name: "registry_engine",
    rows: "ENGINE.txt of the FAA registry",
    adopted_by: "ntsb_adopt_registry",
    columns: &["code", "make", "model", "engine_type", "horsepower", "thrust"],
};

const METAR: SourceStaging = SourceStaging {
    name: "metar",
    rows: "a file of weather observations",
    adopted_by: "ntsb_adopt_metar",
    columns: &[
        "station",
        "valid",
        "lon",
        "lat",
        "tmpf",
        "dwpf",
        "drct",
        "sknt",
        "alti",
        "vsby",
        "gust",
        "skyc1",
        "skyc2",
        "skyc3",
        "skyc4",
        "skyl1",
        "skyl2",
        "skyl3",
        "skyl4",
        "wxcodes",
        "report_type",
        "metar",
    ],
};
