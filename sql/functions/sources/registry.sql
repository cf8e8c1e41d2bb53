-- Storing the FAA aircraft registry (ntsb.registration and its reference tables) from ntsb_staging.registry_*.

CREATE FUNCTION ntsb_repeat_registry(source text, digest text) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    stored record;
BEGIN
    IF to_regclass('ntsb.registration') IS NULL THEN
        RETURN false;
    END IF;
    SELECT s.row_count, s.edition INTO stored FROM ntsb.source_state s
    WHERE s.source = 'aircraft_registry' AND s.digest = ntsb_repeat_registry.digest;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM ntsb_internal.record_source('aircraft_registry', ntsb_repeat_registry.source, stored.row_count,
        stored.edition, ntsb_repeat_registry.digest, false);
    RETURN true;
END
$$;
COMMENT ON FUNCTION ntsb_repeat_registry(text, text) IS
'Whether the registry file with this SHA-256 (hexadecimal) is the one loaded last, so that it need not be loaded again. If so, records in ntsb.source_state that the source was asked. source: name of the file. False without a warehouse.';

CREATE FUNCTION ntsb_internal.begin_registry() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb_staging.registry_master') IS NULL OR to_regclass('ntsb.registration') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot load the registry: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    -- In the order in which a refresh takes them.
    PERFORM pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number('star'));
    PERFORM pg_advisory_xact_lock_shared(x'6e747362'::int, ntsb_internal.lock_number('load'));
    IF NOT EXISTS (SELECT FROM ntsb_staging.registry_master) OR NOT EXISTS (SELECT FROM ntsb_staging.registry_type) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'ntsb_staging.registry_master or registry_type is empty',
            HINT = 'Use ntsb load-registry ReleasableAircraft.zip, which copies the files into ntsb_staging. The stored registry is unchanged.';
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.begin_registry() IS
'Internal: step of ntsb_adopt_registry. Checks that files are staged, waits for running loads and refreshes of the star schema and blocks others until the transaction ends. Errors: 3F000 no warehouse, 55000 nothing staged.';

-- Columns in both files are cleaned alike. Registrations without an aircraft (assigned or reserved marks) are left out.
CREATE FUNCTION ntsb_internal.collect_registrations() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    staged bigint;
    refused bigint;
BEGIN
    CREATE TEMP TABLE ntsb_registration_row ON COMMIT DROP AS
    WITH staged AS (
        SELECT 1 AS precedence, 'master' AS origin, m.n_number, m.serial_no, m.type_code, m.engine_code,
               m.year_manufactured, m.valid_from, NULL AS valid_until, m.status, m.expiration_date, m.registrant_type,
               m.certification, m.airworthiness_date, m.kit_make, m.kit_model, m.is_fractional, m.mode_s_hex,
               NULL AS export_country
        FROM ntsb_staging.registry_master m
        UNION ALL
        SELECT 2, 'deregistered', d.n_number, d.serial_no, d.type_code, d.engine_code, d.year_manufactured,
               d.valid_from, d.valid_until, d.status, NULL, NULL, d.certification, d.airworthiness_date,
               d.kit_make, d.kit_model, NULL, d.mode_s_hex, d.export_country
        FROM ntsb_staging.registry_deregistered d
    )
    SELECT s.precedence, s.origin, ntsb_internal.standardize_us_mark(s.n_number) AS n_number, s.serial_no,
           ntsb_internal.standardize_serial(s.serial_no) AS serial_key, s.type_code, s.engine_code,
           CASE WHEN s.year_manufactured ~ '^(19|20)[0-9]{2}$' THEN s.year_manufactured::smallint END AS year_manufactured,
           @extschema@.ntsb_clean_date(s.valid_from) AS valid_from,
           @extschema@.ntsb_clean_date(s.valid_until) AS valid_until, s.status,
           @extschema@.ntsb_clean_date(s.expiration_date) AS expiration_date, s.registrant_type, s.certification,
           ('{Standard,Limited,Restricted,Experimental,Provisional,Multiple,Primary,Special flight permit,Light sport}'::text[])
               [substring(s.certification FROM '^[1-9]')::integer] AS airworthiness_class,
           @extschema@.ntsb_clean_date(s.airworthiness_date) AS airworthiness_date, s.kit_make, s.kit_model,
           CASE WHEN s.origin = 'master' THEN coalesce(s.is_fractional, 'N') = 'Y' END AS is_fractional,
           upper(substring(s.mode_s_hex FROM '^[0-9A-Fa-f]{1,6}$')) AS mode_s_hex, s.export_country
    FROM staged s
    WHERE s.origin <> 'master' OR coalesce(s.status, '') <> ALL ('{2,3,4,5,10,11,12}');
    SELECT count(*) FILTER (WHERE r.n_number IS NULL), count(*) INTO refused, staged
    FROM pg_temp.ntsb_registration_row r WHERE r.origin = 'master';
    IF (staged - refused) * 4 < staged THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation',
            MESSAGE = format('%s of %s rows of MASTER.txt have no valid N-number', refused, staged),
            HINT = 'Load ReleasableAircraft.zip as the FAA publishes it. The stored registry is unchanged.';
    END IF;
    CREATE TEMP TABLE ntsb_registration ON COMMIT DROP AS
    SELECT DISTINCT ON (r.n_number, r.serial_key, r.valid_from, r.valid_until) r.*
    FROM pg_temp.ntsb_registration_row r WHERE r.n_number IS NOT NULL
    ORDER BY r.n_number, r.serial_key, r.valid_from, r.valid_until, r.precedence, r.type_code, r.serial_no;
    DROP TABLE pg_temp.ntsb_registration_row;
    CREATE INDEX ON pg_temp.ntsb_registration (n_number);
    ANALYZE pg_temp.ntsb_registration;
    RETURN refused;
