-- Up Migration

-- Who did what; see @shop/service-kit, audit/.
CREATE TABLE audit (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL,
  -- No reference: what a user did is known for longer than the user.
  user_id integer,
  address text,
  request_id text,
  details jsonb NOT NULL
);

CREATE INDEX audit_at_idx ON audit (at, id);
CREATE INDEX audit_user_idx ON audit (user_id, at, id);
CREATE INDEX audit_kind_idx ON audit (kind, at, id);

-- Down Migration
DROP TABLE audit;
