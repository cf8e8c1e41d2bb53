-- Records of backups and restore drills (ntsb.backup, ntsb.restore_drill). pgBackRest runs outside the database;
-- deploy/backup passes its output here.

-- One backup of `pgbackrest info --output=json`, checked.
CREATE FUNCTION ntsb_internal.read_backup(backup jsonb, OUT repository integer, OUT label text, OUT type text,
    OUT started_at timestamptz, OUT finished_at timestamptz, OUT size_bytes bigint, OUT stored_bytes bigint,
    OUT wal_start text, OUT wal_stop text, OUT error text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    repository := (backup #>> '{database,repo-key}')::integer;
    label := backup ->> 'label';
    type := CASE backup ->> 'type' WHEN 'full' THEN 'full' WHEN 'diff' THEN 'differential' WHEN 'incr' THEN 'incremental' END;
    started_at := to_timestamp((backup #>> '{timestamp,start}')::double precision);
    finished_at := to_timestamp((backup #>> '{timestamp,stop}')::double precision);
    size_bytes := (backup #>> '{info,size}')::bigint;
    stored_bytes := (backup #>> '{info,repository,delta}')::bigint;
    wal_start := backup #>> '{archive,start}';
    wal_stop := backup #>> '{archive,stop}';
    IF (backup ->> 'error')::boolean THEN
        error := 'page checksums did not match while the backup was made; see pgBackRest''s log';
    END IF;
    IF repository IS NULL OR repository NOT BETWEEN 1 AND 256 OR label IS NULL
       OR label !~ '^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$' OR type IS NULL OR started_at IS NULL
       OR finished_at IS NULL OR finished_at < started_at OR NOT isfinite(started_at) OR NOT isfinite(finished_at)
       OR size_bytes < 0 OR stored_bytes < 0 OR wal_start !~ '^[0-9A-F]{24}$' OR wal_stop !~ '^[0-9A-F]{24}$' THEN
        RAISE invalid_parameter_value;
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
        MESSAGE = 'info has a backup that pgBackRest does not write: ' || left(backup::text, 300),
        DETAIL = 'A backup has database.repo-key (1 to 256), label, type (full, diff or incr), timestamp.start and timestamp.stop (seconds since 1970); info.size, info.repository.delta, archive.start and archive.stop may be missing.',
        HINT = 'Pass the output of pgbackrest info --output=json unchanged.';
END
$$;
COMMENT ON FUNCTION ntsb_internal.read_backup(jsonb) IS
'Internal: called by ntsb_record_backups. Decodes one backup of pgBackRest''s info. Errors: 22023 not a backup.';

-- The stanzas of this cluster in pgBackRest's info. Only those: a repository may hold backups of other clusters.
CREATE FUNCTION ntsb_internal.list_own_stanzas(info jsonb)
RETURNS TABLE (name text, stanza jsonb, databases jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    identifier text := (SELECT system_identifier FROM pg_control_system());
BEGIN
    IF info IS NULL OR jsonb_typeof(info) <> 'array'
       OR jsonb_path_exists(info, 'strict $[*] ? (@.type() != "object")') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('info must be a JSON array of stanzas, got %s', coalesce(left(info::text, 100), 'null')),
            HINT = 'Pass the output of pgbackrest info --output=json.';
    END IF;
    RETURN QUERY
    SELECT s.value ->> 'name', s.value,
           (SELECT jsonb_agg(jsonb_build_object('id', d.value -> 'id', 'repo-key', d.value -> 'repo-key'))
            FROM jsonb_path_query(s.value, '$.db[*]') d(value) WHERE d.value ->> 'system-id' = identifier)
    FROM jsonb_array_elements(info) s
    WHERE s.value ->> 'name' <> ''
      AND EXISTS (SELECT FROM jsonb_path_query(s.value, '$.db[*]') d(value) WHERE d.value ->> 'system-id' = identifier);
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('info has no stanza of this cluster, whose system identifier is %s', identifier),
            DETAIL = format('Stanzas in info: %s.', coalesce((
                SELECT string_agg(format('%s (system identifier %s)', left(s.value ->> 'name', 100),
                                         coalesce(left(jsonb_path_query_array(s.value, '$.db[*]."system-id"')::text, 100), 'none')), ', ')
                FROM jsonb_array_elements(info) s), 'none')),
            HINT = 'Run pgbackrest stanza-create, or pass the info of the repository that this cluster archives to.';
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.list_own_stanzas(jsonb) IS
'Internal: called by ntsb_record_backups. Lists the stanzas whose system identifier is that of this cluster, with the databases that have it. Errors: 22023 not the output of pgBackRest, or no stanza of this cluster.';

CREATE FUNCTION ntsb_record_backups(info jsonb) RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    recorded integer := 0;
    changed integer;
    own record;
BEGIN
    IF octet_length(info::text) > 64 * 1024 * 1024 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded',
            MESSAGE = format('info must be at most 64 MiB, got %s', pg_size_pretty(octet_length(info::text)::bigint)),
            HINT = 'Pass one stanza: pgbackrest --stanza=NAME info --output=json.';
    END IF;
    FOR own IN SELECT * FROM ntsb_internal.list_own_stanzas(info) LOOP
        INSERT INTO ntsb.backup AS b (stanza, repository, label, type, started_at, finished_at, size_bytes,
                                      stored_bytes, wal_start, wal_stop, error)
        SELECT DISTINCT ON (r.repository, r.label) own.name, r.*
        FROM jsonb_path_query(own.stanza, '$.backup[*]') e(value)
        CROSS JOIN ntsb_internal.read_backup(e.value) r
        WHERE own.databases @> jsonb_build_array(jsonb_build_object(
            'id', e.value #> '{database,id}', 'repo-key', e.value #> '{database,repo-key}'))
        ON CONFLICT (stanza, repository, label) DO UPDATE
        SET type = excluded.type, started_at = excluded.started_at, finished_at = excluded.finished_at,
            size_bytes = excluded.size_bytes, stored_bytes = excluded.stored_bytes,
            wal_start = excluded.wal_start, wal_stop = excluded.wal_stop, error = excluded.error, expired_at = NULL
        WHERE (b.type, b.started_at, b.finished_at, b.size_bytes, b.stored_bytes, b.wal_start, b.wal_stop, b.error)
              IS DISTINCT FROM (excluded.type, excluded.started_at, excluded.finished_at, excluded.size_bytes,
                                excluded.stored_bytes, excluded.wal_start, excluded.wal_stop, excluded.error)
           OR b.expired_at IS NOT NULL;
        GET DIAGNOSTICS changed = ROW_COUNT;
        recorded := recorded + changed;
        -- Only where the repository could be read: an unreachable one lists no backups. Code 2: it has none.
        UPDATE ntsb.backup b SET expired_at = now()
        WHERE b.stanza = own.name AND b.label IS NOT NULL AND b.expired_at IS NULL
          AND EXISTS (SELECT FROM jsonb_path_query(own.stanza, '$.repo[*]') r(value)
                      WHERE r.value ->> 'key' = b.repository::text
                        AND r.value #>> '{status,code}' IN ('0', '2'))
          AND NOT EXISTS (SELECT FROM jsonb_path_query(own.stanza, '$.backup[*]') e(value)
                          WHERE e.value ->> 'label' = b.label
                            AND e.value #>> '{database,repo-key}' = b.repository::text);
        GET DIAGNOSTICS changed = ROW_COUNT;
        recorded := recorded + changed;
    END LOOP;
    RETURN recorded;
END
$$;
COMMENT ON FUNCTION ntsb_record_backups(jsonb) IS
'Stores in ntsb.backup what pgbackrest info --output=json lists for this cluster, and returns the number of records that are new or changed: 0 if it is repeated. Stanzas of other clusters, by system identifier, are left out. A backup that a readable repository no longer lists gets expired_at. Errors: 22023 not the output of pgBackRest or no stanza of this cluster, 42501 without ntsb_admin, 54000 info of more than 64 MiB, 25006 on a standby.';

CREATE FUNCTION ntsb_record_backup_failure(stanza text, repository integer, type text, started_at timestamptz, error text)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    failed bigint;
BEGIN
    IF coalesce(stanza, '') = '' OR coalesce(error, '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'stanza and error must not be empty', HINT = 'Pass the last lines that pgBackRest printed as error.';
    ELSIF repository IS NULL OR repository NOT BETWEEN 1 AND 256 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('repository must be between 1 and 256, got %s', coalesce(repository::text, 'null')),
            HINT = 'It is the number in repo1-path, repo2-path, … of pgBackRest''s configuration.';
    ELSIF type IS NULL OR type NOT IN ('full', 'differential', 'incremental') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('type must be full, differential or incremental, got %s', coalesce(quote_literal(type), 'null')),
            HINT = 'pgBackRest''s names diff and incr are written out.';
    ELSIF started_at IS NULL OR NOT isfinite(started_at) OR started_at > clock_timestamp() THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('started_at must be in the past, got %s', coalesce(started_at::text, 'null')),
            HINT = 'Pass the time at which the run started.';
    END IF;
    INSERT INTO ntsb.backup AS b (stanza, repository, type, started_at, finished_at, error)
    VALUES (left(stanza, 200), repository, type, started_at, clock_timestamp(), left(error, 4000))
    RETURNING b.backup_id INTO failed;
    PERFORM @extschema@.ntsb_raise_alert('backup', 'critical', left(stanza, 200),
        format('The %s backup to repository %s failed: %s', type, repository, left(error, 1000)),
        jsonb_build_object('backup_id', failed));
    RETURN failed;
END
$$;
COMMENT ON FUNCTION ntsb_record_backup_failure(text, integer, text, timestamptz, text) IS
'Records in ntsb.backup that a run of pgBackRest failed, raises an alert of kind backup, and returns its backup_id. type: full, differential or incremental; error: what pgBackRest printed (the first 4,000 characters are kept). Errors: 22023 invalid argument, 42501 without ntsb_admin, 25006 on a standby.';

CREATE FUNCTION ntsb_record_backup_verification(stanza text, repository integer, problem text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    verified integer;
BEGIN
    UPDATE ntsb.backup b SET verified_at = clock_timestamp(), verification_error = left(nullif(problem, ''), 4000)
    WHERE b.stanza = stanza AND b.repository = repository AND b.label IS NOT NULL AND b.expired_at IS NULL;
    GET DIAGNOSTICS verified = ROW_COUNT;
    IF verified = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('no backup of stanza %s in repository %s is recorded',
                             coalesce(quote_literal(stanza), 'null'), coalesce(repository::text, 'null')),
            HINT = 'Record the backups first: ntsb_record_backups(info).';
    END IF;
    IF problem <> '' THEN
        PERFORM @extschema@.ntsb_raise_alert('backup', 'critical', stanza,
            format('Repository %s has damaged or missing files: %s', repository, left(problem, 1000)),
            jsonb_build_object('repository', repository));
    END IF;
    RETURN verified;
END
$$;
COMMENT ON FUNCTION ntsb_record_backup_verification(text, integer, text) IS
'Records the result of pgbackrest verify for all backups of a repository that have not expired, and returns their number. problem: what it found, null if every file matched; a problem raises an alert of kind backup. Errors: P0002 no such backup is recorded, 42501 without ntsb_admin, 25006 on a standby.';
