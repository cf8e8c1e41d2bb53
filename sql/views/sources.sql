-- What each source is, when it was last asked and loaded, and what is due.

CREATE VIEW ntsb.source_status AS
SELECT s.source, s.title, s.command, s.every, t.asked_at, t.loaded_at, t.name, t.edition, t.row_count, t.complete_until,
       t.asked_at + s.every AS due_at,
       CASE WHEN t.asked_at IS NULL THEN 'never loaded'
            WHEN t.asked_at + s.every <= now() THEN 'due'
            ELSE 'current' END AS status
FROM (VALUES
    (1, 'access_files', 'NTSB''s Access files (avall.zip)', 'ntsb sync', interval '1 month'),
    (2, 'api_cases', 'cases of NTSB''s API', 'ntsb sync --api', interval '1 day'),
    (3, 'safety_recommendations', 'NTSB''s safety recommendations', 'ntsb sync --api', interval '1 month'),
    (4, 'aircraft_registry', 'FAA aircraft registry', 'ntsb load-registry ReleasableAircraft.zip', interval '1 month'),
    (5, 'airports', 'airports', 'ntsb load-airports airports.csv', interval '28 days'),
    (6, 'runways', 'runways', 'ntsb load-runways runways.csv', interval '28 days'),
    (7, 'metar', 'weather observations (METAR)', 'ntsb load-metar FILE.csv', interval '1 month'),
    (8, 'exposure', 'flight hours', 'ntsb load-exposure FILE', interval '1 year'),
    (9, 'asrs', 'voluntary reports (ASRS)', 'ntsb load-asrs FILE.csv', interval '1 month')
) AS s (position, source, title, command, every)
LEFT JOIN LATERAL (
    SELECT x.asked_at, x.loaded_at, x.name, x.edition, x.row_count, x.complete_until
    FROM ntsb.source_state x WHERE x.source = s.source AND s.source <> 'access_files'
    UNION ALL
    SELECT b.started_at, b.finished_at, b.source, to_char(b.as_of, 'YYYY-MM-DD'), NULL, NULL
    FROM (SELECT a.* FROM ntsb.batch a WHERE s.source = 'access_files' AND a.source NOT LIKE '%.json'
          ORDER BY a.batch_id DESC LIMIT 1) b
) t ON true
ORDER BY s.position;
COMMENT ON VIEW ntsb.source_status IS
    'The sources of the warehouse: when each was last asked and loaded, its edition, and whether it is due again';
COMMENT ON COLUMN ntsb.source_status.source IS 'Name of the source';
COMMENT ON COLUMN ntsb.source_status.title IS 'What the source holds';
COMMENT ON COLUMN ntsb.source_status.command IS 'Command that loads it';
COMMENT ON COLUMN ntsb.source_status.every IS 'How often the publisher renews it';
COMMENT ON COLUMN ntsb.source_status.asked_at IS 'Last time it was asked, with or without changes';
COMMENT ON COLUMN ntsb.source_status.loaded_at IS 'Last time rows were stored';
COMMENT ON COLUMN ntsb.source_status.name IS 'Name of the file or service loaded last';
COMMENT ON COLUMN ntsb.source_status.edition IS 'Edition or effective date that the source states';
COMMENT ON COLUMN ntsb.source_status.row_count IS 'Number of rows of the source that are stored';
COMMENT ON COLUMN ntsb.source_status.complete_until IS 'Of the API: everything that changed up to this day (UTC) is stored';
COMMENT ON COLUMN ntsb.source_status.due_at IS 'When it should be asked again';
COMMENT ON COLUMN ntsb.source_status.status IS 'never loaded, due or current';
