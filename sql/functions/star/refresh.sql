-- Steps of refreshing the star schema. The selected events (pg_temp.ntsb_star_event) are computed again, missing
-- dimension members are added, and members that no event uses any more are deleted. Refresh and rebuild run the same
-- steps, over changed events or all events.
--
-- Each temporary table has an index on its join column. PostgreSQL estimates one row for most anti joins and then
-- chooses nested loops: without the indexes a first load took minutes.

-- Remembers the former dimension members of the events: only these can become unused.
CREATE FUNCTION ntsb_internal.detach_star_events() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_former_member ON COMMIT DROP AS
    WITH fact AS (
        SELECT f.* FROM pg_temp.ntsb_star_event s JOIN ntsb.fact_accidents f USING (ev_id)
    )
    SELECT 'location' AS dimension, f.location_id AS id FROM fact f
    UNION SELECT 'weather', f.weather_id FROM fact f
    UNION SELECT 'aircraft', b.aircraft_id FROM fact f JOIN ntsb.bridge_event_aircraft b USING (accident_id)
    UNION SELECT 'crew', b.crew_id FROM fact f JOIN ntsb.bridge_event_crew b USING (accident_id)
    UNION SELECT 'causes', b.cause_id FROM fact f JOIN ntsb.bridge_event_cause b USING (accident_id);
    DELETE FROM ntsb.bridge_event_aircraft b USING ntsb.fact_accidents f, pg_temp.ntsb_star_event s
    WHERE f.ev_id = s.ev_id AND b.accident_id = f.accident_id;
    DELETE FROM ntsb.bridge_event_crew b USING ntsb.fact_accidents f, pg_temp.ntsb_star_event s
    WHERE f.ev_id = s.ev_id AND b.accident_id = f.accident_id;
    DELETE FROM ntsb.bridge_event_cause b USING ntsb.fact_accidents f, pg_temp.ntsb_star_event s
    WHERE f.ev_id = s.ev_id AND b.accident_id = f.accident_id;
    -- Events that were withdrawn or got another ev_id in a later file.
    DELETE FROM ntsb.fact_accidents f USING pg_temp.ntsb_star_event s
    WHERE f.ev_id = s.ev_id AND NOT EXISTS (SELECT FROM pg_temp.ntsb_star_fact_row r WHERE r.ev_id = f.ev_id);
END
$$;
COMMENT ON FUNCTION ntsb_internal.detach_star_events() IS
'Internal: step of ntsb_refresh_star. Deletes the bridge rows of the selected events and the facts of withdrawn ones, and remembers their dimension members.';

CREATE FUNCTION ntsb_internal.delete_unused_members() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM ntsb.dim_location d USING pg_temp.ntsb_star_former_member b
    WHERE b.dimension = 'location' AND d.location_id = b.id AND d.location_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.fact_accidents f WHERE f.location_id = d.location_id);
    DELETE FROM ntsb.dim_weather d USING pg_temp.ntsb_star_former_member b
    WHERE b.dimension = 'weather' AND d.weather_id = b.id AND d.weather_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.fact_accidents f WHERE f.weather_id = d.weather_id);
    DELETE FROM ntsb.dim_aircraft d USING pg_temp.ntsb_star_former_member b
    WHERE b.dimension = 'aircraft' AND d.aircraft_id = b.id AND d.aircraft_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.bridge_event_aircraft f WHERE f.aircraft_id = d.aircraft_id);
    -- All versions of a crew member are kept as long as one of them is used.
    DELETE FROM ntsb.dim_crew d USING pg_temp.ntsb_star_former_member b, ntsb.dim_crew o
    WHERE b.dimension = 'crew' AND o.crew_id = b.id AND d.member = o.member AND d.crew_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.dim_crew v JOIN ntsb.bridge_event_crew f USING (crew_id)
                      WHERE v.member = d.member);
    DELETE FROM ntsb.dim_causes d USING pg_temp.ntsb_star_former_member b
    WHERE b.dimension = 'causes' AND d.cause_id = b.id AND d.cause_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.bridge_event_cause f WHERE f.cause_id = d.cause_id);
