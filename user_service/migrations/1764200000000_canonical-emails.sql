-- Up Migration

-- What emails are compared by (src/domain/email.ts). Null in the rows that the previous release writes: theirs is what it
-- compares by itself, the email in lower case, until fillCanonicalEmails has been there.
ALTER TABLE users ADD COLUMN canonical_email text;

-- Beside users_email_key, by whose name the previous release knows that an email is taken.
CREATE UNIQUE INDEX users_canonical_email_key ON users (coalesce(canonical_email, lower(email)));

-- Down Migration
ALTER TABLE users DROP COLUMN canonical_email;
