-- Keys of the REST service. A key is as random as its hash, so that a plain SHA-256 keeps it.

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
    'Keys of the REST service, of which only hashes are kept: see ntsb_create_api_key';
COMMENT ON COLUMN ntsb.api_key.key_id IS 'Number of the key; tokens made from it carry it';
COMMENT ON COLUMN ntsb.api_key.name IS 'Whose key it is, or what for';
COMMENT ON COLUMN ntsb.api_key.key_hash IS 'SHA-256 of the key';
COMMENT ON COLUMN ntsb.api_key.prefix IS 'How the key begins, by which people tell theirs apart';
COMMENT ON COLUMN ntsb.api_key.role IS 'What it may do: viewer, api_user, analyst or admin, each of which may all that the former may';
COMMENT ON COLUMN ntsb.api_key.tier IS 'How often it may ask: free or premium';
COMMENT ON COLUMN ntsb.api_key.created_at IS 'When it was made';
COMMENT ON COLUMN ntsb.api_key.created_by IS 'Database role that made it';
COMMENT ON COLUMN ntsb.api_key.expires_at IS 'When it ends; null: never';
COMMENT ON COLUMN ntsb.api_key.revoked_at IS 'When it was revoked; null: it holds';
