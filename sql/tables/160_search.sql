-- The full-text search index, with the statistics that BM25 ranking needs.
--
-- A segment holds up to 32,768 events that were indexed together, numbered within it. Segments are written once: when
-- an event changes, its number is marked dead and the event gets a number in a newer segment. Each word and each fact
-- of a segment has one posting list of event numbers.

CREATE AGGREGATE ntsb.concat_words(tsvector) (
    SFUNC = pg_catalog.tsvector_concat, STYPE = tsvector, INITCOND = '', PARALLEL = SAFE
);
COMMENT ON AGGREGATE ntsb.concat_words(tsvector) IS
    'Concatenates tsvectors, as the operator || does';

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
    'Documents of the search index, one row per event; updated by CALL ntsb_refresh_search()';
COMMENT ON COLUMN ntsb.search_document.segment IS 'Segment of the index that holds the event';
COMMENT ON COLUMN ntsb.search_document.doc IS 'Number of the event within the segment, from 0';
COMMENT ON COLUMN ntsb.search_document.ev_date IS 'Date of the event';
COMMENT ON COLUMN ntsb.search_document.place IS 'City, state, and country unless USA';
COMMENT ON COLUMN ntsb.search_document.aircraft IS 'Make, model and registration mark of each aircraft';
COMMENT ON COLUMN ntsb.search_document.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.search_document.words IS 'Indexed words; see ntsb.search_source';
COMMENT ON COLUMN ntsb.search_document.facts IS 'Facts for filters and for similarity, such as state=AK';

CREATE TABLE ntsb.search_segment (
    segment integer PRIMARY KEY,
    docs    integer NOT NULL,
    lengths bytea NOT NULL,
    ids     text NOT NULL,
    dead    bytea NOT NULL
);
COMMENT ON TABLE ntsb.search_segment IS 'Segments of the search index; only dead changes after a segment is written';
COMMENT ON COLUMN ntsb.search_segment.segment IS 'Number of the segment';
COMMENT ON COLUMN ntsb.search_segment.docs IS 'Number of events in the segment, including dead ones';
COMMENT ON COLUMN ntsb.search_segment.lengths IS 'Weighted word count of each event, four bytes each, little-endian';
COMMENT ON COLUMN ntsb.search_segment.ids IS 'ev_id of each event, one per line';
COMMENT ON COLUMN ntsb.search_segment.dead IS 'One bit per event: set when the event was changed or removed';

CREATE TABLE ntsb.search_posting (
    fact     boolean NOT NULL,
    term     text COLLATE "C" NOT NULL,
    segment  integer NOT NULL,
    docs     integer NOT NULL,
    postings bytea NOT NULL,
    PRIMARY KEY (fact, term, segment)
);
CREATE INDEX search_posting_segment_idx ON ntsb.search_posting (segment);
COMMENT ON TABLE ntsb.search_posting IS 'Posting lists: the events with each word and fact, per segment';
COMMENT ON COLUMN ntsb.search_posting.fact IS 'Whether the term is a fact (true) or a word (false)';
COMMENT ON COLUMN ntsb.search_posting.term IS 'Lexeme of ntsb.search_document.words, or one of its facts';
COMMENT ON COLUMN ntsb.search_posting.segment IS 'Segment that the numbers refer to';
COMMENT ON COLUMN ntsb.search_posting.docs IS 'Number of events in the list, including dead ones';
COMMENT ON COLUMN ntsb.search_posting.postings IS
    'Event numbers as differences from the previous one, each with its weighted count, as variable-length integers of seven bits per byte';

-- These values are always read whole: compression would cost more time than it saves.
ALTER TABLE ntsb.search_segment ALTER lengths SET STORAGE EXTERNAL, ALTER ids SET STORAGE EXTERNAL,
    ALTER dead SET STORAGE EXTERNAL;
ALTER TABLE ntsb.search_posting ALTER postings SET STORAGE EXTERNAL;
