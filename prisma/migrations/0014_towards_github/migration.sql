-- When the last write of a surface began: a look-up that comes too soon after it may miss what arrived.
ALTER TABLE "outbox" ADD COLUMN "tried_at" TIMESTAMPTZ(3);

-- How fast an installation may be written to, shared by all workers.
CREATE TABLE "content_writes" (
    "id" BIGSERIAL NOT NULL,
    "installation_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "content_writes_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "content_writes_installation_id_at_idx" ON "content_writes"("installation_id", "at");

CREATE TABLE "rate_holds" (
    "installation_id" BIGINT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "strikes" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "rate_holds_pkey" PRIMARY KEY ("installation_id")
);

-- How far the log of failed deliveries has been read, and what is being asked for again.
CREATE TABLE "delivery_sweeps" (
    "app_id" BIGINT NOT NULL,
    "swept_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_until" TIMESTAMPTZ(3),
    "pass_from" TIMESTAMPTZ(3),
    "cursor" TEXT,

    CONSTRAINT "delivery_sweeps_pkey" PRIMARY KEY ("app_id")
);

CREATE TABLE "missed_deliveries" (
    "guid" TEXT NOT NULL,
    "delivery_id" BIGINT NOT NULL,
    "event" TEXT NOT NULL,
    "delivered_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "tried_at" TIMESTAMPTZ(3),
    "settled_as" TEXT,

    CONSTRAINT "missed_deliveries_pkey" PRIMARY KEY ("guid")
);

-- Which repositories are compared with GitHub, how far that has come, and when the next time is.
CREATE TABLE "watched_repositories" (
    "repository_id" BIGINT NOT NULL,
    "active_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "comments_since" TIMESTAMPTZ(3) NOT NULL,
    "threads_since" TIMESTAMPTZ(3) NOT NULL,
    "line_comments_since" TIMESTAMPTZ(3) NOT NULL,
    "rounds" INTEGER NOT NULL DEFAULT 0,
    "quiet_rounds" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,

    CONSTRAINT "watched_repositories_pkey" PRIMARY KEY ("repository_id")
);
CREATE INDEX "watched_repositories_due_at_idx" ON "watched_repositories"("due_at");

-- What was heard of a thread is looked up when GitHub's own account of it is compared with ours.
CREATE INDEX "commands_repository_id_issue_number_idx" ON "commands"("repository_id", "issue_number");