END
$$;
COMMENT ON FUNCTION ntsb_internal.collect_registrations() IS
'Internal: step of ntsb_adopt_registry. Cleans the staged registrations into pg_temp.ntsb_registration and returns the number of rows of MASTER.txt without a valid N-number. Marks that are assigned or reserved without an aircraft (status 2 to 5 and 10 to 12) are left out. Errors: 22P02 most rows have no N-number.';

-- The edition is the day of the latest action. A shorter or older file would close registrations that hold.
CREATE FUNCTION ntsb_internal.check_registry_edition(force boolean) RETURNS date
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    edition date := (SELECT max(@extschema@.ntsb_clean_date(d.day)) FROM (
        SELECT DISTINCT m.last_action_date AS day FROM ntsb_staging.registry_master m) d
        WHERE @extschema@.ntsb_clean_date(d.day) <= current_date);
    stored_edition date := (SELECT s.edition::date FROM ntsb.source_state s WHERE s.source = 'aircraft_registry');
    stored_count bigint := (SELECT count(*) FROM ntsb.registration r WHERE r.origin = 'master');
    new_count bigint := (SELECT count(*) FROM pg_temp.ntsb_registration n WHERE n.origin = 'master');
BEGIN
    IF force THEN
        RETURN edition;
    ELSIF edition < stored_edition THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('the registry of %s is older than the stored one of %s', edition, stored_edition),
            HINT = 'Load the newest ReleasableAircraft.zip, or use --force.';
    ELSIF new_count * 2 < stored_count THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('the file has %s registered aircraft, the stored registry %s', new_count, stored_count),
            HINT = 'Load a complete ReleasableAircraft.zip, or use --force. The stored registry is unchanged.';
    END IF;
    RETURN edition;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_registry_edition(boolean) IS
'Internal: step of ntsb_adopt_registry. Returns the edition of the staged registry: the latest LAST ACTION DATE up to today. Errors, unless force: 55000 it is older than the stored edition, or has less than half as many registered aircraft.';

-- The FAA overwrites a registration when the owner changes. What earlier files said of its period stays true.
CREATE FUNCTION ntsb_internal.keep_former_registrations() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_edition date := (SELECT s.edition::date FROM ntsb.source_state s WHERE s.source = 'aircraft_registry');
BEGIN
    INSERT INTO pg_temp.ntsb_registration (precedence, origin, n_number, serial_no, serial_key, type_code, engine_code,
        year_manufactured, valid_from, valid_until, status, expiration_date, registrant_type, certification,
        airworthiness_class, airworthiness_date, kit_make, kit_model, is_fractional, mode_s_hex, export_country)
    SELECT DISTINCT ON (r.n_number, r.serial_key, r.valid_from, u.valid_until)
           3, CASE r.origin WHEN 'master' THEN 'former' ELSE r.origin END, r.n_number, r.serial_no, r.serial_key,
           r.type_code, r.engine_code, r.year_manufactured, r.valid_from, u.valid_until, r.status, r.expiration_date,
           r.registrant_type, r.certification, r.airworthiness_class, r.airworthiness_date, r.kit_make, r.kit_model,
           r.is_fractional, r.mode_s_hex, r.export_country
    FROM ntsb.registration r
    CROSS JOIN LATERAL (
        SELECT CASE r.origin WHEN 'master' THEN coalesce(
            (SELECT min(n.valid_from) FROM pg_temp.ntsb_registration n
             WHERE n.n_number = r.n_number AND n.valid_from > r.valid_from), last_edition)
            ELSE r.valid_until END AS valid_until) u
    WHERE r.period IS NOT NULL AND u.valid_until > r.valid_from
      AND NOT EXISTS (SELECT FROM pg_temp.ntsb_registration n
                      WHERE n.n_number = r.n_number AND n.serial_key IS NOT DISTINCT FROM r.serial_key
                        AND n.valid_from = r.valid_from)
    ORDER BY r.n_number, r.serial_key, r.valid_from, u.valid_until, r.registration_id;
