-- The record: one hash chain for each task over its transitions, decisions, approvals, evidence and what was written to
-- GitHub. The database makes the links itself, so that no writer can forget one, nor an older release on this schema.
--
-- Links are made by deferred triggers: at commit, when all other locks are held already, so that they cannot close a
-- circle of waiting. For the same reason there is no foreign key to tasks, which would lock the task's row.

CREATE TABLE "audit_entries" (
  "task_id" TEXT NOT NULL,
  "seq" INTEGER NOT NULL,
  "kind" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "content" TEXT,
  "digest" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "hash" TEXT NOT NULL,
  CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("task_id", "seq")
);

CREATE TABLE "audit_heads" (
  "task_id" TEXT NOT NULL,
  "seq" INTEGER NOT NULL,
  "hash" TEXT NOT NULL,
  CONSTRAINT "audit_heads_pkey" PRIMARY KEY ("task_id")
);

-- What a link binds of a row, as text that does not depend on the session. Columns are named one by one, so that a later
-- migration cannot change what earlier links mean.
CREATE FUNCTION audit_content(r transitions) RETURNS text LANGUAGE sql STABLE SET timezone TO 'UTC' AS $$
  SELECT jsonb_build_array(r.version, r.from_state, r.event, r.to_state, r.reason_code, r.actor, r.facts, r.waiting_on,
    r.epoch, r.at, r.hash)::text
$$;
CREATE FUNCTION audit_content(r decisions) RETURNS text LANGUAGE sql STABLE SET timezone TO 'UTC' AS $$
  SELECT jsonb_build_array(r.id, r.gate, r.kind, r.rule_id, r.reason_code, r.facts, r.inputs, r.plan_hash, r.at)::text
$$;
CREATE FUNCTION audit_content(r approvals) RETURNS text LANGUAGE sql STABLE SET timezone TO 'UTC' AS $$
  SELECT jsonb_build_array(r.id, r.gate, r.decision, r.actor_id, r.actor_login, r.permission, r.source, r.source_key,
    r.plan_hash, r.snapshot_hash, r.head_sha, r.at, r.expires_at)::text
$$;
CREATE FUNCTION audit_voided(r approvals) RETURNS text LANGUAGE sql STABLE SET timezone TO 'UTC' AS $$
  SELECT jsonb_build_array(r.id, r.voided_at, r.void_reason)::text
$$;
CREATE FUNCTION audit_content(r evidence) RETURNS text LANGUAGE sql STABLE SET timezone TO 'UTC' AS $$
  SELECT jsonb_build_array(r.id, r.round, r.position, r.criterion, r.kind, r.required, r.command, r.exit_code,
    r.duration_ms, r.counts, r.excerpt, r.artifact_hash, r.commit, r.verdict, r.reason_code, r.epoch, r.at)::text
$$;
CREATE FUNCTION audit_content(r outbox) RETURNS text LANGUAGE sql STABLE SET timezone TO 'UTC' AS $$
  SELECT jsonb_build_array(r.key, r.surface, r.issue_number, r.remote_id, r.sent_hash, r.sent_at)::text
$$;

