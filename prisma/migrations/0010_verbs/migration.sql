-- A question about the budget ends like every other one: nobody answered in time.
INSERT INTO "allowed_transitions" ("from_state", "event", "to_state") VALUES
  ('EXECUTE', 'expired', 'CANCELLED')
ON CONFLICT DO NOTHING;

-- What the tasks before this one have spent, where it is another try of them: it counts on.
ALTER TABLE "tasks" ADD COLUMN "spent_before_usd" DOUBLE PRECISION NOT NULL DEFAULT 0;
