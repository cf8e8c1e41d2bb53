-- Keys of the REST service: given once, kept as a hash.

CREATE FUNCTION ntsb_create_api_key(name text, role text DEFAULT 'api_user', tier text DEFAULT 'free',
    valid_for interval DEFAULT NULL, OUT key_id bigint, OUT api_key text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    IF coalesce(name, '') = '' OR length(name) > 200 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'a key needs a name of 1 to 200 characters',
            HINT = 'The name says whose key it is: ntsb_create_api_key(''dashboard of the safety office'').';
    ELSIF role IS NULL OR role NOT IN ('viewer', 'api_user', 'analyst', 'admin') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no role %s', coalesce(quote_literal(role), 'null')),
            HINT = 'Roles are viewer, api_user, analyst and admin.';
    ELSIF tier IS NULL OR tier NOT IN ('free', 'premium') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no tier %s', coalesce(quote_literal(tier), 'null')),
            HINT = 'Tiers are free and premium.';
    ELSIF valid_for <= interval '0' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('a key cannot hold for %s', valid_for),
            HINT = 'Leave valid_for out for a key without an end.';
    END IF;
    -- 244 random bits: nobody finds them by trying hashes.
    api_key := 'ntsb_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    INSERT INTO ntsb.api_key AS k (name, key_hash, prefix, role, tier, expires_at)
    VALUES (name, sha256(convert_to(api_key, 'UTF8')), left(api_key, 11), role, tier, now() + valid_for)
    RETURNING k.key_id INTO key_id;
END
$$;
COMMENT ON FUNCTION ntsb_create_api_key(text, text, text, interval) IS
'Makes a key for the REST service and returns it: it is shown this once, the database keeps a hash. role: viewer, api_user, analyst or admin; tier: free or premium, which says how often it may ask; valid_for: such as 90 days, null for ever. Errors: 22023, 42501 without ntsb_admin.';

CREATE FUNCTION ntsb_api_keys()
RETURNS TABLE (key_id bigint, name text, prefix text, role text, tier text, created_at timestamptz,
    created_by text, expires_at timestamptz, revoked_at timestamptz, holds boolean)
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
'Keys of the REST service, oldest first; never the keys themselves, but how each begins (prefix). holds: neither expired nor revoked. Errors: 42501 without ntsb_admin.';

CREATE FUNCTION ntsb_revoke_api_key(key_id bigint) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    UPDATE ntsb.api_key k SET revoked_at = now() WHERE k.key_id = key_id AND k.revoked_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('there is no key %s that could be revoked', coalesce(key_id::text, 'null')),
            HINT = 'SELECT * FROM ntsb_api_keys() lists them.';
    END IF;
    PERFORM pg_notify('ntsb_api_key', key_id::text);
END
$$;
COMMENT ON FUNCTION ntsb_revoke_api_key(bigint) IS
'Ends a key of the REST service, and the tokens that were made from it: services are told by NOTIFY. Errors: P0002 no such key, or revoked already; 42501 without ntsb_admin.';

-- The service may ask about a key that it is shown, and read no list of keys.
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
'A part of ntsb-rest: whose a key is, if it holds. Runs as the owner of the extension, so that the service need not read ntsb.api_key.';

CREATE FUNCTION ntsb_internal.revoked_api_keys(within interval)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT k.key_id FROM ntsb.api_key k
    WHERE k.revoked_at > now() - within OR (k.expires_at <= now() AND k.expires_at > now() - within);
END
$$;
REVOKE EXECUTE ON FUNCTION ntsb_internal.revoked_api_keys(interval) FROM PUBLIC;
COMMENT ON FUNCTION ntsb_internal.revoked_api_keys(interval) IS
'A part of ntsb-rest: keys that were revoked or have expired lately, whose tokens may not have ended yet.';
