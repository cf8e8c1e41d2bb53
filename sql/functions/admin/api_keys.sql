-- API keys of the REST service. The key is shown once; the database stores only its hash.

CREATE FUNCTION ntsb_create_api_key(name text, role text DEFAULT 'api_user', tier text DEFAULT 'free',
    valid_for interval DEFAULT NULL, OUT key_id bigint, OUT api_key text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    IF coalesce(name, '') = '' OR length(name) > 200 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('name must have 1 to 200 characters, got %s', coalesce(length(name)::text, 'null')),
            HINT = 'Name the owner or the purpose of the key: ntsb_create_api_key(''dashboard of the safety office'').';
    ELSIF role IS NULL OR role NOT IN ('viewer', 'api_user', 'analyst', 'admin') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('role must be viewer, api_user, analyst or admin, got %s', coalesce(quote_literal(role), 'null')),
            HINT = 'Each role may also do what the roles before it may.';
    ELSIF tier IS NULL OR tier NOT IN ('free', 'premium') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('tier must be free or premium, got %s', coalesce(quote_literal(tier), 'null')),
            HINT = 'The tier sets the rate limit of the key.';
    ELSIF valid_for <= interval '0' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('valid_for must be a positive interval, got %s', valid_for),
            HINT = 'Omit valid_for for a key that does not expire.';
    END IF;
    -- 244 random bits cannot be found by brute force, so an unsalted hash is enough.
    api_key := 'ntsb_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    INSERT INTO ntsb.api_key AS k (name, key_hash, prefix, role, tier, expires_at)
    VALUES (name, sha256(convert_to(api_key, 'UTF8')), left(api_key, 11), role, tier, now() + valid_for)
    RETURNING k.key_id INTO key_id;
END
$$;
COMMENT ON FUNCTION ntsb_create_api_key(text, text, text, interval) IS
'Creates an API key for the REST service and returns it. The key is shown only this once: the database stores its hash. name: 1 to 200 characters, its owner or purpose; role: viewer, api_user, analyst or admin; tier: free or premium, which sets the rate limit; valid_for: a period such as 90 days, null for a key that does not expire. Errors: 22023 invalid argument, 42501 without ntsb_admin.';

CREATE FUNCTION ntsb_api_keys()
RETURNS TABLE (key_id bigint, name text, prefix text, role text, tier text, created_at timestamptz,
    created_by text, expires_at timestamptz, revoked_at timestamptz, is_valid boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT k.key_id, k.name, k.prefix, k.role, k.tier, k.created_at, k.created_by, k.expires_at, k.revoked_at,
           k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true)
    FROM ntsb.api_key k ORDER BY k.key_id;
END
$$;
COMMENT ON FUNCTION ntsb_api_keys() IS
'Lists the API keys of the REST service, oldest first: never the key itself, only its first characters (prefix). is_valid: whether the key is neither expired nor revoked. Errors: 42501 without ntsb_admin.';

CREATE FUNCTION ntsb_revoke_api_key(key_id bigint) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    UPDATE ntsb.api_key k SET revoked_at = now() WHERE k.key_id = key_id AND k.revoked_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('API key %s does not exist or is already revoked', coalesce(key_id::text, 'null')),
            HINT = 'SELECT * FROM ntsb_api_keys() lists the keys.';
    END IF;
    PERFORM pg_notify('ntsb_api_key', key_id::text);
END
$$;
COMMENT ON FUNCTION ntsb_revoke_api_key(bigint) IS
'Revokes an API key of the REST service and the tokens issued for it; notifies the services on channel ntsb_api_key. Errors: P0002 no such key, or already revoked; 42501 without ntsb_admin.';

-- SECURITY DEFINER: the service may look up a key that a caller presents, but not list the keys.
CREATE FUNCTION ntsb_internal.check_api_key(api_key text)
RETURNS TABLE (key_id bigint, name text, role text, tier text, expires_at timestamptz)
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT k.key_id, k.name, k.role, k.tier, k.expires_at FROM ntsb.api_key k
    WHERE k.key_hash = sha256(convert_to(check_api_key.api_key, 'UTF8'))
      AND k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true);
END
$$;
REVOKE EXECUTE ON FUNCTION ntsb_internal.check_api_key(text) FROM PUBLIC;
COMMENT ON FUNCTION ntsb_internal.check_api_key(text) IS
'Internal: called by ntsb-rest. Returns the owner and role of a valid key, no row for any other. Runs as the owner of the extension, so that the service needs no access to ntsb.api_key.';

CREATE FUNCTION ntsb_internal.list_revoked_api_keys(within interval)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT k.key_id FROM ntsb.api_key k
    WHERE k.revoked_at > now() - within OR (k.expires_at <= now() AND k.expires_at > now() - within);
END
$$;
REVOKE EXECUTE ON FUNCTION ntsb_internal.list_revoked_api_keys(interval) FROM PUBLIC;
COMMENT ON FUNCTION ntsb_internal.list_revoked_api_keys(interval) IS
'Internal: called by ntsb-rest. Lists the keys that were revoked or have expired within the given period: tokens issued for them may still be unexpired.';