-- The next link. `content` is kept only of what is not a row that stays as it is.
CREATE FUNCTION audit_append(p_task text, p_kind text, p_subject text, p_content text, p_keep boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  head record;
  link_at timestamptz(3) := date_trunc('milliseconds', clock_timestamp());
  link_digest text := encode(sha256(convert_to(p_content, 'UTF8')), 'hex');
  link_hash text;
BEGIN
  INSERT INTO audit_heads (task_id, seq, hash) VALUES (p_task, 0, '') ON CONFLICT DO NOTHING;
  SELECT seq, hash INTO head FROM audit_heads WHERE task_id = p_task FOR UPDATE;
  link_hash := encode(sha256(convert_to(concat_ws(E'\n', head.hash, p_task, head.seq + 1, p_kind, p_subject, link_digest,
    to_char(link_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), 'UTF8')), 'hex');
  INSERT INTO audit_entries (task_id, seq, kind, subject, content, digest, at, hash)
  VALUES (p_task, head.seq + 1, p_kind, p_subject, CASE WHEN p_keep THEN p_content END, link_digest, link_at, link_hash);
  UPDATE audit_heads SET seq = head.seq + 1, hash = link_hash WHERE task_id = p_task;
END $$;

CREATE FUNCTION audit_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM audit_append(NEW.task_id, 'transition', NEW.version::text, audit_content(NEW), false);
  RETURN NULL;
END $$;
CREATE FUNCTION audit_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM audit_append(NEW.task_id, 'decision', NEW.id, audit_content(NEW), false);
  RETURN NULL;
END $$;
CREATE FUNCTION audit_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM audit_append(NEW.task_id, 'approval', NEW.id, audit_content(NEW), false);
  RETURN NULL;
END $$;
CREATE FUNCTION audit_approval_voided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM audit_append(NEW.task_id, 'approval_voided', NEW.id, audit_voided(NEW), false);
  RETURN NULL;
END $$;
-- The evidence of a round is written as a whole, and may be replaced as a whole: its links name the transaction.
CREATE FUNCTION audit_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM audit_append(NEW.task_id, 'evidence', NEW.round || ':' || pg_current_xact_id() || ':' || NEW.id, audit_content(NEW), false);
  RETURN NULL;
END $$;
CREATE FUNCTION audit_github_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM audit_append(NEW.task_id, 'github_write', NEW.key, audit_content(NEW), true);
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER transitions_audit AFTER INSERT ON "transitions"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_transition();
CREATE CONSTRAINT TRIGGER decisions_audit AFTER INSERT ON "decisions"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_decision();
CREATE CONSTRAINT TRIGGER approvals_audit AFTER INSERT ON "approvals"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_approval();
CREATE CONSTRAINT TRIGGER approvals_audit_voided AFTER UPDATE ON "approvals"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.voided_at IS DISTINCT FROM OLD.voided_at)
  EXECUTE FUNCTION audit_approval_voided();
CREATE CONSTRAINT TRIGGER evidence_audit AFTER INSERT ON "evidence"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_evidence();
-- A receipt: GitHub has something else of us than before.
CREATE CONSTRAINT TRIGGER outbox_audit AFTER UPDATE ON "outbox"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.task_id IS NOT NULL AND NEW.sent_hash IS NOT NULL AND NEW.sent_hash IS DISTINCT FROM OLD.sent_hash)
  EXECUTE FUNCTION audit_github_write();

-- An approval is voided once; nothing else of it ever changes, and it goes only together with its task.
CREATE FUNCTION supervisor_guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.voided_at IS NULL AND audit_content(NEW) = audit_content(OLD) AND NEW.task_id = OLD.task_id THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an approval can be voided once, and not be changed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER approvals_guard BEFORE UPDATE ON "approvals"
  FOR EACH ROW EXECUTE FUNCTION supervisor_guard_approval();
CREATE TRIGGER approvals_append_only BEFORE DELETE ON "approvals"
  FOR EACH ROW EXECUTE FUNCTION supervisor_append_only();
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION supervisor_append_only();

CREATE FUNCTION audit_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM audit_entries WHERE task_id = OLD.id;
  DELETE FROM audit_heads WHERE task_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER tasks_audit_forget AFTER DELETE ON "tasks" FOR EACH ROW EXECUTE FUNCTION audit_forget();

-- What is there already is recorded as it is found now.
DO $$
DECLARE
  r record;
BEGIN
  FOR r IN
    SELECT * FROM (
      SELECT task_id, 1 AS sort, id::text AS part, 'transition' AS kind, version::text AS subject, audit_content(x) AS content, x.at, false AS keep FROM transitions x
      UNION ALL SELECT task_id, 0, id, 'decision', id, audit_content(x), x.at, false FROM decisions x
      UNION ALL SELECT task_id, 0, id, 'approval', id, audit_content(x), x.at, false FROM approvals x
      UNION ALL SELECT task_id, 2, id, 'approval_voided', id, audit_voided(x), x.voided_at, false FROM approvals x WHERE x.voided_at IS NOT NULL
      UNION ALL SELECT task_id, 0, id, 'evidence', x.round || ':0:' || id, audit_content(x), x.at, false FROM evidence x
      UNION ALL SELECT task_id, 3, id, 'github_write', key, audit_content(x), x.sent_at, true FROM outbox x WHERE x.task_id IS NOT NULL AND x.sent_hash IS NOT NULL
    ) found ORDER BY task_id, at, sort, part
  LOOP
    PERFORM audit_append(r.task_id, r.kind, r.subject, r.content, r.keep);
  END LOOP;
END $$;
