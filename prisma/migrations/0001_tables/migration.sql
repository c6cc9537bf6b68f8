-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "installations" (
    "id" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL,
    "account_login" TEXT NOT NULL,
    "account_type" TEXT NOT NULL,
    "suspended_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "installations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repositories" (
    "id" BIGINT NOT NULL,
    "installation_id" BIGINT NOT NULL,
    "owner" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "private" BOOLEAN NOT NULL,
    "default_branch" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "repositories_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "id" TEXT NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "event" TEXT NOT NULL,
    "payload" BYTEA NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status" TEXT NOT NULL DEFAULT 'received',
    "reason_code" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "handled_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "commands" (
    "id" TEXT NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "source_key" TEXT NOT NULL,
    "delivery_id" TEXT,
    "task_id" TEXT,
    "repository_id" BIGINT NOT NULL,
    "issue_number" INTEGER NOT NULL,
    "verb" TEXT NOT NULL,
    "argument" JSONB NOT NULL,
    "actor_id" BIGINT NOT NULL,
    "actor_login" TEXT NOT NULL,
    "permission" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "applied_at" TIMESTAMPTZ(3),
    "reason_code" TEXT,

    CONSTRAINT "commands_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tasks" (
    "id" TEXT NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "issue_number" INTEGER NOT NULL,
    "is_pull_request" BOOLEAN NOT NULL,
    "parent_id" TEXT,
    "title" TEXT NOT NULL,
    "request" TEXT NOT NULL,
    "flags" JSONB NOT NULL DEFAULT '{}',
    "requester_id" BIGINT NOT NULL,
    "requester_login" TEXT NOT NULL,
    "requester_type" TEXT NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "snapshot_hash" TEXT,
    "type" TEXT,
    "risk" TEXT,
    "complexity" TEXT,
    "mode" TEXT,
    "workflow" TEXT,
    "confidence" DOUBLE PRECISION,
    "capabilities" TEXT[],
    "classification" JSONB,
    "settings" JSONB,
    "settings_sha" TEXT,
    "plan_hash" TEXT,
    "constraints" JSONB NOT NULL DEFAULT '{}',
    "inputs" JSONB NOT NULL DEFAULT '{}',
    "outputs" JSONB NOT NULL DEFAULT '{}',
    "approval_policy" JSONB NOT NULL DEFAULT '{}',
    "base_branch" TEXT NOT NULL,
    "base_sha" TEXT,
    "branch" TEXT,
    "head_sha" TEXT,
    "pushed_sha" TEXT,
    "pull_number" INTEGER,
    "state" TEXT NOT NULL DEFAULT 'INTAKE',
    "paused_from" TEXT,
    "waiting_on" TEXT,
    "waiting_until" TIMESTAMPTZ(3),
    "reason_code" TEXT NOT NULL DEFAULT 'command_accepted',
    "outcome" TEXT NOT NULL DEFAULT 'pending',
    "verdict" TEXT,
    "version" INTEGER NOT NULL DEFAULT 0,
    "audit_hash" TEXT NOT NULL DEFAULT '',
    "round" INTEGER NOT NULL DEFAULT 0,
    "repairs" INTEGER NOT NULL DEFAULT 0,
    "follow_ups" INTEGER NOT NULL DEFAULT 0,
    "retries" INTEGER NOT NULL DEFAULT 0,
    "feedback" TEXT,
    "budget_usd" DOUBLE PRECISION NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "allowed_transitions" (
    "from_state" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "to_state" TEXT NOT NULL,

    CONSTRAINT "allowed_transitions_pkey" PRIMARY KEY ("from_state","event","to_state")
);

-- CreateTable
CREATE TABLE "transitions" (
    "id" BIGSERIAL NOT NULL,
    "task_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "from_state" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "to_state" TEXT NOT NULL,
    "reason_code" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "waiting_on" TEXT,
    "epoch" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "transitions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "jobs" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "parent_id" TEXT,
    "key" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "capability" TEXT NOT NULL,
    "backend" TEXT,
    "goal" TEXT NOT NULL,
    "prompt_hash" TEXT,
    "input" JSONB NOT NULL DEFAULT '{}',
    "timeout_ms" INTEGER NOT NULL,
    "max_attempts" INTEGER NOT NULL DEFAULT 1,
    "depends_on" TEXT[],
    "parallel_group" TEXT,
    "expected_artifacts" TEXT[],
    "status" TEXT NOT NULL DEFAULT 'queued',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "session_id" TEXT,
    "tokens_in" INTEGER NOT NULL DEFAULT 0,
    "tokens_out" INTEGER NOT NULL DEFAULT 0,
    "cost_usd" DOUBLE PRECISION,
    "head_sha" TEXT,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "decisions" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "gate" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "rule_id" TEXT NOT NULL,
    "reason_code" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "inputs" JSONB NOT NULL,
    "plan_hash" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "decisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approvals" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "gate" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "actor_id" BIGINT NOT NULL,
    "actor_login" TEXT NOT NULL,
    "permission" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "source_key" TEXT NOT NULL,
    "plan_hash" TEXT,
    "snapshot_hash" TEXT,
    "head_sha" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "voided_at" TIMESTAMPTZ(3),
    "void_reason" TEXT,

    CONSTRAINT "approvals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "criterion" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "required" BOOLEAN NOT NULL,
    "command" TEXT,
    "exit_code" INTEGER,
    "duration_ms" INTEGER NOT NULL,
    "counts" JSONB,
    "excerpt" TEXT NOT NULL,
    "artifact_hash" TEXT,
    "commit" TEXT,
    "verdict" TEXT NOT NULL,
    "reason_code" TEXT,
    "epoch" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "artifacts" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "job_id" TEXT,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "truncated" BOOLEAN NOT NULL DEFAULT false,
    "content" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "artifacts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workspaces" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "branch" TEXT NOT NULL,
    "base_sha" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'ready',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "workspaces_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" TEXT NOT NULL,
    "task_id" TEXT,
    "repository_id" BIGINT NOT NULL,
    "installation_id" BIGINT NOT NULL,
    "issue_number" INTEGER NOT NULL,
    "surface" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "payload" JSONB NOT NULL DEFAULT '{}',
    "wanted" INTEGER NOT NULL DEFAULT 1,
    "sent" INTEGER NOT NULL DEFAULT 0,
    "sent_hash" TEXT,
    "remote_id" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "dead_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "leases" (
    "task_id" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "leases_pkey" PRIMARY KEY ("task_id")
);

-- CreateTable
CREATE TABLE "spending" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "installation_id" BIGINT NOT NULL,
    "backend" TEXT NOT NULL,
    "tokens_in" INTEGER NOT NULL,
    "tokens_out" INTEGER NOT NULL,
    "cost_usd" DOUBLE PRECISION,
    "duration_ms" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "spending_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "commands_source_key_key" ON "commands"("source_key");

-- CreateIndex
CREATE INDEX "tasks_repository_id_issue_number_idx" ON "tasks"("repository_id", "issue_number");

-- CreateIndex
CREATE INDEX "tasks_repository_id_pull_number_idx" ON "tasks"("repository_id", "pull_number");

-- CreateIndex
CREATE INDEX "tasks_state_waiting_on_waiting_until_idx" ON "tasks"("state", "waiting_on", "waiting_until");

-- CreateIndex
CREATE UNIQUE INDEX "transitions_task_id_version_key" ON "transitions"("task_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "jobs_task_id_key_round_key" ON "jobs"("task_id", "key", "round");

-- CreateIndex
CREATE INDEX "decisions_task_id_at_idx" ON "decisions"("task_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "approvals_source_key_key" ON "approvals"("source_key");

-- CreateIndex
CREATE INDEX "approvals_task_id_gate_idx" ON "approvals"("task_id", "gate");

-- CreateIndex
CREATE UNIQUE INDEX "evidence_task_id_round_position_key" ON "evidence"("task_id", "round", "position");

-- CreateIndex
CREATE UNIQUE INDEX "artifacts_task_id_kind_name_sha256_key" ON "artifacts"("task_id", "kind", "name", "sha256");

-- CreateIndex
CREATE UNIQUE INDEX "workspaces_task_id_host_key" ON "workspaces"("task_id", "host");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_key_key" ON "outbox"("key");

-- CreateIndex
CREATE INDEX "spending_repository_id_at_idx" ON "spending"("repository_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "spending_job_id_attempt_key" ON "spending"("job_id", "attempt");

-- AddForeignKey
ALTER TABLE "commands" ADD CONSTRAINT "commands_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transitions" ADD CONSTRAINT "transitions_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transitions" ADD CONSTRAINT "transitions_from_state_event_to_state_fkey" FOREIGN KEY ("from_state", "event", "to_state") REFERENCES "allowed_transitions"("from_state", "event", "to_state") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workspaces" ADD CONSTRAINT "workspaces_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "leases" ADD CONSTRAINT "leases_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "spending" ADD CONSTRAINT "spending_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;


