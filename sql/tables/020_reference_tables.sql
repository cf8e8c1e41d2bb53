-- Code lists and the data dictionary included in NTSB's files.

CREATE TABLE ntsb.country (
    country_code    text NOT NULL,
    country_name    text,
    content_hash    bytea NOT NULL,
    hash_version    smallint NOT NULL,
    first_batch     bigint NOT NULL,
    last_batch      bigint NOT NULL,
    withdrawn_batch bigint,
    PRIMARY KEY (country_code)
);

CREATE TABLE ntsb.states (
    state           text NOT NULL,
    name            text,
    faa_region      text,
    content_hash    bytea NOT NULL,
    hash_version    smallint NOT NULL,
    first_batch     bigint NOT NULL,
    last_batch      bigint NOT NULL,
    withdrawn_batch bigint,
    PRIMARY KEY (state)
);

CREATE TABLE ntsb.ct_iaids (
    ct_name          text,
    code_iaids       text,
    meaning          text,
    seq              smallint,
    ntsb_type        text,
    ntsb_code        text,
    avn_code         text,
    ntsb_codes_more  text,
    not_for_ntsb_use boolean,
    eadms_use        boolean,
    notes            text,
    content_hash     bytea NOT NULL,
    hash_version     smallint NOT NULL,
    first_batch      bigint NOT NULL,
    last_batch       bigint NOT NULL,
    withdrawn_batch  bigint,
    PRIMARY KEY (content_hash)
);
CREATE INDEX ct_iaids_code_idx ON ntsb.ct_iaids (ct_name, code_iaids);

CREATE TABLE ntsb.ct_seqevt (
    code            integer NOT NULL,
    meaning         text,
    content_hash    bytea NOT NULL,
    hash_version    smallint NOT NULL,
    first_batch     bigint NOT NULL,
    last_batch      bigint NOT NULL,
    withdrawn_batch bigint,
    PRIMARY KEY (code)
);

CREATE TABLE ntsb.eadmspub_datadictionary (
    category_of_data text,
    "table"          text,
    "column"         text,
    ct_name          text,
    code_iaids       text,
    meaning          text,
    data_type_eadms  text,
    length_eadms     double precision,
    short_desc       text,
    question_def     text,
    code_meaning     text,
    typeofchange     text,
    change_notes     text,
    content_hash     bytea NOT NULL,
    hash_version     smallint NOT NULL,
    first_batch      bigint NOT NULL,
    last_batch       bigint NOT NULL,
    withdrawn_batch  bigint,
    PRIMARY KEY (content_hash)
);
