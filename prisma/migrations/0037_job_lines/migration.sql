-- The last lines of what an agent says while it runs; the whole is an artifact when it has ended.
CREATE TABLE "job_lines" (
    "id" BIGSERIAL NOT NULL,
    "task_id" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "job_lines_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "job_lines_job_id_attempt_id_idx" ON "job_lines"("job_id", "attempt", "id");
CREATE INDEX "job_lines_task_id_idx" ON "job_lines"("task_id");
ALTER TABLE "job_lines" ADD CONSTRAINT "job_lines_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;
