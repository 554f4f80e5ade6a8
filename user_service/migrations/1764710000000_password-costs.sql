-- Up Migration

-- The highest cost of a hash, which every comparison takes as long as.
CREATE INDEX users_password_cost_idx ON users (substring(password_hash from '\$(\d\d)\$'));

-- Down Migration
DROP INDEX users_password_cost_idx;
