-- API keys of the REST service. Keys are random (244 bits), so an unsalted SHA-256 protects them.

CREATE TABLE ntsb.api_key (
    key_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    key_hash   bytea NOT NULL UNIQUE,
    prefix     text NOT NULL,
    role       text NOT NULL CHECK (role IN ('viewer', 'api_user', 'analyst', 'admin')),
    tier       text NOT NULL CHECK (tier IN ('free', 'premium')),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user,
    expires_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON TABLE ntsb.api_key IS
    'API keys of the REST service, stored as hashes; see ntsb_create_api_key';
COMMENT ON COLUMN ntsb.api_key.key_id IS 'Number of the key; included in tokens issued for it';
COMMENT ON COLUMN ntsb.api_key.name IS 'Owner or purpose of the key';
COMMENT ON COLUMN ntsb.api_key.key_hash IS 'SHA-256 of the key';
COMMENT ON COLUMN ntsb.api_key.prefix IS 'First characters of the key, for recognition';
COMMENT ON COLUMN ntsb.api_key.role IS 'Role of the key: viewer, api_user, analyst or admin; each includes the ones before';
COMMENT ON COLUMN ntsb.api_key.tier IS 'Rate limit tier: free or premium';
COMMENT ON COLUMN ntsb.api_key.created_at IS 'When the key was created';
COMMENT ON COLUMN ntsb.api_key.created_by IS 'Role that created the key';
COMMENT ON COLUMN ntsb.api_key.expires_at IS 'When the key expires; null: never';
COMMENT ON COLUMN ntsb.api_key.revoked_at IS 'When the key was revoked; null: not revoked';
