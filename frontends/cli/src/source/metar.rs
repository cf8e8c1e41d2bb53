//! Weather observations: CSV files of the Iowa Environmental Mesonet's ASOS archive.

use super::table_file::{FileColumn, FileKind, FileLayout, optional, required};

pub const METAR: FileKind = FileKind {
    expected: "a file of weather observations; use a CSV file of the Iowa Environmental Mesonet's ASOS \
               archive with the columns station, valid (UTC) and metar",
    layouts: &[REPORTS, VALUES],
    max_bytes: 64 << 30,
    has_comments: true,
};

/// Files with reports.
const REPORTS: FileLayout = FileLayout { name: "reports", columns: &REPORT_COLUMNS };
const REPORT_COLUMNS: [FileColumn; 22] = list_columns(true);

/// Files with values only.
const VALUES: FileLayout = FileLayout { name: "values", columns: &VALUE_COLUMNS };
const VALUE_COLUMNS: [FileColumn; 22] = list_columns(false);

const fn list_columns(has_reports: bool) -> [FileColumn; 22] {
    [
        required("station", &["station"]),
        required("valid", &["valid"]),
        optional("lon", &["lon"]),
        optional("lat", &["lat"]),
        optional("tmpf", &["tmpf"]),
        optional("dwpf", &["dwpf"]),
        optional("drct", &["drct"]),
        value("sknt", &["sknt"], has_reports),
        optional("alti", &["alti"]),
        value("vsby", &["vsby"], has_reports),
        optional("gust", &["gust"]),
        optional("skyc1", &["skyc1"]),
        optional("skyc2", &["skyc2"]),
        optional("skyc3", &["skyc3"]),
        optional("skyc4", &["skyc4"]),
        optional("skyl1", &["skyl1"]),
        optional("skyl2", &["skyl2"]),
        optional("skyl3", &["skyl3"]),
        optional("skyl4", &["skyl4"]),
        optional("wxcodes", &["wxcodes"]),
        optional("report_type", &["report_type"]),
        value("metar", &["metar"], !has_reports),
    ]
}

/// A column that is required in one of the layouts.
const fn value(
    name: &'static str,
    titles: &'static [&'static str],
    is_optional: bool,
) -> FileColumn {
    if is_optional { optional(name, titles) } else { required(name, titles) }
}
