import { gzipSync } from 'node:zlib'
import { packageRoot } from '../../src/package-root.ts'
import { advance } from '../../src/store/advance.ts'
import { newId } from '../../src/store/ids.ts'
import { sha256 } from '../../src/task/hash.ts'
import type { State } from '../../src/task/states.ts'
import type { WaitingOn } from '../../src/task/task.ts'
import { loadAssets } from '../../src/web/assets.ts'
import type { WebHandler } from '../../src/web/handler.ts'
import { type Listener, listen } from '../../src/web/listen.ts'
import { operatorOf } from '../../src/web/loopback.ts'
import { createStreams } from '../../src/web/streams.ts'
import { type Pages, taskRoutes } from '../../src/web/task-routes.ts'
import { createAccess, type ReadsRepository } from '../../src/web/visitor.ts'
import type { TestStore } from '../support/store.ts'

export interface Site extends Listener {
  readonly url: string
  readonly errors: unknown[]
}

/** The pages of a store, on a port of their own; as the operator sees them unless told otherwise. */
export async function openSite(
  store: TestStore,
  options: {
    readonly visitorOf?: Pages['visitorOf']
    readonly asks?: ReadsRepository
    readonly port?: number
    readonly others?: readonly WebHandler[]
  } = {},
): Promise<Site> {
  const assets = await loadAssets(`${packageRoot(import.meta.dirname)}/assets`)
  const streams = createStreams(store.db)
  const errors: unknown[] = []
  const pages = taskRoutes({
    db: store.db,
    assets,
    streams,
    access: createAccess(options.asks ?? (() => Promise.reject(new Error('nobody is asked')))),
    visitorOf: options.visitorOf ?? operatorOf,
    webUrl: ({ owner, name }) => `https://github.com/${owner}/${name}`,
  })
  const handlers = [...(options.others ?? []), assets.serve, pages]
  const where = { host: '127.0.0.1', port: options.port ?? 0 }
  const listener = await listen(where, handlers, (error) => errors.push(error))
  return {
    ...listener,
    url: `http://127.0.0.1:${listener.port}`,
    errors,
    stop: async () => {
      streams.close()
      await listener.stop()
    },
  }
}

/** What people, models and repositories might write to get out of the text that it stands in. */
export const HOSTILE = `</pre></title></script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">"' onmouseover='window.hacked=1' javascript:window.hacked=1 \u202e${'`'}<b>`

