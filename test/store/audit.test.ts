import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { storeApproval, voidApproval } from '../../src/store/approvals.ts'
import { checkRecord } from '../../src/store/audit/check-record.ts'
import { compareWithExport, type ExportedLink, exportRecord } from '../../src/store/audit/export-record.ts'
import { readRecord, type TaskRecord } from '../../src/store/audit/read-record.ts'
import { storeDecision } from '../../src/store/decisions.ts'
import { storeEvidence } from '../../src/store/evidence.ts'
import { type Lease, underLease } from '../../src/store/leases.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { dueSurfaces, storeReceipt } from '../../src/store/outbox-sending.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import type { Evidence } from '../../src/task/evidence.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'

let store: TestStore
let id: string
let lease: Lease
beforeAll(async () => {
  // Another zone than ours: what a link binds must not depend on who looks.
  store = await openTestStore({ timeZone: 'Asia/Kathmandu' })
})
afterAll(() => store.close())
beforeEach(async () => {
  await store.sql('delete from outbox')
  id = await store.newTask()
  lease = await store.lease(id)
  await store.walk(lease, 'REPORT', { facts: { why: 'ü \u{1f600}', n: 0.1 } })
  await decide('execute')
  await approve('comment:1')
  await see(0, ['tests', 'lint'])
  await write()
})

const EVIDENCE: Evidence = {
  criterion: 'tests',
  kind: 'tests',
  required: true,
  command: 'npm test',
  exitCode: 0,
  durationMs: 12,
  counts: { passed: 3, failed: 0, skipped: 0 },
  excerpt: 'ok',
  artifactHash: null,
  commit: 'a'.repeat(40),
  verdict: 'pass',
  reasonCode: null,
}
const decide = (gate: 'execute' | 'publish'): Promise<void> =>
  underLease(store.db, lease, (tx) => {
    const decision = { gate, kind: 'continue', ruleId: 'r', reasonCode: 'goes_on_by_policy', facts: { n: 1 } } as const
    return storeDecision(store.db, tx, id, decision, { a: [1, 2] }, null)
  })
const approve = (sourceKey: string): Promise<void> =>
  underLease(store.db, lease, (tx) =>
    storeApproval(tx, id, {
      gate: 'execute',
      decision: 'approved',
      actor: { id: 5, login: 'reviewer' },
      permission: 'write',
      source: 'command',
      sourceKey: `${id}:${sourceKey}`,
      planHash: 'p',
      snapshotHash: null,
      headSha: null,
      expiresAt: new Date('2027-01-01T00:00:00Z'),
    }),
  )
const see = (round: number, criteria: readonly string[]): Promise<void> =>
  underLease(store.db, lease, (tx) =>
    storeEvidence(
      store.db,
      tx,
      lease,
      round,
      criteria.map((criterion) => ({ ...EVIDENCE, criterion })),
    ),
  )
async function write(hash = 'h1'): Promise<void> {
  const owner = surfaceOwner(await store.task(id))
  await store.db.prisma.$transaction((tx) => wantSurface(tx, owner, 'comment'))
  await store.sql(`update outbox set not_before = now() - interval '1 second', sent_at = null`)
  const [row] = await dueSurfaces(store.db, REPOSITORY.installationId, 1)
  if (!row) throw new Error('nothing is due')
  await storeReceipt(store.db, row, { hash, remoteId: '77' })
}
async function record(): Promise<TaskRecord> {
  const found = await readRecord(store.db, id)
  if (!found) throw new Error('there is no such task')
  return found
}
const found = async (): Promise<string[]> =>
  checkRecord(await record()).map((f) => `${f.kind} ${f.problem}${f.kind === 'link' ? ` at ${f.subject}` : ''}`)
const tamper = (statement: string): Promise<unknown> =>
  store.sql(`begin; set local session_replication_role = replica; ${statement.replaceAll('$id', `'${id}'`)}; commit`)

