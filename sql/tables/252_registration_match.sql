-- Which registration each accident aircraft had. ntsb.aircraft_registration shows it with make, model and so on.

CREATE TABLE ntsb.registration_match (
    ev_id           text NOT NULL,
    aircraft_key    integer NOT NULL,
    n_number        text NOT NULL,
    grade           text NOT NULL CHECK (grade IN
        ('exact', 'serial agrees', 'serial differs', 'no period fits', 'not registered')),
    registration_id integer REFERENCES ntsb.registration DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (ev_id, aircraft_key),
    CONSTRAINT registration_match_found CHECK (
        (registration_id IS NOT NULL) = (grade IN ('exact', 'serial agrees', 'serial differs')))
);
CREATE INDEX registration_match_registration_id_idx ON ntsb.registration_match (registration_id);
COMMENT ON TABLE ntsb.registration_match IS
    'The registration of each accident aircraft with a U.S. mark on the date of its event. Empty until ntsb load-registry; refreshed with the star schema';
COMMENT ON COLUMN ntsb.registration_match.ev_id IS 'NTSB''s identifier of the event';
COMMENT ON COLUMN ntsb.registration_match.aircraft_key IS 'Number of the aircraft within the event';
COMMENT ON COLUMN ntsb.registration_match.n_number IS 'The mark, standardised by ntsb_internal.standardize_us_mark';
COMMENT ON COLUMN ntsb.registration_match.grade IS
    'exact: the registration held on the date of the event and the serial number agrees or is unknown; serial agrees: no period fits, but a registration of this mark has the same serial number; serial differs: the registration held on that date, but has another serial number; no period fits: the mark is known, but not on that date; not registered: the registry does not know the mark';
COMMENT ON COLUMN ntsb.registration_match.registration_id IS 'Row of ntsb.registration; null for no period fits and not registered';
