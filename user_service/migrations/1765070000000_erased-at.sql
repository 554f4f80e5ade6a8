-- Up Migration

-- When the user of an account, or a guest, had it deleted: `forget_after` is put off while an order is open. Null of those
-- that the previous release deletes.
ALTER TABLE users ADD COLUMN erased_at timestamptz;

-- Down Migration
ALTER TABLE users DROP COLUMN erased_at;
