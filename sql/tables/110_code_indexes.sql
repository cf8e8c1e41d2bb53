-- Indexes to find events by finding or occurrence code.

CREATE INDEX findings_code_idx ON ntsb.findings (finding_code);
CREATE INDEX events_sequence_code_idx ON ntsb.events_sequence (occurrence_code);
