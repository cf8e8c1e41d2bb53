-- Records of restore drills (ntsb.restore_drill). Whether a drill passed is decided here, from what was compared.

CREATE FUNCTION ntsb_record_restore_drill(source_label text, target_time timestamptz, rto_seconds double precision,
    rpo_seconds double precision, comparison jsonb, change_log_problems bigint, error text DEFAULT NULL,
    details jsonb DEFAULT '{}', OUT drill_id bigint, OUT passed boolean)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    compared integer;
    different integer;
    first_different text;
BEGIN
    IF coalesce(source_label, '') = '' OR length(source_label) > 200 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('source_label must have 1 to 200 characters, got %s', coalesce(length(source_label)::text, 'null')),
            HINT = 'It is the label of the backup that was restored, such as 20240914-021500F.';
    ELSIF NOT (rto_seconds >= 0 AND rto_seconds < 'infinity') OR NOT (rpo_seconds >= 0 AND rpo_seconds < 'infinity') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('rto_seconds and rpo_seconds must be 0 or more, got %s and %s',
                             coalesce(rto_seconds::text, 'null'), coalesce(rpo_seconds::text, 'null')),
            HINT = 'Pass null for what was not measured.';
    ELSIF change_log_problems < 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('change_log_problems must be 0 or more, got %s', change_log_problems),
            HINT = 'Pass SELECT count(*) FROM ntsb_verify_change_log() of the restored database, or null if it cannot be asked.';
    ELSIF comparison IS NULL OR jsonb_typeof(comparison) <> 'object'
          OR EXISTS (SELECT FROM jsonb_each(comparison) t WHERE jsonb_typeof(t.value) <> 'object')
          OR octet_length(comparison::text) > 1024 * 1024 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('comparison must be a JSON object of at most 1 MiB with an object for each table, got %s',
                             coalesce(left(comparison::text, 100), 'null')),
            HINT = 'For example {"events": {"expected": {"rows": 2, "hash": "17"}, "restored": {"rows": 2, "hash": "17"}}}; {} if the restore failed.';
    ELSIF details IS NULL OR jsonb_typeof(details) <> 'object' OR octet_length(details::text) > 1024 * 1024 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('details must be a JSON object of at most 1 MiB, got %s', coalesce(left(details::text, 100), 'null')),
            HINT = 'Pass {} if there are none.';
    END IF;
    SELECT count(*), count(*) FILTER (WHERE t.is_different), min(t.key) FILTER (WHERE t.is_different)
    INTO compared, different, first_different
    FROM (SELECT e.key,
                 coalesce(e.value -> 'expected', 'null') = 'null'
                 OR e.value -> 'expected' IS DISTINCT FROM e.value -> 'restored' AS is_different
          FROM jsonb_each(comparison) e) t;
    error := left(nullif(error, ''), 4000);
    passed := error IS NULL AND compared > 0 AND different = 0 AND coalesce(change_log_problems = 0, false);
    INSERT INTO ntsb.restore_drill AS d (source_label, target_time, rto_seconds, rpo_seconds, tables_compared,
        tables_different, change_log_problems, comparison, passed, error, details)
    VALUES (source_label, target_time, rto_seconds, rpo_seconds, compared, different, change_log_problems,
            comparison, passed, error, details)
    RETURNING d.drill_id INTO drill_id;
    IF NOT passed THEN
        PERFORM @extschema@.ntsb_raise_alert('restore_drill', 'critical', source_label,
            format('The restore drill of backup %s failed: %s', source_label, coalesce(left(error, 1000),
                CASE WHEN compared = 0 THEN 'no table was compared'
                     WHEN different > 0 THEN format('%s of %s tables differ, the first is %s', different, compared, first_different)
                     WHEN change_log_problems > 0 THEN format('the change log has %s problems', change_log_problems)
                     ELSE 'the change log was not verified' END)),
            jsonb_build_object('drill_id', drill_id));
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_record_restore_drill(text, timestamptz, double precision, double precision, jsonb, bigint, text, jsonb) IS
'Records a restore drill in ntsb.restore_drill and returns its number and whether it passed: no error, at least one table compared, expected equal to restored for every table, and no problem in the change log. source_label: the backup that was restored; target_time: the moment, null for the end of the archived WAL; rto_seconds, rpo_seconds: null if not measured; comparison: {"TABLE": {"expected": {"rows": …, "hash": …}, "restored": {…}}, …}; change_log_problems: rows of ntsb_verify_change_log() in the restored database, null if it could not be asked; error: why the restore failed. A drill that did not pass raises an alert of kind restore_drill. Errors: 22023 invalid argument, 42501 without ntsb_admin, 25006 on a standby.';
