-- What GitHub last said of an installation's limit: shown to operators, and nothing is decided by it.
CREATE TABLE "rate_readings" (
  "installation_id" BIGINT NOT NULL,
  "most" INTEGER NOT NULL,
  "remaining" INTEGER NOT NULL,
  "resets_at" TIMESTAMPTZ(3) NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "rate_readings_pkey" PRIMARY KEY ("installation_id")
);

-- What was given up is counted now and then; it is little.
CREATE INDEX "outbox_given_up" ON "outbox" ("dead_at") WHERE "dead_at" IS NOT NULL;
