CREATE TABLE IF NOT EXISTS "refunds" (
	"id" text PRIMARY KEY NOT NULL,
	"order_id" integer NOT NULL CONSTRAINT "refunds_order_id_orders_id_fk" REFERENCES "orders"("id") ON DELETE cascade,
	"payment_id" text NOT NULL,
	"stripe_id" text,
	"amount" bigint NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"failure" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "refunds_stripe" UNIQUE("stripe_id"),
	CONSTRAINT "refunds_status_known" CHECK ("refunds"."status" in ('pending', 'succeeded', 'failed')),
	CONSTRAINT "refunds_amount" CHECK ("refunds"."amount" > 0)
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "refund_lines" (
	"refund_id" text NOT NULL CONSTRAINT "refund_lines_refund_id_refunds_id_fk" REFERENCES "refunds"("id") ON DELETE cascade,
	"product_id" integer NOT NULL,
	"qty" integer NOT NULL,
	"restock" boolean NOT NULL,
	"unshipped" integer NOT NULL,
	"returned" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "refund_lines_refund_id_product_id_restock_pk" PRIMARY KEY("refund_id","product_id","restock"),
	CONSTRAINT "refund_lines_qty" CHECK ("refund_lines"."qty" > 0 and "refund_lines"."unshipped" between 0 and "refund_lines"."qty"),
	CONSTRAINT "refund_lines_returned" CHECK ("refund_lines"."returned" between 0 and "refund_lines"."qty")
);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "refunds_order" ON "refunds" USING btree ("order_id");