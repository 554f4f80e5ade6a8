ALTER TABLE "order_history" ADD COLUMN IF NOT EXISTS "event_id" text;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN IF NOT EXISTS "replayed_at" timestamp with time zone;