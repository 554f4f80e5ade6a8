-- Up Migration

-- Of an account that its user has had deleted: a guest without a name from then on, whose row stays until order_service
-- has forgotten who it was, which it is asked from this time on.
ALTER TABLE users ADD COLUMN forget_after timestamptz;

CREATE INDEX users_forget_after_idx ON users (forget_after) WHERE forget_after IS NOT NULL;

-- Down Migration
ALTER TABLE users DROP COLUMN forget_after;
