-- From a kind of accident to its events: the first question about causes and sequences.

CREATE INDEX findings_code_idx ON ntsb.findings (finding_code);
CREATE INDEX events_sequence_code_idx ON ntsb.events_sequence (occurrence_code);
