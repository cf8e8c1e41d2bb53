-- One partition per decade. Other years go to the default partition.

CREATE TABLE ntsb.events_1960s PARTITION OF ntsb.events FOR VALUES FROM (1960) TO (1970);
CREATE TABLE ntsb.events_1970s PARTITION OF ntsb.events FOR VALUES FROM (1970) TO (1980);
CREATE TABLE ntsb.events_1980s PARTITION OF ntsb.events FOR VALUES FROM (1980) TO (1990);
CREATE TABLE ntsb.events_1990s PARTITION OF ntsb.events FOR VALUES FROM (1990) TO (2000);
CREATE TABLE ntsb.events_2000s PARTITION OF ntsb.events FOR VALUES FROM (2000) TO (2010);
CREATE TABLE ntsb.events_2010s PARTITION OF ntsb.events FOR VALUES FROM (2010) TO (2020);
CREATE TABLE ntsb.events_2020s PARTITION OF ntsb.events FOR VALUES FROM (2020) TO (2030);
CREATE TABLE ntsb.events_other PARTITION OF ntsb.events DEFAULT;
