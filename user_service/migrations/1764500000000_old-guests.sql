-- Up Migration

ALTER TABLE users
  -- How long a guest's token is valid. Null of those that the previous release makes: as GUEST_DAYS says.
  ADD COLUMN guest_days integer,
  -- Of a guest who was old enough to be deleted, and stays for that.
  ADD COLUMN has_orders boolean NOT NULL DEFAULT false;

CREATE INDEX users_old_guests_idx ON users (created_at, id) WHERE role = 'guest' AND NOT has_orders;

-- Down Migration
ALTER TABLE users DROP COLUMN guest_days, DROP COLUMN has_orders;
