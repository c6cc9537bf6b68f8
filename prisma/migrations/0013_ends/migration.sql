-- A merge by a person ends the task well, whatever it is doing just then.
INSERT INTO "allowed_transitions" ("from_state", "event", "to_state") VALUES
  ('INTAKE', 'merged', 'ARCHIVE'),
  ('CLASSIFY', 'merged', 'ARCHIVE'),
  ('ROUTE', 'merged', 'ARCHIVE'),
  ('CLARIFY', 'merged', 'ARCHIVE'),
  ('PLAN', 'merged', 'ARCHIVE'),
  ('PREPARE_WORKSPACE', 'merged', 'ARCHIVE'),
  ('EXECUTE', 'merged', 'ARCHIVE'),
  ('REVIEW', 'merged', 'ARCHIVE'),
  ('VERIFY', 'merged', 'ARCHIVE'),
  ('ARCHIVE', 'merged', 'ARCHIVE'),
  ('PAUSED', 'merged', 'ARCHIVE')
ON CONFLICT DO NOTHING;
