-- Set by a replay; the release before neither reads nor writes it.
ALTER TABLE "outbox" ADD COLUMN "replayed_at" TIMESTAMPTZ(6);
