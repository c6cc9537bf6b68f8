-- What Prisma's schema cannot say. The database refuses what the code's table (src/task/states.ts) does not hold,
-- whoever asks: a row in "transitions" is the only way to move a task, and it must start where the task is.

INSERT INTO "allowed_transitions" ("from_state", "event", "to_state") VALUES
  ('INTAKE', 'accepted', 'CLASSIFY'),
  ('INTAKE', 'postponed', 'INTAKE'),
  ('INTAKE', 'woke', 'INTAKE'),
  ('INTAKE', 'pause', 'PAUSED'),
  ('INTAKE', 'cancel', 'CANCELLED'),
  ('INTAKE', 'error', 'FAILED'),
  ('CLASSIFY', 'classified', 'ROUTE'),
  ('CLASSIFY', 'postponed', 'CLASSIFY'),
  ('CLASSIFY', 'woke', 'CLASSIFY'),
  ('CLASSIFY', 'pause', 'PAUSED'),
  ('CLASSIFY', 'cancel', 'CANCELLED'),
  ('CLASSIFY', 'error', 'FAILED'),
  ('ROUTE', 'admitted', 'PLAN'),
  ('ROUTE', 'unclear', 'CLARIFY'),
  ('ROUTE', 'refused', 'CANCELLED'),
  ('ROUTE', 'postponed', 'ROUTE'),
  ('ROUTE', 'woke', 'ROUTE'),
  ('ROUTE', 'pause', 'PAUSED'),
  ('ROUTE', 'cancel', 'CANCELLED'),
  ('ROUTE', 'error', 'FAILED'),
  ('CLARIFY', 'asked', 'CLARIFY'),
  ('CLARIFY', 'answered', 'CLASSIFY'),
  ('CLARIFY', 'expired', 'CANCELLED'),
  ('CLARIFY', 'postponed', 'CLARIFY'),
  ('CLARIFY', 'woke', 'CLARIFY'),
  ('CLARIFY', 'pause', 'PAUSED'),
  ('CLARIFY', 'cancel', 'CANCELLED'),
  ('CLARIFY', 'error', 'FAILED'),
  ('PLAN', 'asked', 'PLAN'),
  ('PLAN', 'approved', 'PREPARE_WORKSPACE'),
  ('PLAN', 'approved_without_code', 'EXECUTE'),
  ('PLAN', 'revised', 'PLAN'),
  ('PLAN', 'rejected', 'CANCELLED'),
  ('PLAN', 'refused', 'CANCELLED'),
  ('PLAN', 'expired', 'CANCELLED'),
  ('PLAN', 'postponed', 'PLAN'),
  ('PLAN', 'woke', 'PLAN'),
  ('PLAN', 'pause', 'PAUSED'),
  ('PLAN', 'cancel', 'CANCELLED'),
  ('PLAN', 'error', 'FAILED'),
  ('PREPARE_WORKSPACE', 'ready', 'EXECUTE'),
  ('PREPARE_WORKSPACE', 'postponed', 'PREPARE_WORKSPACE'),
  ('PREPARE_WORKSPACE', 'woke', 'PREPARE_WORKSPACE'),
  ('PREPARE_WORKSPACE', 'pause', 'PAUSED'),
  ('PREPARE_WORKSPACE', 'cancel', 'CANCELLED'),
  ('PREPARE_WORKSPACE', 'error', 'FAILED'),
  ('EXECUTE', 'executed', 'VERIFY'),
  ('EXECUTE', 'executed_for_review', 'REVIEW'),
  ('EXECUTE', 'limited', 'EXECUTE'),
  ('EXECUTE', 'postponed', 'EXECUTE'),
  ('EXECUTE', 'woke', 'EXECUTE'),
  ('EXECUTE', 'pause', 'PAUSED'),
  ('EXECUTE', 'cancel', 'CANCELLED'),
  ('EXECUTE', 'error', 'FAILED'),
  ('REVIEW', 'passed', 'VERIFY'),
  ('REVIEW', 'changes_wanted', 'EXECUTE'),
  ('REVIEW', 'postponed', 'REVIEW'),
  ('REVIEW', 'woke', 'REVIEW'),
  ('REVIEW', 'pause', 'PAUSED'),
  ('REVIEW', 'cancel', 'CANCELLED'),
  ('REVIEW', 'error', 'FAILED'),
  ('VERIFY', 'asked', 'VERIFY'),
  ('VERIFY', 'repairable', 'EXECUTE'),
  ('VERIFY', 'judged', 'REPORT'),
  ('VERIFY', 'held_for_good', 'FAILED'),
  ('VERIFY', 'rejected', 'CANCELLED'),
  ('VERIFY', 'expired', 'CANCELLED'),
  ('VERIFY', 'postponed', 'VERIFY'),
  ('VERIFY', 'woke', 'VERIFY'),
  ('VERIFY', 'pause', 'PAUSED'),
  ('VERIFY', 'cancel', 'CANCELLED'),
  ('VERIFY', 'error', 'FAILED'),
  ('REPORT', 'published', 'REPORT'),
  ('REPORT', 'ci_red', 'EXECUTE'),
  ('REPORT', 'changes_requested', 'EXECUTE'),
  ('REPORT', 'head_moved', 'VERIFY'),
  ('REPORT', 'approved', 'ARCHIVE'),
  ('REPORT', 'merged', 'ARCHIVE'),
  ('REPORT', 'nothing_to_approve', 'ARCHIVE'),
  ('REPORT', 'closed', 'CANCELLED'),
  ('REPORT', 'failed_for_good', 'FAILED'),
  ('REPORT', 'postponed', 'REPORT'),
  ('REPORT', 'woke', 'REPORT'),
  ('REPORT', 'pause', 'PAUSED'),
  ('REPORT', 'cancel', 'CANCELLED'),
  ('REPORT', 'error', 'FAILED'),
  ('ARCHIVE', 'archived', 'DONE'),
  ('ARCHIVE', 'postponed', 'ARCHIVE'),
  ('ARCHIVE', 'woke', 'ARCHIVE'),
  ('ARCHIVE', 'pause', 'PAUSED'),
  ('ARCHIVE', 'cancel', 'CANCELLED'),
  ('ARCHIVE', 'error', 'FAILED'),
  ('PAUSED', 'resume', 'INTAKE'),
  ('PAUSED', 'resume', 'CLASSIFY'),
  ('PAUSED', 'resume', 'ROUTE'),
  ('PAUSED', 'resume', 'CLARIFY'),
  ('PAUSED', 'resume', 'PLAN'),
  ('PAUSED', 'resume', 'PREPARE_WORKSPACE'),
  ('PAUSED', 'resume', 'EXECUTE'),
  ('PAUSED', 'resume', 'REVIEW'),
  ('PAUSED', 'resume', 'VERIFY'),
  ('PAUSED', 'resume', 'REPORT'),
  ('PAUSED', 'resume', 'ARCHIVE'),
  ('PAUSED', 'cancel', 'CANCELLED'),
  ('PAUSED', 'error', 'FAILED');