describe('the record of a task', () => {
  test('has a link for each transition, decision, approval, evidence and write to GitHub, and holds', async () => {
    const { links, transitions } = await record()
    const count = (kind: string): number => links.filter((l) => l.kind === kind).length
    expect(count('transition')).toBe(transitions.length)
    expect([count('decision'), count('approval'), count('evidence'), count('github_write')]).toEqual([1, 1, 2, 1])
    expect(await found()).toEqual([])
  })

  test('holds while things go on: an approval is voided, a round seen again, a comment edited', async () => {
    await store.db.prisma.$transaction((tx) => voidApproval(tx, id, `${id}:comment:1`, 'review dismissed'))
    await see(0, ['tests', 'lint', 'more'])
    await see(1, ['tests'])
    await write('h2')
    await decide('publish')
    expect(await found()).toEqual([])
    const kinds = (await record()).links.map((l) => l.kind)
    expect(kinds.filter((kind) => kind === 'github_write')).toHaveLength(2)
    expect(kinds).toContain('approval_voided')
  })

  test('holds for many who write at the same time', async () => {
    await Promise.all(
      [...Array(12).keys()].map((n) => (n % 2 === 0 ? decide('publish') : approve(`comment:${n + 10}`))),
    )
    expect(await found()).toEqual([])
    expect((await record()).links.filter((l) => ['decision', 'approval'].includes(l.kind))).toHaveLength(14)
  })

  test('has nothing of what was rolled back', async () => {
    const before = (await record()).links.length
    const failing = underLease(store.db, lease, async (tx) => {
      const decision = {
        gate: 'publish',
        kind: 'deny',
        ruleId: 'r',
        reasonCode: 'goes_on_by_policy',
        facts: {},
      } as const
      await storeDecision(store.db, tx, id, decision, {}, null)
      throw new Error('never mind')
    })
    await expect(failing).rejects.toThrow('never mind')
    expect((await record()).links).toHaveLength(before)
  })

  test('is made for what a database holds that comes from an earlier release', async () => {
    await store.db.prisma.$transaction((tx) => voidApproval(tx, id, `${id}:comment:1`, 'review dismissed'))
    await store.sql(`begin; set local session_replication_role = replica;
      delete from audit_entries; delete from audit_heads; commit`)
    const migration = readFileSync(
      new URL('../../prisma/migrations/0050_record/migration.sql', import.meta.url),
      'utf8',
    )
    await store.sql(migration.slice(migration.lastIndexOf('DO $$')))
    expect(await found()).toEqual([])
    expect((await record()).links.map((l) => l.kind)).toContain('approval_voided')
  })

  test('goes with its task', async () => {
    await store.sql('delete from tasks where id = $1', [id])
    expect(await store.sql('select 1 from audit_entries where task_id = $1', [id])).toEqual([])
    expect(await readRecord(store.db, id)).toBeNull()
  })
})

