-- Indexes of ntsb_registration_history and ntsb_airport_history.

CREATE INDEX aircraft_registration_idx ON ntsb.aircraft
    (upper(regexp_replace(regis_no, '[^A-Za-z0-9]', '', 'g')));
CREATE INDEX events_airport_id_idx ON ntsb.events (ev_nr_apt_id);
CREATE INDEX events_airport_name_idx ON ntsb.events (upper(apt_name));