-- A transition starts at the task's present state and makes its next version. The row lock serialises movers.
CREATE FUNCTION supervisor_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  present record;
BEGIN
  SELECT state, version INTO present FROM tasks WHERE id = NEW.task_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'task % does not exist', NEW.task_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF present.state <> NEW.from_state OR present.version + 1 <> NEW.version THEN
    RAISE EXCEPTION 'task % is in % (version %), not in % (version %)',
      NEW.task_id, present.state, present.version, NEW.from_state, NEW.version - 1
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transitions_check BEFORE INSERT ON "transitions"
  FOR EACH ROW EXECUTE FUNCTION supervisor_check_transition();

CREATE FUNCTION supervisor_apply_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tasks SET state = NEW.to_state, version = NEW.version, reason_code = NEW.reason_code,
    waiting_on = NEW.waiting_on, updated_at = NEW.at
  WHERE id = NEW.task_id;
  RETURN NULL;
END $$;

CREATE TRIGGER transitions_apply AFTER INSERT ON "transitions"
  FOR EACH ROW EXECUTE FUNCTION supervisor_apply_transition();

-- Nobody else moves a task: a direct update runs at trigger depth 1, ours from within the trigger above at 2.
CREATE FUNCTION supervisor_guard_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'INTAKE' OR NEW.version <> 0 THEN
      RAISE EXCEPTION 'a task starts in INTAKE, not in %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
  ELSIF (NEW.state, NEW.version) IS DISTINCT FROM (OLD.state, OLD.version) AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'the state of task % changes by a row in transitions only', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_guard BEFORE INSERT OR UPDATE ON "tasks"
  FOR EACH ROW EXECUTE FUNCTION supervisor_guard_task();

-- The audit trail is append-only; it goes only together with its task (a cascade runs at depth 2).
CREATE FUNCTION supervisor_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER transitions_append_only BEFORE UPDATE OR DELETE ON "transitions"
  FOR EACH ROW EXECUTE FUNCTION supervisor_append_only();

CREATE TRIGGER decisions_append_only BEFORE UPDATE OR DELETE ON "decisions"
  FOR EACH ROW EXECUTE FUNCTION supervisor_append_only();

-- One open task for each repository and head branch (SPEC 2.4).
CREATE UNIQUE INDEX "tasks_one_open_per_branch" ON "tasks" ("repository_id", "branch")
  WHERE "branch" IS NOT NULL AND "state" NOT IN ('DONE', 'FAILED', 'CANCELLED');

-- Only what a closed union holds.
ALTER TABLE "tasks"
  ADD CONSTRAINT "tasks_waiting_on" CHECK ("waiting_on" IN ('clarification', 'approval', 'review', 'ci', 'quota', 'budget', 'capacity', 'retry')),
  ADD CONSTRAINT "tasks_outcome" CHECK ("outcome" IN ('pending', 'accepted', 'rejected')),
  ADD CONSTRAINT "tasks_verdict" CHECK ("verdict" IN ('pass', 'fail', 'inconclusive'));

-- Finding what waits stays quick in a table that keeps everything.
CREATE INDEX "deliveries_waiting" ON "deliveries" ("not_before", "seq") WHERE "status" = 'received';
CREATE INDEX "outbox_dirty" ON "outbox" ("installation_id", "not_before") WHERE "wanted" > "sent" AND "dead_at" IS NULL;
CREATE INDEX "commands_pending" ON "commands" ("task_id", "seq") WHERE "applied_at" IS NULL;
