-- Fails unless the write-ahead log is archived: archiving is on, the last attempt succeeded, and no segment
-- that is complete waits longer than max_age.
\getenv max_age NTSB_MAX_AGE
SELECT set_config('ntsb.max_age', :'max_age', false) \g /dev/null
DO $$
DECLARE
    archiver pg_stat_archiver;
    max_age interval := current_setting('ntsb.max_age');
    complete text;
BEGIN
    IF current_setting('archive_mode') = 'off' THEN
        RAISE EXCEPTION 'archive_mode is off' USING HINT = 'Set archive_mode and archive_command, and restart.';
    END IF;
    SELECT * INTO archiver FROM pg_stat_archiver;
    IF archiver.last_failed_time > coalesce(archiver.last_archived_time, '-infinity') THEN
        RAISE EXCEPTION 'the last attempt to archive, of %, failed at %', archiver.last_failed_wal, archiver.last_failed_time
            USING HINT = 'The server log has the message of archive_command.';
    END IF;
    IF pg_is_in_recovery() THEN
        RETURN;
    END IF;
    -- The segment before the one that is being written.
    complete := pg_walfile_name(pg_current_wal_insert_lsn() - pg_size_bytes(current_setting('wal_segment_size')));
    IF complete > coalesce(archiver.last_archived_wal, '')
       AND coalesce(archiver.last_archived_time, archiver.stats_reset, '-infinity') < now() - max_age THEN
        RAISE EXCEPTION '% is not archived; the last archived segment is % of %, older than %',
            complete, coalesce(archiver.last_archived_wal, '(none)'), archiver.last_archived_time, max_age;
    END IF;
END
$$;
