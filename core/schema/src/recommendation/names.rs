//! Names under which the values of a recommendation may occur, simplified by [`simplify`].

/// Lower case, without anything but letters and digits.
pub fn simplify(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.take(200).map(|c| c.to_ascii_lowercase()).collect()
}

pub const NUMBER: &[&str] = &[
    "safetyrecno",
    "safetyrecnumber",
    "safetyrecommendationno",
    "safetyrecommendationnumber",
    "recommendationno",
    "recommendationnumber",
    "recno",
    "recnumber",
    "srno",
    "srnumber",
    "srid",
];
pub const MODE: &[&str] = &["mode", "transportationmode", "recmode", "modename"];
pub const SUBJECT: &[&str] = &["subject", "title", "topic"];
pub const TEXT: &[&str] = &[
    "recommendationtext",
    "safetyrecommendationtext",
    "safetyrectext",
    "rectext",
    "recommendation",
    "safetyrecommendation",
    "text",
    "description",
];
pub const STATUS: &[&str] = &[
    "overallstatus",
    "status",
    "currentstatus",
    "recstatus",
    "safetyrecstatus",
    "recommendationstatus",
    "addresseestatus",
    "statusdescription",
];
pub const ISSUED: &[&str] =
    &["issueddate", "issuedate", "dateissued", "dateofissue", "recissuedate", "issued", "issuedon"];
pub const CLOSED: &[&str] =
    &["closeddate", "closedate", "dateclosed", "closuredate", "closed", "closedon"];
pub const ADDRESSEE: &[&str] = &[
    "addressees",
    "addressee",
    "addresseename",
    "addresseelist",
    "safetyrecaddressees",
    "recipients",
    "recipient",
];
pub const ADDRESSEE_NAME: &[&str] = &[
    "addressee",
    "addresseename",
    "name",
    "organization",
    "organizationname",
    "recipient",
    "recipientname",
];
pub const NTSB_NO: &[&str] = &[
    "ntsbno",
    "ntsbnumber",
    "ntsbnos",
    "ntsbnumbers",
    "accidentnumber",
    "accidentnumbers",
    "investigationnumber",
];
pub const MKEY: &[&str] = &["mkey", "mkeys", "casemkey", "casekey"];
pub const EVENTS: &[&str] =
    &["events", "cases", "investigations", "accidents", "relatedcases", "relatedinvestigations"];
