-- A pull request that leads to another base branch is another change: it is verified again.
INSERT INTO "allowed_transitions" ("from_state", "event", "to_state") VALUES
  ('VERIFY', 'base_changed', 'VERIFY'),
  ('REPORT', 'base_changed', 'VERIFY')
ON CONFLICT DO NOTHING;
