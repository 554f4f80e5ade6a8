-- Up Migration

CREATE TABLE second_factors (
  user_id integer PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  -- Of an authenticator app, encrypted (src/domain/seal.ts), and by which key.
  secret bytea NOT NULL,
  key_id text NOT NULL,
  -- Null until the user has shown a code of it.
  confirmed_at timestamptz,
  -- Of the last code that was taken: no code is taken twice.
  last_step bigint NOT NULL DEFAULT 0
);

CREATE INDEX second_factors_key_idx ON second_factors (key_id);

-- Those that were not used.
CREATE TABLE recovery_codes (
  user_id integer NOT NULL REFERENCES second_factors ON DELETE CASCADE,
  hash bytea NOT NULL,
  PRIMARY KEY (user_id, hash)
);

-- Down Migration
DROP TABLE recovery_codes;
DROP TABLE second_factors;
