-- Clients that cache responses (the REST service) must be notified when derived data changes, which happens with each
-- refresh and not with the load.

CREATE FUNCTION ntsb.notify_refresh() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('ntsb_refresh', json_build_object('what', NEW.what, 'last_seq', NEW.last_seq)::text);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION ntsb.notify_refresh() IS
    'Trigger function: notifies channel ntsb_refresh that a derived part (star, search, a view) was refreshed';

CREATE TRIGGER notify_refresh AFTER INSERT OR UPDATE ON ntsb.refresh_state
    FOR EACH ROW EXECUTE FUNCTION ntsb.notify_refresh();
