-- Up Migration

-- A guest is a user without a name, an email and a password, until it registers.
ALTER TABLE users
  ALTER COLUMN username DROP NOT NULL,
  ALTER COLUMN email DROP NOT NULL,
  ALTER COLUMN password_hash DROP NOT NULL,
  DROP CONSTRAINT users_role_check,
  ADD CONSTRAINT users_role_check CHECK (role IN ('guest', 'customer', 'admin')),
  ADD CONSTRAINT users_guests_are_unnamed CHECK (
    CASE WHEN role = 'guest'
      THEN num_nonnulls(username, email, canonical_email, password_hash) = 0
      ELSE num_nulls(username, email, password_hash) = 0
    END
  );

-- Down Migration
DELETE FROM users WHERE role = 'guest';
ALTER TABLE users
  DROP CONSTRAINT users_guests_are_unnamed,
  DROP CONSTRAINT users_role_check,
  ADD CONSTRAINT users_role_check CHECK (role IN ('customer', 'admin')),
  ALTER COLUMN username SET NOT NULL,
  ALTER COLUMN email SET NOT NULL,
  ALTER COLUMN password_hash SET NOT NULL;
