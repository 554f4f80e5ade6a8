-- Up Migration

-- The email, in the form that is compared, whose mailbox its user has shown to have. It counts while it is the account's:
-- so a change of the email by the previous release counts too.
ALTER TABLE users ADD COLUMN verified_email text;

-- Mails that are to be sent, written in the transaction that causes them. What they say is written when they are sent:
-- no token is ever here.
CREATE TABLE mails (
  -- Of its Message-ID too.
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL,
  -- Both null where nobody has the email that a new password was asked for: it costs the same, and is not sent.
  user_id integer REFERENCES users ON DELETE CASCADE,
  -- Erased once it is sent, or given up.
  recipient text,
  created_at timestamptz NOT NULL DEFAULT now(),
  tries integer NOT NULL DEFAULT 0,
  -- Null when there are no more tries.
  next_try_at timestamptz DEFAULT now(),
  sent_at timestamptz
);

CREATE INDEX mails_next_try_idx ON mails (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX mails_created_idx ON mails (created_at);
CREATE INDEX mails_user_idx ON mails (user_id);

-- What the links of mails open, while the email that they were sent to is the user's.
CREATE TABLE mail_tokens (
  hash bytea PRIMARY KEY,
  purpose text NOT NULL,
  user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
  -- Of `users`, in the form that is compared.
  compared_email text NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE INDEX mail_tokens_user_idx ON mail_tokens (user_id);
CREATE INDEX mail_tokens_expires_idx ON mail_tokens (expires_at);

-- Down Migration
DROP TABLE mail_tokens;
DROP TABLE mails;
ALTER TABLE users DROP COLUMN verified_email;
