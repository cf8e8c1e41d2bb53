-- Figures that NTSB has published, to compare with the counts of the warehouse (ntsb_annual_statistics).

CREATE TABLE ntsb.published_statistics (
    ev_year         smallint NOT NULL CHECK (ev_year BETWEEN 1903 AND 2200),
    operations      text NOT NULL CHECK (operations IN ('all', 'general_aviation', 'part_121', 'part_135')),
    accidents       integer CHECK (accidents >= 0),
    fatal_accidents integer CHECK (fatal_accidents >= 0),
    fatalities      integer CHECK (fatalities >= 0),
    hours           double precision CHECK (hours > 0 AND hours < 'infinity'),
    source          text NOT NULL CHECK (btrim(source) <> ''),
    edition         text NOT NULL CHECK (edition ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'),
    revision        smallint NOT NULL DEFAULT 0 CHECK (revision >= 0),
    loaded_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ev_year, operations, source, edition, revision)
);
COMMENT ON TABLE ntsb.published_statistics IS
    'Yearly figures published by NTSB, and by BTS from NTSB''s: shipped for general aviation 1990 to 2004, other years and editions by `ntsb load-exposure`. The newest edition of a year counts';
COMMENT ON COLUMN ntsb.published_statistics.ev_year IS 'Calendar year';
COMMENT ON COLUMN ntsb.published_statistics.operations IS 'Flights that the figures cover, as in ntsb.exposure_hours';
COMMENT ON COLUMN ntsb.published_statistics.accidents IS 'Number of accidents; null if not published';
COMMENT ON COLUMN ntsb.published_statistics.fatal_accidents IS 'Number of fatal accidents; null if not published';
COMMENT ON COLUMN ntsb.published_statistics.fatalities IS 'People killed, including people on the ground; null if not published';
COMMENT ON COLUMN ntsb.published_statistics.hours IS 'Flight hours; null if not published (2011)';
COMMENT ON COLUMN ntsb.published_statistics.source IS 'Publisher and table of the figures';
COMMENT ON COLUMN ntsb.published_statistics.edition IS 'Edition of the source: year, month or day of publication';
COMMENT ON COLUMN ntsb.published_statistics.revision IS 'Number of the revision within the edition; 0 is the first';
COMMENT ON COLUMN ntsb.published_statistics.loaded_at IS 'When the figures were stored or last changed';

INSERT INTO ntsb.published_statistics (ev_year, operations, accidents, fatal_accidents, fatalities, hours, source, edition)
SELECT p.ev_year, 'general_aviation', p.accidents, p.fatal_accidents, p.fatalities, p.hours, 'BTS table 2-14', '2005'
FROM (VALUES
    (1990, 2242, 444, 770, 28510000),
    (1991, 2197, 439, 800, 27678000),
    (1992, 2111, 451, 867, 24780000),
    (1993, 2064, 401, 744, 22796000),
    (1994, 2022, 404, 730, 22235000),
    (1995, 2056, 413, 735, 24906000),
    (1996, 1908, 361, 636, 24881000),
    (1997, 1844, 350, 631, 25591000),
    (1998, 1905, 365, 625, 25518000),
    (1999, 1905, 340, 619, 29246000),
    (2000, 1837, 345, 596, 27838000),
    (2001, 1727, 325, 562, 25431000),
    (2002, 1715, 345, 581, 25545000),
    (2003, 1741, 352, 632, 25705000),
    (2004, 1614, 312, 556, 25900000)
) AS p (ev_year, accidents, fatal_accidents, fatalities, hours);

INSERT INTO ntsb.exposure_hours (ev_year, operations, hours, source, edition)
SELECT p.ev_year, p.operations, p.hours, p.source, p.edition FROM ntsb.published_statistics p;