describe('what was done past the guards is found', () => {
  test.each([
    [`update transitions set actor = 'x' where task_id = $id and version = 2`, ['transition edited']],
    [`update transitions set facts = '{}' where task_id = $id and facts <> '{}'`, ['transition edited']],
    [`delete from transitions where task_id = $id and version = 3`, ['transition missing']],
    [`update decisions set kind = 'deny' where task_id = $id`, ['decision edited']],
    [`update decisions set inputs = '{"facts": {}}' where task_id = $id`, ['decision edited']],
    [`delete from decisions where task_id = $id`, ['decision missing']],
    [`update approvals set actor_login = 'maria' where task_id = $id`, ['approval edited']],
    [`update approvals set expires_at = expires_at + interval '1 year' where task_id = $id`, ['approval edited']],
    [`update approvals set voided_at = now() where task_id = $id`, ['approval_voided unrecorded']],
    [`delete from approvals where task_id = $id`, ['approval missing']],
    [`update evidence set verdict = 'fail' where task_id = $id and position = 1`, ['evidence edited']],
    [`delete from evidence where task_id = $id and position = 0`, ['evidence missing']],
    [`delete from evidence where task_id = $id`, ['evidence missing', 'evidence missing']],
    [`update outbox set sent_hash = 'other' where task_id = $id`, ['github_write edited']],
    [
      `insert into decisions (id, task_id, gate, kind, rule_id, reason_code, facts, inputs)
       values ('forged-' || $id, $id, 'publish', 'continue', 'r', 'goes_on_by_policy', '{}', '{}')`,
      ['decision unrecorded'],
    ],
  ])('%s', async (statement, expected) => {
    await tamper(statement)
    expect(await found()).toEqual(expected)
  })

  test('also where the record itself was changed', async () => {
    const { links } = await record()
    const [first, last] = [1, links.length]
    await tamper(`update audit_entries set digest = repeat('0', 64) where task_id = $id and seq = ${first}`)
    expect(await found()).toEqual(['link broken_chain at 1', 'transition edited'])
    await tamper(`update audit_entries set digest = '${links[0]?.digest}' where task_id = $id and seq = ${first}`)
    expect(await found()).toEqual([])
    await tamper(
      `update audit_entries set content = replace(content, 'h1', 'h9') where task_id = $id and content is not null`,
    )
    expect(await found()).toEqual([expect.stringMatching(/^link edited/), 'github_write edited'])
    await tamper(`delete from audit_entries where task_id = $id and seq = ${last}`)
    expect(await found()).toContain(`link cut_off at ${last}`)
  })

  test('also where a decision is deleted together with its link, or all of the record', async () => {
    await tamper(
      `delete from decisions where task_id = $id; delete from audit_entries where task_id = $id and kind = 'decision'`,
    )
    expect(await found()).toEqual([expect.stringMatching(/^link missing/)])
    await tamper('delete from audit_entries where task_id = $id; delete from audit_heads where task_id = $id')
    expect(await found()).toContain('transition unrecorded')
  })

  test('the guards themselves refuse it, as long as they are there', async () => {
    const refused = (sql: string): Promise<void> =>
      expect(store.sql(sql, [id])).rejects.toThrow(/append-only|be changed/)
    await refused(`update approvals set decision = 'rejected' where task_id = $1`)
    await refused('delete from approvals where task_id = $1')
    await refused(`update audit_entries set hash = '' where task_id = $1`)
    await refused('delete from audit_entries where task_id = $1')
  })
})

describe('an export that is kept elsewhere', () => {
  const throughFile = async (): Promise<ExportedLink[]> => JSON.parse(JSON.stringify(exportRecord(await record())))

  test('holds against what came after it, and has the text that each link binds', async () => {
    const exported = await throughFile()
    expect(exported.every((line) => line.content !== null)).toBe(true)
    await decide('publish')
    expect(compareWithExport(id, exported, await record())).toEqual([])
  })

  test('shows a record that was written anew as a whole, which holds by itself', async () => {
    const exported = await throughFile()
    await tamper(`update decisions set kind = 'deny' where task_id = $id;
      delete from audit_entries where task_id = $id; delete from audit_heads where task_id = $id`)
    const { rows, transitions } = await record()
    for (const row of rows) {
      const subject = row.kind === 'evidence' ? `0:0:${row.subject}` : row.subject
      await store.sql('select audit_append($1, $2, $3, $4, false)', [id, row.kind, subject, row.content])
    }
    expect(transitions.length).toBeGreaterThan(0)
    expect(await found()).toEqual(['github_write unrecorded'])
    expect(compareWithExport(id, exported, await record())).toMatchObject([{ problem: 'edited', subject: '1' }])
  })

  test('shows a task that is gone, and is itself looked at', async () => {
    const exported = await throughFile()
    expect(compareWithExport(id, exported, null)).toMatchObject([{ problem: 'missing' }])
    const forged = exported.map((line) => (line.kind === 'decision' ? { ...line, content: '[]' } : line))
    expect(compareWithExport(id, forged, await record())).toMatchObject([{ kind: 'export', problem: 'broken_chain' }])
  })
})