END
$$;
COMMENT ON FUNCTION ntsb_internal.keep_former_registrations() IS
'Internal: step of ntsb_adopt_registry. Adds the stored registrations that the new files lack and whose period is known to pg_temp.ntsb_registration. A former current one ends where the next registration of its mark begins, or else with the last edition that held it.';

CREATE FUNCTION ntsb_internal.store_registrations() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns
    FROM pg_attribute a
    WHERE a.attrelid = 'pg_temp.ntsb_registration'::regclass AND a.attnum > 0 AND a.attname <> 'precedence';
    DELETE FROM ntsb.registration r WHERE NOT EXISTS (
        SELECT FROM pg_temp.ntsb_registration n
        WHERE n.n_number = r.n_number AND (n.serial_key, n.valid_from, n.valid_until)
            IS NOT DISTINCT FROM (r.serial_key, r.valid_from, r.valid_until));
    -- ON CONFLICT locks each row that it meets, so only new and changed rows get there.
    EXECUTE format(
        'INSERT INTO ntsb.registration AS r (%1$s)
         SELECT %1$s FROM pg_temp.ntsb_registration n
         WHERE NOT EXISTS (SELECT FROM ntsb.registration s WHERE s.n_number = n.n_number
                           AND (s.%4$s) IS NOT DISTINCT FROM (n.%5$s))
         ON CONFLICT (n_number, serial_key, valid_from, valid_until) DO UPDATE SET (%1$s) = ROW (excluded.%2$s)
         WHERE (r.%3$s) IS DISTINCT FROM (excluded.%2$s)',
        columns, replace(columns, ', ', ', excluded.'), replace(columns, ', ', ', r.'),
        replace(columns, ', ', ', s.'), replace(columns, ', ', ', n.'));
    DROP TABLE pg_temp.ntsb_registration;
END
$$;
COMMENT ON FUNCTION ntsb_internal.store_registrations() IS
'Internal: step of ntsb_adopt_registry. Makes ntsb.registration equal to pg_temp.ntsb_registration; unchanged rows are not written.';

CREATE FUNCTION ntsb_internal.store_registry_references() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    engine_types CONSTANT text[] :=
        '[0:11]={None,Reciprocating,Turboprop,Turboshaft,Turbojet,Turbofan,Ramjet,2-cycle,4-cycle,NULL,Electric,Rotary}';
BEGIN
    DELETE FROM ntsb.aircraft_type_reference;
    INSERT INTO ntsb.aircraft_type_reference (type_code, make, model, make_std, family, aircraft_type, engine_type,
        category, build_certification, engine_count, seats, weight_class, cruise_mph)
    SELECT DISTINCT ON (s.code) s.code, k.make, s.model, @extschema@.ntsb_standard_make(k.make),
           @extschema@.ntsb_aircraft_family(k.make, s.model),
           ('{Glider,Balloon,Airship,Fixed wing single-engine,Fixed wing multi-engine,Rotorcraft,Weight-shift control,Powered parachute,Gyroplane,Hybrid lift,Other}'::text[])
               [strpos('123456789HO', substring(s.aircraft_type FROM '^[1-9HO]$'))],
           engine_types[substring(s.engine_type FROM '^[0-9]{1,2}$')::integer],
           ('{Land,Sea,Amphibian}'::text[])[substring(s.category FROM '^[1-3]$')::integer],
           ('[0:2]={Type-certificated,Not type-certificated,Light sport}'::text[])
               [substring(s.build_certification FROM '^[0-2]$')::integer],
           CASE WHEN n.engines > 0 OR s.engine_type ~ '^0+$' THEN n.engines END, nullif(n.seats, 0),
           substring(s.weight_class FROM '^CLASS ([1-4])$')::smallint, nullif(n.speed, 0)
    FROM ntsb_staging.registry_type s
    CROSS JOIN LATERAL (SELECT CASE WHEN s.build_certification IN ('0', '2') THEN s.make END AS make) k
    CROSS JOIN LATERAL (SELECT substring(s.engines FROM '^[0-9]{1,4}$')::smallint AS engines,
                               substring(s.seats FROM '^[0-9]{1,4}$')::smallint AS seats,
                               substring(s.speed FROM '^[0-9]{1,4}$')::smallint AS speed) n
    WHERE s.code <> '' ORDER BY s.code, s.model;
    DELETE FROM ntsb.engine_type_reference;
    INSERT INTO ntsb.engine_type_reference (engine_code, make, model, engine_type, horsepower, thrust_lbs)
    SELECT DISTINCT ON (s.code) s.code, s.make, s.model, engine_types[substring(s.engine_type FROM '^[0-9]{1,2}$')::integer],
           nullif(substring(s.horsepower FROM '^[0-9]{1,6}$')::integer, 0),
           nullif(substring(s.thrust FROM '^[0-9]{1,6}$')::integer, 0)
    FROM ntsb_staging.registry_engine s WHERE s.code <> '' ORDER BY s.code, s.model;