/** A task with something in every table that the page draws. `words` stands in every field that others write. */
export async function fullTask(
  store: TestStore,
  o: {
    readonly state: State
    readonly rest?: WaitingOn
    readonly reason?: string
    readonly title?: string
    readonly words?: string
    readonly verdict?: 'pass' | 'fail'
  },
): Promise<string> {
  const words = o.words ?? 'The login page redirects for ever when the session has run out.'
  const id = await store.newTask({ title: o.title ?? words, request: words })
  const lease = await store.lease(id)
  const at = await store.walk(lease, o.state === 'FAILED' || o.state === 'CANCELLED' ? 'REPORT' : o.state)
  const facts = { message: words }
  if (o.state === 'FAILED')
    await advance(store.db, lease, at, { event: 'failed_for_good', reasonCode: 'verification_failed', facts })
  if (o.state === 'CANCELLED')
    await advance(store.db, lease, at, { event: 'cancel', reasonCode: 'cancelled_by_person', facts })
  const plan = {
    version: 1,
    taskId: id,
    type: 'bug_fix',
    risk: 'medium',
    mode: 'standard',
    workflow: 'coding',
    skill: 'sup-coding',
    baseBranch: 'main',
    baseSha: 'b'.repeat(40),
    revision: 1,
    changeRequest: words,
    jobs: [
      {
        key: 'implement',
        type: 'executor',
        capability: 'coding',
        goal: 'Reproduce the fault with a failing test, mend its cause',
        backend: null,
        dependsOn: [],
        parallelGroup: null,
        timeoutMs: 1_800_000,
        maxAttempts: 2,
        expectedArtifacts: [],
      },
    ],
    criteria: ['A test fails without the fix and passes with it', words],
    verification: {
      setup: null,
      setupTimeoutMs: 1,
      commands: [{ name: 'tests', run: `npm test -- ${words}`, timeoutMs: 1, required: true }],
      source: 'repository',
    },
    grant: {
      tools: [],
      paths: ['src/**', words],
      network: [words],
      environment: [],
      timeMs: 1_800_000,
      tokens: null,
      budgetUsd: 5,
    },
  }
  const text = JSON.stringify(plan)
  const patch = `diff --git a/src/login.ts b/src/login.ts\n--- a/src/login.ts\n+++ b/src/login.ts\n@@ -1,2 +1,2 @@\n-  return redirect('/login')\n+  return session.isOver ? redirect('/login') : page\n+// ${words}\n`
  const log = Array.from({ length: 400 }, (_, n) => `[${n}] ${words}`).join('\n')
  const artifacts: [string, string, string][] = [
    ['plan', 'plan.json', text],
    ['diff', `${words}.patch`, patch],
    ['log', 'tests.log', log],
    ['document', words, `<script>window.hacked=1</script> ${words}`],
  ]
  for (const [kind, name, content] of artifacts)
    await store.sql(
      'insert into artifacts (id, task_id, kind, name, sha256, size, content) values ($1, $2, $3, $4, $5, $6, $7)',
      [newId(), id, kind, name, sha256(content), content.length, gzipSync(content)],
    )
  await store.sql(
    `insert into jobs (id, task_id, key, round, type, capability, backend, goal, timeout_ms, depends_on, expected_artifacts, status, attempts, result, tokens_in, tokens_out, started_at)
     values ($1, $2, 'implement', 0, 'executor', 'coding', 'claude-code', $3, 1800000, '{}', '{}', $4, 2, $5, 120000, 9000, now())`,
    [
      newId(),
      id,
      words,
      o.state === 'EXECUTE' ? 'running' : 'succeeded',
      o.state === 'EXECUTE'
        ? null
        : JSON.stringify({
            ended: 'completed',
            summary: words,
            errors: [words],
            nextStep: null,
            exitCode: 0,
            tokensIn: 120_000,
            tokensOut: 9_000,
            costUsd: 1.37,
            sessionId: null,
            retryAt: null,
            isolation: 'bubblewrap',
            durationMs: 412_000,
            log,
          }),
    ],
  )
  await store.sql(
    `insert into decisions (id, task_id, gate, kind, rule_id, reason_code, facts, inputs) values
     ($1, $2, 'admit', 'continue', 'low-risk', 'low_risk_goes_on', $3, '{}')`,
    [newId(), id, JSON.stringify({ risk: 'low', words, paths: [words, 'b'] })],
  )
  await store.sql(
    `insert into approvals (id, task_id, gate, decision, actor_id, actor_login, permission, source, source_key, plan_hash, voided_at, void_reason)
     values ($1, $2, 'execute', 'approved', 5, $3, 'write', 'review', $4, $5, now(), $3)`,
    [newId(), id, words, newId(), sha256(text)],
  )
  const evidence: [string, string, string | null][] = [
    ['Tests', o.verdict ?? 'pass', `$ npm test\n${words}\n2 of 214 tests failed`],
    ['A test fails without the change and passes with it', 'pass', ''],
    ['Continuous integration of the repository', 'not_run', ''],
  ]
  for (const [position, [criterion, verdict, excerpt]] of evidence.entries())
    await store.sql(
      `insert into evidence (id, task_id, round, position, criterion, kind, required, command, exit_code, duration_ms, counts, excerpt, artifact_hash, commit, verdict, epoch)
       values ($1, $2, 0, $3, $4, 'tests', $5, $6, $7, 41000, $8, $9, $10, $11, $12, 1)`,
      [
        newId(),
        id,
        position,
        position === 0 ? `${criterion} ${o.words ?? ''}` : criterion,
        position < 2,
        position === 0 ? `npm test -- ${words}` : null,
        position === 0 ? (verdict === 'pass' ? 0 : 1) : null,
        position === 0 ? { passed: 212, failed: 2, skipped: 0 } : null,
        excerpt,
        sha256(log),
        'c'.repeat(40),
        verdict,
      ],
    )
  await store.sql(
    `insert into spending (id, task_id, job_id, attempt, repository_id, installation_id, backend, tokens_in, tokens_out, cost_usd, duration_ms)
     select $1, t.id, $1, 1, t.repository_id, 70, $3, 120000, 9000, 1.37, 412000 from tasks t where id = $2`,
    [newId(), id, words],
  )
  await store.sql(
    `insert into outbox (id, task_id, repository_id, installation_id, issue_number, surface, key, rank, remote_id, last_error, dead_at)
     select $1, t.id, t.repository_id, 70, 1, 'comment', t.id || ':comment', 1, $3, $3, now() from tasks t where id = $2`,
    [newId(), id, words],
  )
  await store.sql(
    `update tasks set type = 'bug_fix', plan_hash = $2, requester_login = $3, branch = $4, head_sha = $5, pushed_sha = $5, pull_number = issue_number + 1000, verdict = $6, waiting_on = $7,
       reason_code = coalesce($8, reason_code),
       classification = '{"type": "bug_fix", "risk": "medium", "mode": "standard", "complexity": "small", "workflow": "coding", "capabilities": [], "confidence": 1, "signals": [], "skill": null}'
     where id = $1`,
    [
      id,
      sha256(text),
      o.words ?? 'maria',
      `supervise/${o.words ?? 'login'}-${id.slice(-6).toLowerCase()}`,
      'c'.repeat(40),
      o.verdict ?? null,
      o.rest ?? null,
      o.reason ?? null,
    ],
  )
  return id
}
