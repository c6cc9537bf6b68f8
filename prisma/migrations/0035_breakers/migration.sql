-- How a backend fares, shared by all workers: one that is down is passed over until its pause is over.
CREATE TABLE "breakers" (
    "backend" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "cause" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3),
    "trial_until" TIMESTAMPTZ(3),
    "last_error" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "breakers_pkey" PRIMARY KEY ("backend")
);

-- Which backends were passed over before the one that runs the job, and why.
ALTER TABLE "jobs" ADD COLUMN "passed_over" JSONB NOT NULL DEFAULT '[]';
