-- What codes mean, in one table with one row per code, as the loaded files say it; and how complete
-- each year is.

CREATE TABLE ntsb.code_meaning (
    kind    text NOT NULL,
    code    text NOT NULL,
    meaning text NOT NULL,
    PRIMARY KEY (kind, code) INCLUDE (meaning)
);
COMMENT ON TABLE ntsb.code_meaning IS
    'What a code means, by the dictionaries of the loaded files (ntsb.data_dictionary, ct_iaids, ct_seqevt, ct_pre1982, states, country); made by ntsb_refresh_star';
COMMENT ON COLUMN ntsb.code_meaning.kind IS
    'Column that the code stands in, such as damage; state, country; phase, event, finding and modifier for the parts of codes since 2008; seqevt for codes of 1982 to 2007; pre1982.COLUMN before';
COMMENT ON COLUMN ntsb.code_meaning.code IS 'The code as events have it';
COMMENT ON COLUMN ntsb.code_meaning.meaning IS 'What it means';

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
    'How far NTSB has come with the events of each year: recent years, and events abroad, are reported late. Made by ntsb_refresh_star';
COMMENT ON COLUMN ntsb.year_completeness.ev_year IS 'Year of the events';
COMMENT ON COLUMN ntsb.year_completeness.events IS 'Events of the year';
COMMENT ON COLUMN ntsb.year_completeness.with_findings IS 'Of these, how many have findings';
COMMENT ON COLUMN ntsb.year_completeness.with_probable_cause IS 'Of these, how many have the text of a probable cause';
COMMENT ON COLUMN ntsb.year_completeness.with_either IS 'Of these, how many have findings or a probable cause';
COMMENT ON COLUMN ntsb.year_completeness.final_reports IS 'Of these, how many have a report at its last step';
COMMENT ON COLUMN ntsb.year_completeness.completeness IS 'with_either / events, 0 to 1';
