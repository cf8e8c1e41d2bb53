-- Search by words: what each event is found by, and an index that ranks.
--
-- A segment is some ten thousand events that were taken up together and are numbered within it. It is
-- written once; when an event changes, its number there is marked dead and the event gets a number in a
-- newer segment. For each word and each fact of a segment there is one list of numbers.

CREATE AGGREGATE ntsb.joined_words(tsvector) (
    SFUNC = pg_catalog.tsvector_concat, STYPE = tsvector, INITCOND = '', PARALLEL = SAFE
);
COMMENT ON AGGREGATE ntsb.joined_words(tsvector) IS
    'The words of several texts, one text after the other';

CREATE TABLE ntsb.search_document (
    ev_id    text PRIMARY KEY,
    segment  integer NOT NULL,
    doc      integer NOT NULL,
    ev_date  date,
    place    text,
    aircraft text,
    severity text,
    words    tsvector NOT NULL,
    facts    text[] NOT NULL
);
CREATE INDEX search_document_segment_idx ON ntsb.search_document (segment);
COMMENT ON TABLE ntsb.search_document IS
    'One row per event that search knows; kept by CALL ntsb_refresh_search()';
COMMENT ON COLUMN ntsb.search_document.segment IS 'Segment of the index that holds it';
COMMENT ON COLUMN ntsb.search_document.doc IS 'Its number there, from 0';
COMMENT ON COLUMN ntsb.search_document.ev_date IS 'Date of the event';
COMMENT ON COLUMN ntsb.search_document.place IS 'City, state, and country if it is not the USA';
COMMENT ON COLUMN ntsb.search_document.aircraft IS 'Make, model and registration of each aircraft';
COMMENT ON COLUMN ntsb.search_document.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.search_document.words IS 'What it is found by; see ntsb.search_source';
COMMENT ON COLUMN ntsb.search_document.facts IS 'What it is filtered by and compared in, such as state=AK';

CREATE TABLE ntsb.search_segment (
    segment integer PRIMARY KEY,
    docs    integer NOT NULL,
    lengths bytea NOT NULL,
    ids     text NOT NULL,
    dead    bytea NOT NULL
);
COMMENT ON TABLE ntsb.search_segment IS 'Parts of the search index, written once but for what is dead';
COMMENT ON COLUMN ntsb.search_segment.segment IS 'Number of the segment';
COMMENT ON COLUMN ntsb.search_segment.docs IS 'How many events it numbers, dead ones included';
COMMENT ON COLUMN ntsb.search_segment.lengths IS 'Weighted count of words of each event, four bytes each, lowest first';
COMMENT ON COLUMN ntsb.search_segment.ids IS 'ev_id of each event, one a line';
COMMENT ON COLUMN ntsb.search_segment.dead IS 'One bit an event: set once it has changed or gone';

CREATE TABLE ntsb.search_posting (
    fact     boolean NOT NULL,
    term     text COLLATE "C" NOT NULL,
    segment  integer NOT NULL,
    docs     integer NOT NULL,
    postings bytea NOT NULL,
    PRIMARY KEY (fact, term, segment)
);
CREATE INDEX search_posting_segment_idx ON ntsb.search_posting (segment);
COMMENT ON TABLE ntsb.search_posting IS 'For each word and fact of a segment, the events that have it';
COMMENT ON COLUMN ntsb.search_posting.fact IS 'Whether the term is a fact, and not a word';
COMMENT ON COLUMN ntsb.search_posting.term IS 'A lexeme of ntsb.search_document.words, or one of its facts';
COMMENT ON COLUMN ntsb.search_posting.segment IS 'Segment whose numbers the list holds';
COMMENT ON COLUMN ntsb.search_posting.docs IS 'How many events the list names, dead ones included';
COMMENT ON COLUMN ntsb.search_posting.postings IS
    'Numbers of events as distances from the one before, each with its weighted count, seven bits a byte';

-- Read whole and decoded at once: packing would cost more than it saves.
ALTER TABLE ntsb.search_segment ALTER lengths SET STORAGE EXTERNAL, ALTER ids SET STORAGE EXTERNAL,
    ALTER dead SET STORAGE EXTERNAL;
ALTER TABLE ntsb.search_posting ALTER postings SET STORAGE EXTERNAL;
