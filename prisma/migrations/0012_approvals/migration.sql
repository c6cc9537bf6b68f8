-- An edited issue goes back to classification; a commit of somebody else, or a person's wish, to verification.
INSERT INTO "allowed_transitions" ("from_state", "event", "to_state") VALUES
  ('CLASSIFY', 'text_changed', 'CLASSIFY'),
  ('ROUTE', 'text_changed', 'CLASSIFY'),
  ('CLARIFY', 'text_changed', 'CLASSIFY'),
  ('PLAN', 'text_changed', 'CLASSIFY'),
  ('VERIFY', 'head_moved', 'VERIFY'),
  ('REPORT', 'verify_again', 'VERIFY')
ON CONFLICT DO NOTHING;

-- GitHub sends no webhook for reactions: when a waiting task's comments are looked at again, and what was seen there.
CREATE TABLE "reaction_polls" (
  "task_id" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "next_at" TIMESTAMPTZ(3) NOT NULL,
  "seen" JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT "reaction_polls_pkey" PRIMARY KEY ("task_id"),
  CONSTRAINT "reaction_polls_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
