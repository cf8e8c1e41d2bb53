-- ntsb.dim_crew. NTSB gives no names, so a member is a crew member of one event. Its versions are the sets of
-- certificates that NTSB reported over time, as recorded in the change log.

CREATE FUNCTION ntsb_certificate_level(certificates text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT c.code
    FROM pg_catalog.unnest(certificates) WITH ORDINALITY c (code, place)
    ORDER BY coalesce(pg_catalog.array_position(
        '{ATP,COMM,PRI,REC,SPRT,STU,RMPT,CFI,FE,MIL,FORN,NONE}'::text[], c.code), 100), c.place
    LIMIT 1
$$;
COMMENT ON FUNCTION ntsb_certificate_level(text[]) IS
'The highest of some pilot certificates (crew_cert_code), in the order ATP, COMM, PRI, REC, SPRT, STU, RMPT, CFI, FE, MIL, FORN, NONE. Null for an empty array.';

CREATE FUNCTION ntsb_internal.collect_certificates() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_certificates ON COMMIT DROP AS
    SELECT c.ev_id, c.aircraft_key, c.crew_no, f.first_batch,
           coalesce(array_agg(DISTINCT c.code ORDER BY c.code) FILTER (WHERE c.withdrawn_batch IS NULL), '{}')
               AS certificates,
           bool_or(c.first_batch <> f.first_batch OR c.last_batch <> c.first_batch
                   OR c.withdrawn_batch IS NOT NULL) AS changed
    FROM pg_temp.ntsb_star_event s
    JOIN ntsb.dt_flight_crew c USING (ev_id)
    JOIN ntsb.flight_crew f USING (ev_id, aircraft_key, crew_no)
    WHERE c.col_name LIKE 'crew_cert_code%'
    GROUP BY 1, 2, 3, 4;
    CREATE INDEX ON pg_temp.ntsb_star_certificates (ev_id);
    ANALYZE pg_temp.ntsb_star_certificates;

    -- Most certificates never change. For the others the whole log is read. The running maximum keeps times in
    -- order: a load that waited for another has an earlier start time but later entries.
    CREATE TEMP TABLE ntsb_star_report ON COMMIT DROP AS
    WITH entry AS (
        SELECT l.ev_id, l.seq, l.action, l.changed_at, string_to_array(l.row_key, '/') AS key,
               substring(l.row_key FROM '^(?:[^/]*/){4}(.*)$') AS code
        FROM ntsb.change_log l
        WHERE l.ev_id IN (SELECT c.ev_id FROM pg_temp.ntsb_star_certificates c WHERE c.changed)
          AND (l.table_name = 'dt_flight_crew' AND l.row_key LIKE '%/crew\_cert\_code%'
               OR l.table_name = 'flight_crew')
    )
    SELECT array_to_string(e.key[1:3], '/') AS member, e.key[4] AS col_name, e.code, e.seq,
           e.action IN ('insert', 'return') AS is_present,
           max(e.changed_at) OVER (PARTITION BY e.ev_id ORDER BY e.seq) AS reported_at
    FROM entry e
    JOIN pg_temp.ntsb_star_certificates c ON c.changed AND c.ev_id = e.ev_id
        AND c.aircraft_key::text = e.key[2] AND c.crew_no::text = e.key[3];

    CREATE TEMP TABLE ntsb_star_crew_version ON COMMIT DROP AS
    WITH reported AS (
        SELECT t.member, t.reported_at,
               ARRAY(SELECT DISTINCT h.code FROM (
                         SELECT DISTINCT ON (r.col_name, r.code) r.code, r.is_present
                         FROM pg_temp.ntsb_star_report r
                         WHERE r.member = t.member AND r.reported_at <= t.reported_at AND r.code IS NOT NULL
                         ORDER BY r.col_name, r.code, r.seq DESC) h
                     WHERE h.is_present ORDER BY h.code) AS certificates
        FROM (SELECT DISTINCT r.member, r.reported_at FROM pg_temp.ntsb_star_report r) t
    ), changed AS (
        SELECT t.member, t.certificates, t.reported_at,
               lag(t.certificates) OVER (PARTITION BY t.member ORDER BY t.reported_at) AS before
        FROM reported t
    )
    SELECT c.member, c.certificates,
           CASE WHEN c.before IS NULL THEN '1900-01-01 00:00+00' ELSE c.reported_at END AS valid_from,
           coalesce(lead(c.reported_at) OVER (PARTITION BY c.member ORDER BY c.reported_at), '9999-12-31 00:00+00') AS valid_to
    FROM changed c
    WHERE c.before IS DISTINCT FROM c.certificates;
    CREATE INDEX ON pg_temp.ntsb_star_crew_version (member);
    ANALYZE pg_temp.ntsb_star_crew_version;
    DROP TABLE pg_temp.ntsb_star_report;
END
$$;
COMMENT ON FUNCTION ntsb_internal.collect_certificates() IS
'Internal: step of ntsb_refresh_star. Derives the versions of the reported certificates for the crew of the selected events.';

CREATE FUNCTION ntsb_internal.collect_crew() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_crew ON COMMIT DROP AS
    SELECT c.ev_id, c.aircraft_key, c.crew_no, concat_ws('/', c.ev_id, c.aircraft_key, c.crew_no) AS member,
           c.crew_category,
           CASE WHEN c.crew_age BETWEEN 10 AND 110 THEN c.crew_age END AS age,
           t.total_hours, t.make_hours, c.med_certf AS medical,
           row_number() OVER (PARTITION BY c.ev_id, c.aircraft_key
               ORDER BY array_position('{PLT,FLTI,KPLT,DSTU,CPLT}'::text[], c.crew_category), c.crew_no) = 1
           AND c.crew_category IN ('PLT', 'FLTI', 'KPLT', 'DSTU', 'CPLT') IS NOT FALSE AS is_pilot_in_command
    FROM pg_temp.ntsb_star_event s
    JOIN ntsb.flight_crew c USING (ev_id)
    JOIN ntsb.aircraft a USING (ev_id, aircraft_key)
    LEFT JOIN (
        SELECT f.ev_id, f.aircraft_key, f.crew_no,
               max(f.flight_hours) FILTER (WHERE f.flight_craft = 'ALL') AS total_hours,
               max(f.flight_hours) FILTER (WHERE f.flight_craft = 'MAKE') AS make_hours
        FROM pg_temp.ntsb_star_event s JOIN ntsb.flight_time f USING (ev_id)
        WHERE f.flight_type = 'TOTL' AND f.flight_craft IN ('ALL', 'MAKE') AND f.withdrawn_batch IS NULL
        GROUP BY 1, 2, 3) t USING (ev_id, aircraft_key, crew_no)
    WHERE c.withdrawn_batch IS NULL AND a.withdrawn_batch IS NULL;

    INSERT INTO pg_temp.ntsb_star_crew_version
    SELECT c.member, coalesce(h.certificates, '{}'), '1900-01-01 00:00+00', '9999-12-31 00:00+00'
    FROM pg_temp.ntsb_star_crew c
    LEFT JOIN pg_temp.ntsb_star_certificates h USING (ev_id, aircraft_key, crew_no)
    WHERE NOT coalesce(h.changed, false);
    CREATE INDEX ON pg_temp.ntsb_star_crew (ev_id);
    ANALYZE pg_temp.ntsb_star_crew;
    ANALYZE pg_temp.ntsb_star_crew_version;
END
$$;
COMMENT ON FUNCTION ntsb_internal.collect_crew() IS
'Internal: step of ntsb_refresh_star. Collects the crew of the selected events and determines the pilot in command.';

CREATE FUNCTION ntsb_internal.refresh_dim_crew() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_member ON COMMIT DROP AS
    SELECT c.member, v.certificates, v.valid_from, v.valid_to, c.crew_category,
           @extschema@.ntsb_certificate_level(v.certificates) AS certificate,
           c.age, @extschema@.ntsb_band('age', c.age::double precision) AS age_group,
           c.total_hours, @extschema@.ntsb_band('total_hours', c.total_hours::double precision) AS total_hours_band,
           c.make_hours, @extschema@.ntsb_band('make_hours', c.make_hours::double precision) AS experience_band, c.medical
    FROM pg_temp.ntsb_star_crew c JOIN pg_temp.ntsb_star_crew_version v USING (member);
    -- New versions are always the last of their member: closing the old one first leaves only one current.
    UPDATE ntsb.dim_crew d
    SET valid_to = m.valid_to, certificates = m.certificates, certificate = m.certificate,
        crew_category = m.crew_category, age = m.age, age_group = m.age_group,
        total_hours = m.total_hours, total_hours_band = m.total_hours_band,
        make_hours = m.make_hours, experience_band = m.experience_band, medical = m.medical
    FROM pg_temp.ntsb_star_member m
    WHERE m.member = d.member AND m.valid_from = d.valid_from
      AND (d.valid_to, d.certificates, d.crew_category, d.age, d.total_hours, d.make_hours, d.medical)
          IS DISTINCT FROM
          (m.valid_to, m.certificates, m.crew_category, m.age, m.total_hours, m.make_hours, m.medical);
    INSERT INTO ntsb.dim_crew (member, crew_category, certificates, certificate, age, age_group, total_hours,
        total_hours_band, make_hours, experience_band, medical, valid_from, valid_to)
    SELECT m.member, m.crew_category, m.certificates, m.certificate, m.age, m.age_group, m.total_hours,
           m.total_hours_band, m.make_hours, m.experience_band, m.medical, m.valid_from, m.valid_to
    FROM pg_temp.ntsb_star_member m
    WHERE NOT EXISTS (SELECT FROM ntsb.dim_crew d
                      WHERE d.member = m.member AND d.valid_from = m.valid_from)
    ORDER BY m.member, m.valid_from;
    DROP TABLE pg_temp.ntsb_star_member, pg_temp.ntsb_star_certificates;
END
$$;
COMMENT ON FUNCTION ntsb_internal.refresh_dim_crew() IS
'Internal: step of ntsb_refresh_star. Updates ntsb.dim_crew to the derived versions.';
