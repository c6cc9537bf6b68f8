-- What people ask to be changed is heard at once and worked on together, a little later or when the round has ended.
INSERT INTO "allowed_transitions" ("from_state", "event", "to_state") VALUES
  ('REPORT', 'changes_heard', 'REPORT')
ON CONFLICT DO NOTHING;

-- The follow-up of its task in which a request for changes was worked on. Until now each made one of its own, in order.
ALTER TABLE "commands" ADD COLUMN "follow_up" INTEGER;
UPDATE "commands" c SET "follow_up" = n.number FROM (
  SELECT "id", row_number() OVER (PARTITION BY "task_id" ORDER BY "seq") AS number
  FROM "commands" WHERE "reason_code" = 'changes_requested' AND "task_id" IS NOT NULL
) n WHERE c."id" = n."id";
