-- Meanings of codes from the loaded files, and the completeness of each year.

CREATE TABLE ntsb.code_meaning (
    kind    text NOT NULL,
    code    text NOT NULL,
    meaning text NOT NULL,
    PRIMARY KEY (kind, code) INCLUDE (meaning)
);
COMMENT ON TABLE ntsb.code_meaning IS
    'Meanings of codes, from the dictionaries in the loaded files (ntsb.data_dictionary, ct_iaids, ct_seqevt, ct_pre1982, states, country); filled by ntsb_refresh_star';
COMMENT ON COLUMN ntsb.code_meaning.kind IS
    'Column that holds the code, such as damage; also state, country; phase, event, finding and modifier for the parts of codes since 2008; seqevt for codes of 1982 to 2007; pre1982.COLUMN for earlier codes';
COMMENT ON COLUMN ntsb.code_meaning.code IS 'Code as in the events';
COMMENT ON COLUMN ntsb.code_meaning.meaning IS 'Meaning of the code';

CREATE TABLE ntsb.year_completeness (
    ev_year            smallint PRIMARY KEY,
    events             integer NOT NULL,
    with_findings      integer NOT NULL,
    with_probable_cause integer NOT NULL,
    with_either        integer NOT NULL,
    final_reports      integer NOT NULL,
    completeness       numeric(5, 4) NOT NULL
);
COMMENT ON TABLE ntsb.year_completeness IS
    'How many events of each year NTSB has finished: recent years and events abroad are reported late. Filled by ntsb_refresh_star';
COMMENT ON COLUMN ntsb.year_completeness.ev_year IS 'Year of the events';
COMMENT ON COLUMN ntsb.year_completeness.events IS 'Number of events';
COMMENT ON COLUMN ntsb.year_completeness.with_findings IS 'Events with findings';
COMMENT ON COLUMN ntsb.year_completeness.with_probable_cause IS 'Events with the text of a probable cause';
COMMENT ON COLUMN ntsb.year_completeness.with_either IS 'Events with findings or a probable cause';
COMMENT ON COLUMN ntsb.year_completeness.final_reports IS 'Events with a final report';
COMMENT ON COLUMN ntsb.year_completeness.completeness IS 'with_either / events, 0 to 1';
