-- Indexes for the most common filters: date, place, severity, aircraft, words.

CREATE INDEX events_date_injury_idx ON ntsb.events (ev_date, ev_highest_injury);
CREATE INDEX events_ev_date_idx ON ntsb.events (ev_date);
CREATE INDEX events_ev_state_idx ON ntsb.events (ev_state);
CREATE INDEX events_geog_idx ON ntsb.events USING gist (geog);
CREATE INDEX aircraft_make_model_idx ON ntsb.aircraft (acft_make, acft_model);
CREATE INDEX aircraft_regis_no_idx ON ntsb.aircraft (regis_no);
CREATE INDEX narratives_words_idx ON ntsb.narratives USING gin (words);

-- Final reports: B (probable cause adopted) and F (factual, final for foreign investigations). P is preliminary.
CREATE INDEX ntsb_admin_final_idx ON ntsb.ntsb_admin (approval_date)
    WHERE rec_stat IN ('B', 'F');
