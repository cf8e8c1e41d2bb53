-- The star follows the warehouse: events that changed are taken up anew, with the members that they
-- need, and members that no event needs any more go. Refresh and rebuild run the same steps, over some
-- events or all.
--
-- Each temporary table of the steps has an index on what it is joined by. PostgreSQL takes most anti joins
-- to leave one row, and goes through the other table for each row that they do leave: with an index that
-- is bearable, without one a first load took minutes.

-- What the events were linked to, before they are taken up: only such members can become needless.
CREATE FUNCTION ntsb_internal.star_detach() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_before ON COMMIT DROP AS
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
    -- Withdrawn, or moved by a later file to another identity.
    DELETE FROM ntsb.fact_accidents f USING pg_temp.ntsb_star_event s
    WHERE f.ev_id = s.ev_id AND NOT EXISTS (SELECT FROM pg_temp.ntsb_star_row r WHERE r.ev_id = f.ev_id);
END
$$;
COMMENT ON FUNCTION ntsb_internal.star_detach() IS
'A step of ntsb_refresh_star: takes the events to be taken up out of the bridges, and withdrawn ones out of the fact; remembers the members that they had.';

CREATE FUNCTION ntsb_internal.star_drop_unused() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM ntsb.dim_location d USING pg_temp.ntsb_star_before b
    WHERE b.dimension = 'location' AND d.location_id = b.id AND d.location_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.fact_accidents f WHERE f.location_id = d.location_id);
    DELETE FROM ntsb.dim_weather d USING pg_temp.ntsb_star_before b
    WHERE b.dimension = 'weather' AND d.weather_id = b.id AND d.weather_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.fact_accidents f WHERE f.weather_id = d.weather_id);
    DELETE FROM ntsb.dim_aircraft d USING pg_temp.ntsb_star_before b
    WHERE b.dimension = 'aircraft' AND d.aircraft_id = b.id AND d.aircraft_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.bridge_event_aircraft f WHERE f.aircraft_id = d.aircraft_id);
    -- Earlier versions of a crew member are of use as long as the member is.
    DELETE FROM ntsb.dim_crew d USING pg_temp.ntsb_star_before b, ntsb.dim_crew was
    WHERE b.dimension = 'crew' AND was.crew_id = b.id AND d.member = was.member AND d.crew_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.dim_crew v JOIN ntsb.bridge_event_crew f USING (crew_id)
                      WHERE v.member = d.member);
    DELETE FROM ntsb.dim_causes d USING pg_temp.ntsb_star_before b
    WHERE b.dimension = 'causes' AND d.cause_id = b.id AND d.cause_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.bridge_event_cause f WHERE f.cause_id = d.cause_id);
END
$$;
COMMENT ON FUNCTION ntsb_internal.star_drop_unused() IS
'A step of ntsb_refresh_star: removes members that the events had and none has now.';

CREATE FUNCTION ntsb_internal.star_years() RETURNS void
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
COMMENT ON FUNCTION ntsb_internal.star_years() IS
'A step of ntsb_refresh_star: how complete each year is.';

-- Takes up the events of pg_temp.ntsb_star_event; codes: whether code lists have changed.
CREATE FUNCTION ntsb_internal.star_take_up(codes boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF codes THEN
        PERFORM ntsb_internal.star_codes();
    END IF;
    PERFORM ntsb_internal.star_aircraft();
    PERFORM ntsb_internal.star_configurations();
    PERFORM ntsb_internal.star_certificates();
    PERFORM ntsb_internal.star_crew();
    PERFORM ntsb_internal.star_causes();
    PERFORM ntsb_internal.star_facts();
    PERFORM ntsb_internal.star_detach();
    -- A version may be closed before the next one is there.
    SET CONSTRAINTS ntsb.dim_aircraft_no_gap, ntsb.dim_crew_no_gap DEFERRED;
    PERFORM ntsb_internal.star_dim_aircraft();
    PERFORM ntsb_internal.star_dim_crew();
    PERFORM ntsb_internal.star_dim_causes(codes);
    PERFORM ntsb_internal.star_dim_places();
    PERFORM ntsb_internal.star_store();
    PERFORM ntsb_internal.star_bridges();
    PERFORM ntsb_internal.star_drop_unused();
    SET CONSTRAINTS ntsb.dim_aircraft_no_gap, ntsb.dim_crew_no_gap IMMEDIATE;
    PERFORM ntsb_internal.star_years();
    PERFORM @extschema@.ntsb_fill_nearest_airports(false);
    DROP TABLE pg_temp.ntsb_star_event, pg_temp.ntsb_star_aircraft, pg_temp.ntsb_star_version,
        pg_temp.ntsb_star_crew, pg_temp.ntsb_star_crew_version, pg_temp.ntsb_star_cause,
        pg_temp.ntsb_star_row, pg_temp.ntsb_star_before;
END
$$;
COMMENT ON FUNCTION ntsb_internal.star_take_up(boolean) IS
'The steps of ntsb_refresh_star in their order, over the events of the temporary table ntsb_star_event; codes: whether code lists have changed.';
