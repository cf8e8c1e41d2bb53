-- Whoever keeps answers (the REST service) has to learn when what they were made from has changed:
-- not with the batch, but with each refresh of what is derived from it.

CREATE FUNCTION ntsb.tell_of_refresh() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('ntsb_refresh', json_build_object('what', NEW.what, 'last_seq', NEW.last_seq)::text);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION ntsb.tell_of_refresh() IS
    'Tells listeners on channel ntsb_refresh that something derived (star, search, a view) was brought up to date';

CREATE TRIGGER tell_of_refresh AFTER INSERT OR UPDATE ON ntsb.refresh_state
    FOR EACH ROW EXECUTE FUNCTION ntsb.tell_of_refresh();
