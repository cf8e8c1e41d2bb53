//! Where: the number of the state, and `CITY,ST` with the abbreviations of the time.

/// City, state and country as later files write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place<'a> {
    pub city: Option<&'a str>,
    pub state: Option<&'static str>,
    pub country: Option<&'static str>,
}

/// The states in the alphabetical order of their names, numbered from 1; then the District of
/// Columbia. With the ways in which LOCATION shortens them, without points and blanks.
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

/// Territories, of which the number says only that it is one.
const TERRITORIES: &[(&str, &[&str])] =
    &[("PR", &["PUERTORICO", "PRICO"]), ("VI", &["VIRGINISLANDS", "VIRGINIS"]), ("GU", &["GUAM"])];

/// Foreign countries that the text names beyond doubt, by NTSB's code.
const COUNTRIES: &[(&str, &[&str])] = &[("MX", &["MEX", "MEXICO"]), ("CA", &["CANADA", "CAN"])];

/// What later files write for the state of a place abroad.
const FOREIGN: &str = "OF";
const USA: &str = "USA";

/// Reads LOCATION and LOCAT_STATE_TERR. The number decides; the text tells what it leaves open.
pub fn read<'a>(location: Option<&'a str>, number: Option<&str>) -> Place<'a> {
    let (city, suffix) = match location.and_then(|text| text.rsplit_once(',')) {
        Some((city, suffix)) => (Some(city.trim()), plain(suffix)),
        None => (location, String::new()),
    };
    let city = city.filter(|city| !city.is_empty());
    let place = |state, country| Place { city, state, country };
    match number.and_then(|text| text.parse::<usize>().ok()) {
        Some(n @ 1..=51) => {
            place(n.checked_sub(1).and_then(|at| STATES.get(at)).map(|(code, _)| *code), Some(USA))
        }
        // Whether a territory counts as domestic is not certain.
        Some(60..=64) => place(named(TERRITORIES, &suffix), None),
        Some(71) => place(Some(FOREIGN), Some("CA")),
        Some(70 | 72..) => place(Some(FOREIGN), named(COUNTRIES, &suffix)),
        _ => {
            let state = named(STATES, &suffix);
            place(state, state.map(|_| USA))
        }
    }
}

/// In capitals, without points and blanks: `N. Mex.` is `NMEX`.
fn plain(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_ascii_alphanumeric());
    letters.map(|c| c.to_ascii_uppercase()).collect()
}

fn named(list: &[(&'static str, &[&str])], text: &str) -> Option<&'static str> {
    let hit = list.iter().find(|(code, names)| *code == text || names.contains(&text))?;
    Some(hit.0)
}
