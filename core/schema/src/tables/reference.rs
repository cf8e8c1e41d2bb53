//! Code lists and the data dictionary.
use super::{
    Access::{self, *},
    Clean::{self, *},
    Kind, Table, column,
};

#[rustfmt::skip] // one column per line
pub const COUNTRY: Table = Table {
    name: "country",
    kind: Kind::Reference,
    parent: None,
    key: &["country_code"],
    comment: "Countries by the code that *_country columns use",
    columns: &[
        column("country_code", Text(3), Literal, "USA, or two letters as in FIPS 10-4 (not ISO 3166)"),
        column("country_name", Text(50), Literal, "Name of the country"),
    ],
    derived: &[],
};

#[rustfmt::skip] // one column per line
pub const STATES: Table = Table {
    name: "states",
    kind: Kind::Reference,
    parent: None,
    key: &["state"],
    comment: "US states and the District of Columbia; ev_state contains others (OF, PR, GM, AO, PO...)",
    columns: &[
        column("state", Text(2), Literal, "Postal code of the state"),
        column("name", Text(30), Literal, "Name of the state in capitals"),
        column("faa_region", Text(2), Literal, "FAA region: AL, CE, EA, GL, NE, NM, SO, SW, WP, WA"),
    ],
    derived: &[],
};

#[rustfmt::skip] // one column per line
pub const CT_IAIDS: Table = Table {
    name: "ct_iaids",
    kind: Kind::Reference,
    parent: None,
    // Some rows lack a part of (ct_name, code_iaids), so the whole row is the key.
    key: &[],
    comment: "Code lists; the file contains a row without ct_name (FOIA) and one without code (ct_dow)",
    columns: &[
        column("ct_name", Text(22), Literal, "Code list, such as ct_damage; padded in the file"),
        column("code_iaids", Text(4), Literal, "Code within the list; UNK and NONE are entries"),
        column("meaning", Text(50), Literal, "What the code means"),
        column("seq", Integer, Number, "Order of the code in its list"),
        column("ntsb_type", Text(1), Literal, "Kind of ntsb_code: N, C or a dash; their meaning is not documented"),
        column("ntsb_code", Text(2), Literal, "Code in NTSB's previous system"),
        column("avn_code", Text(5), Literal, "Code in the older aviation system, mostly blank"),
        column("ntsb_codes_more", Text(11), Literal, "Other old NTSB codes merged into this one, comma-separated (01,02)"),
        column("not_for_ntsb_use", Access::Boolean, Clean::Boolean, "Not offered to NTSB investigators"),
        column("eadms_use", Access::Boolean, Clean::Boolean, "Offered since 2006 (eADMS)"),
        column("notes", Text(50), Literal, "Remark on the code, such as New or Keep for archived data"),
    ],
    derived: &[],
};

#[rustfmt::skip] // one column per line
pub const CT_SEQEVT: Table = Table {
    name: "ct_seqevt",
    kind: Kind::Reference,
    parent: None,
    key: &["code"],
    comment: "Codes of occurrences, phases, subjects, modifiers and people before 2008",
    columns: &[
        column("code", Long, Number, "Code: occurrence 100 to 430, phase 500 to 610, modifier, person, subject 10000 to 93300"),
        column("meaning", Text(50), Literal, "What the code means; null for five codes"),
    ],
    derived: &[],
};

#[rustfmt::skip] // one column per line
pub const EADMSPUB_DATADICTIONARY: Table = Table {
    name: "eadmspub_datadictionary",
    kind: Kind::Reference,
    parent: None,
    key: &[],
    comment: "NTSB data dictionary, one row per column and code; a few rows are duplicated",
    columns: &[
        column("category_of_data", Text(255), Literal, "Era and form: Pre eADMS coding, eADMS Data, eADMS Data Mult Resp (several answers)"),
        column("table", Text(255), Literal, "Table described; sometimes in a different case than the real name (flight_crew)"),
        column("column", Text(255), Literal, "Column described; findings_code means finding_code"),
        column("ct_name", Text(255), Literal, "Code list of the column, as in ct_iaids"),
        column("code_iaids", Text(255), Literal, "Code; patterns such as 552xxx, xxx230 and 01022214XX in events_sequence and findings"),
        column("meaning", Text(255), Literal, "What the code means"),
        column("data_type_eadms", Text(255), Literal, "Type in NTSB's own database: char, int, datetime..."),
        column("length_eadms", Double, Number, "Length of that type, characters or bytes"),
        column("short_desc", Text(255), Literal, "Title of the column"),
        column("question_def", Memo, Prose, "NTSB's definition of the column"),
        column("code_meaning", Memo, Prose, "NTSB's definition of the code"),
        column("typeofchange", Text(25), Literal, "Change: FieldNew, FieldMove, FieldNoLongerPopulated, ChoiceAdd, ChoiceDrop, ChoiceConverted, New fields"),
        column("change_notes", Memo, Prose, "What changed and when"),
    ],
    derived: &[],
};
