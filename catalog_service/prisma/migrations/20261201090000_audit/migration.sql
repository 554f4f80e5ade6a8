-- Who did what; see @shop/service-kit, audit/.
CREATE TABLE "audit" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" TEXT NOT NULL,
    "user_id" INTEGER,
    "address" TEXT,
    "request_id" TEXT,
    "details" JSONB NOT NULL,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "audit_at_idx" ON "audit"("at", "id");
CREATE INDEX "audit_user_idx" ON "audit"("user_id", "at", "id");
CREATE INDEX "audit_kind_idx" ON "audit"("kind", "at", "id");