END
$$;
COMMENT ON FUNCTION ntsb_internal.delete_unused_members() IS
'Internal: step of ntsb_refresh_star. Deletes dimension members that the selected events had and that no event uses now.';

CREATE FUNCTION ntsb_internal.refresh_year_completeness() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_year ON COMMIT DROP AS
    SELECT f.ev_year, count(*)::integer AS events,
           (count(*) FILTER (WHERE f.has_findings))::integer AS with_findings,
           (count(*) FILTER (WHERE f.has_probable_cause))::integer AS with_probable_cause,
           (count(*) FILTER (WHERE f.has_findings OR f.has_probable_cause))::integer AS with_either,
           (count(*) FILTER (WHERE f.is_final))::integer AS final_reports
    FROM ntsb.fact_accidents f GROUP BY f.ev_year;
    DELETE FROM ntsb.year_completeness y
    WHERE NOT EXISTS (SELECT FROM pg_temp.ntsb_star_year s WHERE s.ev_year = y.ev_year);
    INSERT INTO ntsb.year_completeness AS y
    SELECT s.*, round(s.with_either::numeric / s.events, 4) FROM pg_temp.ntsb_star_year s
    ON CONFLICT (ev_year) DO UPDATE
    SET events = excluded.events, with_findings = excluded.with_findings,
        with_probable_cause = excluded.with_probable_cause, with_either = excluded.with_either,
        final_reports = excluded.final_reports, completeness = excluded.completeness
    WHERE y IS DISTINCT FROM excluded;
    DROP TABLE pg_temp.ntsb_star_year;
END
$$;
COMMENT ON FUNCTION ntsb_internal.refresh_year_completeness() IS
'Internal: step of ntsb_refresh_star. Updates ntsb.year_completeness.';

CREATE FUNCTION ntsb_internal.refresh_star_events(codes_changed boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF codes_changed THEN
        PERFORM ntsb_internal.refresh_code_meanings();
    END IF;
    PERFORM ntsb_internal.collect_aircraft_states();
    PERFORM ntsb_internal.collect_aircraft_versions();
    PERFORM ntsb_internal.collect_certificates();
    PERFORM ntsb_internal.collect_crew();
    PERFORM ntsb_internal.collect_causes();
    PERFORM ntsb_internal.match_registrations();
    PERFORM ntsb_internal.collect_accident_facts();
    PERFORM ntsb_internal.detach_star_events();
    -- A version may be closed before the next one is inserted.
    SET CONSTRAINTS ntsb.dim_aircraft_no_gap, ntsb.dim_crew_no_gap DEFERRED;
    PERFORM ntsb_internal.refresh_dim_aircraft();
    PERFORM ntsb_internal.refresh_dim_crew();
    PERFORM ntsb_internal.refresh_dim_causes(codes_changed);
    PERFORM ntsb_internal.add_dim_members();
    PERFORM ntsb_internal.store_accident_facts();
    PERFORM ntsb_internal.insert_star_bridges();
    PERFORM ntsb_internal.fill_registry_types();
    PERFORM ntsb_internal.delete_unused_members();
    SET CONSTRAINTS ntsb.dim_aircraft_no_gap, ntsb.dim_crew_no_gap IMMEDIATE;
    PERFORM ntsb_internal.refresh_year_completeness();
    PERFORM @extschema@.ntsb_fill_nearest_airports(false);
    PERFORM ntsb_internal.refresh_event_reports();
    DROP TABLE pg_temp.ntsb_star_event, pg_temp.ntsb_star_aircraft, pg_temp.ntsb_star_version,
        pg_temp.ntsb_star_crew, pg_temp.ntsb_star_crew_version, pg_temp.ntsb_star_cause,
        pg_temp.ntsb_star_fact_row, pg_temp.ntsb_star_former_member;
END
$$;
COMMENT ON FUNCTION ntsb_internal.refresh_star_events(boolean) IS
'Internal: called by ntsb_refresh_star, ntsb_rebuild_star, ntsb_archive_decade and ntsb_attach_archive. Runs the steps of the refresh over the events of pg_temp.ntsb_star_event. codes_changed: whether the code lists have changed.';
