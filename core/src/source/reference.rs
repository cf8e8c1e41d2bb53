//! TODO
use super::{Access::*, Clean::*, Kind, Table, column};

pub const COUNTRY: Table = Table {
    name: "country",
    kind: Kind::Reference,
    parent: None,
    key: &["country_code"],
    comment: "TODO",
    columns: &[
        column("country_code", Text(3), Literal, "TODO"),
        column("country_name", Text(50), Literal, "TODO"),
    ],
    derived: &[],
};

pub const STATES: Table = Table {
    name: "states",
    kind: Kind::Reference,
    parent: None,
    key: &["state"],
    comment: "TODO",
    columns: &[
        column("state", Text(2), Literal, "TODO"),
        column("name", Text(30), Literal, "TODO"),
        column("faa_region", Text(2), Literal, "TODO"),
    ],
    derived: &[],
};

pub const CT_IAIDS: Table = Table {
    name: "ct_iaids",
    kind: Kind::Reference,
    parent: None,
    key: &["ct_name", "code_iaids"],
    comment: "TODO",
    columns: &[
        column("ct_name", Text(22), Literal, "TODO"),
        column("code_iaids", Text(4), Literal, "TODO"),
        column("meaning", Text(50), Literal, "TODO"),
        column("seq", Integer, Number, "TODO"),
        column("ntsb_type", Text(1), Literal, "TODO"),
        column("ntsb_code", Text(2), Literal, "TODO"),
        column("avn_code", Text(5), Literal, "TODO"),
        column("ntsb_codes_more", Text(11), Literal, "TODO"),
        column("not_for_ntsb_use", Boolean, Boolean, "TODO"),
        column("eadms_use", Boolean, Boolean, "TODO"),
        column("notes", Text(50), Literal, "TODO"),
    ],
    derived: &[],
};

pub const CT_SEQEVT: Table = Table {
    name: "ct_seqevt",
    kind: Kind::Reference,
    parent: None,
    key: &["code"],
    comment: "TODO",
    columns: &[
        column("code", Long, Number, "TODO"),
        column("meaning", Text(50), Literal, "TODO"),
    ],
    derived: &[],
};

pub const EADMSPUB_DATADICTIONARY: Table = Table {
    name: "eadmspub_datadictionary",
    kind: Kind::Reference,
    parent: None,
    key: &[],
    comment: "TODO",
    columns: &[
        column("category_of_data", Text(255), Literal, "TODO"),
        column("table", Text(255), Literal, "TODO"),
        column("column", Text(255), Literal, "TODO"),
        column("ct_name", Text(255), Literal, "TODO"),
        column("code_iaids", Text(255), Literal, "TODO"),
        column("meaning", Text(255), Literal, "TODO"),
        column("data_type_eadms", Text(255), Literal, "TODO"),
        column("length_eadms", Double, Number, "TODO"),
        column("short_desc", Text(255), Literal, "TODO"),
        column("question_def", Memo, Prose, "TODO"),
        column("code_meaning", Memo, Prose, "TODO"),
        column("typeofchange", Text(25), Literal, "TODO"),
        column("change_notes", Memo, Prose, "TODO"),
    ],
    derived: &[],
};
