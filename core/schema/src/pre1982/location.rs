//! Parses the location: the number of the state, and `CITY,ST` with old abbreviations.

/// City, state and country as in later files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Location<'a> {
    pub city: Option<&'a str>,
    pub state: Option<&'static str>,
    pub country: Option<&'static str>,
}

/// The states in the alphabetical order of their names, numbered from 1, then the District of
/// Columbia. Each with its abbreviations in LOCATION, without full stops and blanks.
const STATES: &[(&str, &[&str])] = &[
    ("AL", &["ALA", "ALABAMA"]),
    ("AK", &["ALASKA"]),
    ("AZ", &["ARIZ", "ARIZONA"]),
    ("AR", &["ARK", "ARKANSAS"]),
    ("CA", &["CALIF", "CAL", "CALIFORNIA"]),
    ("CO", &["COLO", "COL", "COLORADO"]),
    ("CT", &["CONN", "CONNECTICUT"]),
    ("DE", &["DEL", "DELAWARE"]),
    ("FL", &["FLA", "FLORIDA"]),
    ("GA", &["GEORGIA"]),
    ("HI", &["HAWAII"]),
    ("ID", &["IDAHO", "IDA"]),
    ("IL", &["ILL", "ILLINOIS"]),
    ("IN", &["IND", "INDIANA"]),
    ("IA", &["IOWA"]),
    ("KS", &["KANS", "KAN", "KANSAS"]),
    ("KY", &["KENTUCKY", "KEN"]),
    ("LA", &["LOUISIANA"]),
    ("ME", &["MAINE"]),
    ("MD", &["MARYLAND"]),
    ("MA", &["MASS", "MASSACHUSETTS"]),
    ("MI", &["MICH", "MICHIGAN"]),
    ("MN", &["MINN", "MINNESOTA"]),
    ("MS", &["MISS", "MISSISSIPPI"]),
    ("MO", &["MISSOURI"]),
    ("MT", &["MONT", "MONTANA"]),
    ("NE", &["NEBR", "NEB", "NEBRASKA"]),
    ("NV", &["NEV", "NEVADA"]),
    ("NH", &["NEWHAMPSHIRE", "NHAMP"]),
    ("NJ", &["NEWJERSEY"]),
    ("NM", &["NMEX", "NEWMEXICO", "NEWMEX"]),
    ("NY", &["NEWYORK"]),
    ("NC", &["NCAR", "NORTHCAROLINA"]),
    ("ND", &["NDAK", "NORTHDAKOTA"]),
    ("OH", &["OHIO"]),
    ("OK", &["OKLA", "OKLAHOMA"]),
    ("OR", &["ORE", "OREG", "OREGON"]),
    ("PA", &["PENN", "PENNA", "PENNSYLVANIA"]),
    ("RI", &["RHODEISLAND"]),
    ("SC", &["SCAR", "SOUTHCAROLINA"]),
    ("SD", &["SDAK", "SOUTHDAKOTA"]),
    ("TN", &["TENN", "TENNESSEE"]),
    ("TX", &["TEX", "TEXAS"]),
    ("UT", &["UTAH"]),
    ("VT", &["VERMONT"]),
    ("VA", &["VIRGINIA"]),
    ("WA", &["WASH", "WASHINGTON"]),
    ("WV", &["WVA", "WESTVIRGINIA"]),
    ("WI", &["WIS", "WISC", "WISCONSIN"]),
    ("WY", &["WYO", "WYOMING"]),
    ("DC", &["DISTRICTOFCOLUMBIA"]),
];

/// Territories. The number does not say which territory it is.
const TERRITORIES: &[(&str, &[&str])] =
    &[("PR", &["PUERTORICO", "PRICO"]), ("VI", &["VIRGINISLANDS", "VIRGINIS"]), ("GU", &["GUAM"])];

/// Foreign countries with unambiguous names, by NTSB's code.
const COUNTRIES: &[(&str, &[&str])] = &[("MX", &["MEX", "MEXICO"]), ("CA", &["CANADA", "CAN"])];

/// The state of foreign events in later files.
const FOREIGN: &str = "OF";
const USA: &str = "USA";

/// Parses LOCATION and LOCAT_STATE_TERR. The number takes precedence over the text.
pub fn parse_location<'a>(location: Option<&'a str>, number: Option<&str>) -> Location<'a> {
    let (city, suffix) = match location.and_then(|text| text.rsplit_once(',')) {
        Some((city, suffix)) => (Some(city.trim()), normalize(suffix)),
        None => (location, String::new()),
    };
    let city = city.filter(|city| !city.is_empty());
    let locate = |state, country| Location { city, state, country };
    match number.and_then(|text| text.parse::<usize>().ok()) {
        Some(n @ 1..=51) => {
            let state = n.checked_sub(1).and_then(|at| STATES.get(at)).map(|(code, _)| *code);
            locate(state, Some(USA))
        }
        // It is not certain whether a territory counts as domestic.
        Some(60..=64) => locate(find_code(TERRITORIES, &suffix), None),
        Some(71) => locate(Some(FOREIGN), Some("CA")),
        Some(70 | 72..) => locate(Some(FOREIGN), find_code(COUNTRIES, &suffix)),
        _ => {
            let state = find_code(STATES, &suffix);
            locate(state, state.map(|_| USA))
        }
    }
}

/// Converts a text to capitals without full stops and blanks: `N. Mex.` becomes `NMEX`.
fn normalize(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_ascii_alphanumeric());
    letters.map(|c| c.to_ascii_uppercase()).collect()
}

fn find_code(list: &[(&'static str, &[&str])], text: &str) -> Option<&'static str> {
    let (code, _) = list.iter().find(|(code, names)| *code == text || names.contains(&text))?;
    Some(code)
}
