import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { advance } from '../../src/store/advance.ts'
import { finishJob, openJob, startJob } from '../../src/store/jobs.ts'
import { storedLimits } from '../../src/store/limits.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import type { RunResult } from '../../src/task/job.ts'
import { createMetrics, type Metrics } from '../../src/web/metrics/metrics.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'

let store: TestStore
let metrics: Metrics
beforeAll(async () => {
  store = await openTestStore()
  // What was before the first reading is not counted: a restart is a counter that begins anew.
  const old = await store.newTask()
  await store.walk(await store.lease(old), 'DONE')
  metrics = createMetrics(store.db)
  await metrics.text()
})
afterAll(async () => {
  metrics.close()
  await store.close()
})

/** The value of a line such as `name{a="b"}`; labels in any order; undefined where there is none. */
async function value(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  const lines = (await metrics.text())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  const line = lines.find((l) => Object.entries(labels).every(([k, v]) => l.includes(`${k}="${v}"`)))
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}

const RESULT: RunResult = {
  ended: 'completed',
  summary: '',
  errors: [],
  nextStep: null,
  exitCode: 0,
  tokensIn: 1_000,
  tokensOut: 200,
  costUsd: 0.25,
  sessionId: null,
  retryAt: null,
  isolation: 'none',
  durationMs: 5,
  log: '',
}

test('counts what tasks did since the first reading, each move once, however often it is asked', async () => {
  const id = await store.newTask()
  const lease = await store.lease(id)
  const at = await store.walk(lease, 'PLAN')
  await advance(store.db, lease, at, { event: 'approved', reasonCode: 'approved_by_person', actor: 'reviewer' })
  await Promise.all([metrics.text(), metrics.text(), metrics.text()])
  expect(await value('supervisor_tasks_started_total')).toBe(1)
  expect(await value('supervisor_transitions_total', { from: 'INTAKE', event: 'accepted' })).toBe(1)
  expect(await value('supervisor_approvals_total', { decision: 'approved', by: 'person', stage: 'PLAN' })).toBe(1)
  expect(await value('supervisor_stage_seconds_count', { stage: 'CLASSIFY', kind: 'work' })).toBe(1)
  expect(await value('supervisor_open_tasks', { state: 'PREPARE_WORKSPACE', waiting_on: 'nothing' })).toBe(1)
  expect(await value('supervisor_leases_held')).toBe(1)
  await store.expire(id)
  expect(await value('supervisor_stranded_tasks')).toBe(1)
  expect(await value('supervisor_leases_held')).toBe(0)
})

test('waiting is told apart from work, and an end has its reason and whether people were asked', async () => {
  const id = await store.newTask()
  const lease = await store.lease(id)
  const at = await store.walk(lease, 'CLASSIFY', { rest: { waitingOn: 'retry', until: null } })
  await advance(store.db, lease, at, { event: 'cancel', reasonCode: 'cancelled_by_person' })
  expect(await value('supervisor_stage_seconds_count', { stage: 'CLASSIFY', kind: 'wait' })).toBe(1)
  const ended = { state: 'CANCELLED', reason: 'cancelled_by_person', automatic: 'true' }
  expect(await value('supervisor_tasks_ended_total', ended)).toBe(1)
  expect(await value('supervisor_task_seconds_count', { state: 'CANCELLED' })).toBe(1)
})

test('tokens and money are told by backend, repository and skill, and once', async () => {
  const id = await store.newTask()
  const lease = await store.lease(id)
  await store.sql(`update tasks set classification = '{"skill": "sup-coding"}' where id = $1`, [id])
  const planned = {
    key: 'implement',
    type: 'executor',
    capability: 'coding',
    goal: '',
    backend: null,
    dependsOn: [],
    parallelGroup: null,
    timeoutMs: 1_000,
    maxAttempts: 1,
    expectedArtifacts: [],
  } as const
  const job = await startJob(store.db, lease, (await openJob(store.db, lease, planned, 0)).id, 'agent', 'p')
  await finishJob(store.db, lease, job, 'succeeded', RESULT, null)
  await metrics.text()
  const labels = { backend: 'agent', repository: 'acme/app', skill: 'sup-coding' }
  expect(await value('supervisor_tokens_total', { ...labels, direction: 'in' })).toBe(1_000)
  expect(await value('supervisor_cost_usd_total', labels)).toBe(0.25)
})

test('a busy service does not drown its monitoring: the 101st repository is one of the others', async () => {
  const task = await store.newTask()
  for (let n = 0; n < 120; n++) {
    const repository = { ...REPOSITORY, id: 1_000 + n, name: `repo-${n}` }
    await store.newTask({ repository })
    await store.sql(
      `insert into spending (id, task_id, job_id, attempt, repository_id, installation_id, backend, tokens_in, tokens_out, duration_ms)
       select k.id || 'X', k.id, k.id, 1, k.repository_id, 70, 'agent', 1, 1, 1 from tasks k where k.repository_id = $1`,
      [repository.id],
    )
  }
  expect(task).not.toBe('')
  const text = await metrics.text()
  const repositories = new Set([...text.matchAll(/supervisor_tokens_total\{.*repository="([^"]+)"/g)].map((m) => m[1]))
  expect(repositories.size).toBe(101)
  expect(await value('supervisor_tokens_total', { repository: 'other', direction: 'in' })).toBeGreaterThan(15)
})

test('what waits for GitHub, and what GitHub lets through', async () => {
  const id = await store.newTask()
  const owner = surfaceOwner(await store.task(id))
  await store.db.prisma.$transaction((tx) => wantSurface(tx, owner, 'comment'))
  await store.sql(`update outbox set not_before = now() - interval '10 minutes'`)
  const limits = storedLimits(store.db)
  const resetsAt = new Date(Date.now() + 60_000)
  await limits.told(70, { most: 5_000, remaining: 4_321, resetsAt })
  await limits.told(70, { most: 5_000, remaining: 4_320, resetsAt }) // at once again: not written
  await limits.wrote(70)
  expect(await value('supervisor_outbox_waiting', { surface: 'comment' })).toBe(1)
  expect(await value('supervisor_outbox_oldest_seconds', { surface: 'comment' })).toBeGreaterThanOrEqual(600)
  expect(await value('supervisor_github_rate_remaining', { installation: '70' })).toBe(4_321)
  expect(await value('supervisor_github_writes_last_hour', { installation: '70' })).toBe(1)
})

test('dashboard and alerts ask for figures that there are', async () => {
  const known = new Set([...(await metrics.text()).matchAll(/^# TYPE (\S+)/gm)].map((m) => m[1]))
  const alerts = parse(readFileSync('deploy/alerts.yml', 'utf8')) as { groups: { rules: { expr: string }[] }[] }
  const dashboard = JSON.parse(readFileSync('deploy/grafana-dashboard.json', 'utf8')) as {
    panels: { targets: { expr: string }[] }[]
  }
  const expressions = [
    ...alerts.groups.flatMap((g) => g.rules.map((r) => r.expr)),
    ...dashboard.panels.flatMap((p) => p.targets.map((t) => t.expr)),
  ]
  const asked = expressions.flatMap((e) => e.match(/\b(?:supervisor|nodejs|process)_[a-z0-9_]+/g) ?? [])
  expect(asked.length).toBeGreaterThan(30)
  const unknown = asked.filter((name) => !known.has(name) && !known.has(name.replace(/_(?:bucket|sum|count)$/, '')))
  expect(unknown).toEqual([])
})
