import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { advance } from '../../src/store/advance.ts'
import { storeApproval } from '../../src/store/approvals.ts'
import { storeArtifact } from '../../src/store/artifacts.ts'
import { acceptChange, type Change } from '../../src/supervisor/accept/accept-change.ts'
import { applyCommands } from '../../src/supervisor/apply/apply-command.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { readSnapshot } from '../../src/supervisor/read-snapshot.ts'
import { canonicalJson, sha256 } from '../../src/task/hash.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { ALICE, corridorOf, MAINTAINER, settledAs } from './corridor.ts'

const SNAPSHOT = {
  title: 'A title',
  body: '',
  request: 'do it',
  comments: [],
  location: null,
  hiddenRemoved: 0,
  commentsLeftOut: 0,
  labels: [],
}

let store: TestStore
let corridor: Corridor
beforeAll(async () => {
  store = await openTestStore()
  corridor = corridorOf(store)
})
afterAll(() => store.close())

/** A plan that waits for approval, which one person has given already. */
async function planWaits(): Promise<{ id: string; edit: (body: string, at?: string) => Promise<string | null> }> {
  const id = await store.newTask({ requester: MAINTAINER })
  const lease = await store.lease(id)
  const content = canonicalJson(SNAPSHOT)
  const snapshotHash = sha256(content)
  await storeArtifact(store.db, store.db.prisma, id, { kind: 'snapshot', name: 's.json', content, exact: true })
  await advance(store.db, lease, await store.walk(lease, 'PLAN'), {
    event: 'asked',
    reasonCode: 'plan_needs_approval',
    rest: { waitingOn: 'approval', until: null },
    patch: { planHash: 'c0ffee', snapshotHash },
  })
  await storeApproval(store.db.prisma, id, {
    gate: 'execute',
    decision: 'approved',
    actor: ALICE,
    permission: 'write',
    source: 'command',
    sourceKey: `comment:${id}`,
    planHash: 'c0ffee',
    snapshotHash,
    headSha: null,
    expiresAt: null,
  })
  let deliveries = 0
  const edit = async (body: string, at = new Date().toISOString()): Promise<string | null> => {
    const sourceKey = `issue_edited:${id}-${++deliveries}`
    const { issueNumber } = await store.task(id)
    const change: Change = {
      kind: 'issue_edited',
      sourceKey,
      repository: REPOSITORY,
      issueNumber,
      actor: ALICE,
      title: 'A title',
      body,
      at,
    }
    expect(await acceptChange(corridor, `delivery-${deliveries}`, change)).toBe('command_accepted')
    await applyCommands(corridor, lease)
    return settledAs(store, `${sourceKey}:${id}`)
  }
  return { id, edit }
}

describe('an edit of the text while its plan waits for approval', () => {
  test('makes the new text what is read, and voids what was approved', async () => {
    const { id, edit } = await planWaits()
    const before = await store.task(id)
    expect(await edit('Delete <!-- hidden --> everything')).toBe('text_edited')
    const task = await store.task(id)
    expect(task).toMatchObject({ state: 'CLASSIFY', waitingOn: null, planHash: null })
    expect(task.snapshotHash).not.toBe(before.snapshotHash)
    expect(await readSnapshot(corridor, task)).toMatchObject({ request: 'do it', hiddenRemoved: 1 })
    expect((await readSnapshot(corridor, task)).body).not.toContain('hidden')
    expect(task.inputs.notes).toEqual([{ reasonCode: 'text_edited', detail: 'body, by alice' }])
    const [approval] = await store.sql('select void_reason from approvals where task_id = $1', [id])
    expect(approval?.['void_reason']).toMatch(/edited: body, by alice/)
  })

  test('that changes nothing of what is read, or is older than another, is nothing', async () => {
    const { id, edit } = await planWaits()
    expect(await edit('')).toBe('event_not_handled')
    expect(await edit('<!-- only a comment -->')).toBe('event_not_handled')
    expect(await edit('new', '2026-06-01T12:00:05Z')).toBe('text_edited')
    expect(await edit('old', '2026-06-01T12:00:04Z')).toBe('event_not_handled')
    expect((await readSnapshot(corridor, await store.task(id))).body).toBe('new')
  })

  test('that comes again and again ends the task', async () => {
    const { id, edit } = await planWaits()
    for (let n = 0; n < 10; n++) expect(await edit(`try ${n}`)).toBe('text_edited')
    expect(await edit('once more')).toBe('too_many_edits')
    expect(await store.task(id)).toMatchObject({ state: 'CANCELLED', reasonCode: 'too_many_edits' })
  })
})

describe('what is not for us', () => {
  const pressed = (over: Partial<Extract<Change, { kind: 'check_action' }>>): Change => ({
    kind: 'check_action',
    sourceKey: 'check_action:1',
    repository: REPOSITORY,
    actor: ALICE,
    appId: corridor.github.appId,
    headSha: 'a'.repeat(40),
    externalId: 'nothing',
    action: 'approve',
    ...over,
  })

  test('a button of another App’s run is left alone', async () => {
    const { id } = await planWaits()
    expect(await acceptChange(corridor, 'd', pressed({ externalId: id, appId: 999 }))).toBe('event_not_handled')
  })

  test('nor does a run that names no task, or one of another repository', async () => {
    const { id } = await planWaits()
    expect(await acceptChange(corridor, 'd', pressed({}))).toBe('no_open_task')
    const elsewhere = { ...REPOSITORY, id: 99 }
    expect(await acceptChange(corridor, 'd', pressed({ externalId: id, repository: elsewhere }))).toBe('no_open_task')
  })

  test('a re-run of all on a commit without a task is nothing', async () => {
    const { kind: _kind, externalId: _id, ...rest } = pressed({}) as Extract<Change, { kind: 'check_action' }>
    const { action: _action, ...where } = rest
    const change: Change = { ...where, kind: 'check_rerequested', externalId: null }
    expect(await acceptChange(corridor, 'd', change)).toBe('no_open_task')
  })
})