END
$$;
COMMENT ON FUNCTION ntsb_internal.store_registry_references() IS
'Internal: step of ntsb_adopt_registry. Replaces ntsb.aircraft_type_reference and ntsb.engine_type_reference by the staged rows. The maker of a type that is neither type-certificated nor light sport is left out.';

CREATE FUNCTION ntsb_adopt_registry(source text, digest text DEFAULT NULL, force boolean DEFAULT false,
    OUT registered bigint, OUT deregistered bigint, OUT former bigint, OUT refused bigint, OUT aircraft_types bigint,
    OUT engine_types bigint, OUT exact bigint, OUT serial_agrees bigint, OUT serial_differs bigint,
    OUT no_period bigint, OUT not_registered bigint, OUT ages_changed bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
DECLARE
    edition date;
BEGIN
    PERFORM ntsb_internal.begin_registry();
    refused := ntsb_internal.collect_registrations();
    edition := ntsb_internal.check_registry_edition(coalesce(ntsb_adopt_registry.force, false));
    PERFORM ntsb_internal.keep_former_registrations();
    PERFORM ntsb_internal.store_registrations();
    PERFORM ntsb_internal.store_registry_references();
    TRUNCATE ntsb_staging.registry_master, ntsb_staging.registry_deregistered, ntsb_staging.registry_type,
        ntsb_staging.registry_engine;
    ANALYZE ntsb.registration, ntsb.aircraft_type_reference, ntsb.engine_type_reference;
    CREATE TEMP TABLE ntsb_star_event ON COMMIT DROP AS SELECT k.ev_id FROM ntsb.event_key k;
    ALTER TABLE pg_temp.ntsb_star_event ADD PRIMARY KEY (ev_id);
    ANALYZE pg_temp.ntsb_star_event;
    PERFORM ntsb_internal.match_registrations();
    PERFORM ntsb_internal.fill_registry_types();
    ages_changed := ntsb_internal.refresh_aircraft_ages();
    DROP TABLE pg_temp.ntsb_star_event;
    ANALYZE ntsb.registration_match;
    SELECT count(*) FILTER (WHERE r.origin = 'master'), count(*) FILTER (WHERE r.origin = 'deregistered'),
           count(*) FILTER (WHERE r.origin = 'former')
    INTO registered, deregistered, former FROM ntsb.registration r;
    SELECT count(*) FILTER (WHERE m.grade = 'exact'), count(*) FILTER (WHERE m.grade = 'serial agrees'),
           count(*) FILTER (WHERE m.grade = 'serial differs'), count(*) FILTER (WHERE m.grade = 'no period fits'),
           count(*) FILTER (WHERE m.grade = 'not registered')
    INTO exact, serial_agrees, serial_differs, no_period, not_registered FROM ntsb.registration_match m;
    SELECT count(*) INTO aircraft_types FROM ntsb.aircraft_type_reference;
    SELECT count(*) INTO engine_types FROM ntsb.engine_type_reference;
    PERFORM ntsb_internal.record_source('aircraft_registry', source, registered + deregistered + former,
        edition::text, digest);
END
$$;
COMMENT ON FUNCTION ntsb_adopt_registry(text, text, boolean) IS
'Imports the FAA aircraft registry staged in ntsb_staging.registry_* into ntsb.registration, ntsb.aircraft_type_reference and ntsb.engine_type_reference, finds the registrations of all accident aircraft (ntsb.aircraft_registration), and updates aircraft_age_years and ntsb.dim_aircraft. Registrations that the new files lack stay if their period is known. source: name of the file. digest: its SHA-256. force: accept a file that is older or much shorter than the stored registry. Returns the number of stored registrations (registered, deregistered, former), of rows of MASTER.txt without a valid N-number (refused), of types and engines, of accident aircraft by grade, and of events whose aircraft age changed. Errors: 55000 nothing staged or an older or much shorter file, 22P02 not a registry, 3F000 no warehouse.';
