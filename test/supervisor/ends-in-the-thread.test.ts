import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pendingCommands } from '../../src/store/commands.ts'
import { applyCommands, interrupts } from '../../src/supervisor/apply/apply-command.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { isFinal, STATES } from '../../src/task/states.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { ALICE, corridorOf, say, settledAs } from './corridor.ts'
import { AT, happens, issueChange, named, OPEN, taskIn } from './standing.ts'

let store: TestStore
let corridor: Corridor
beforeAll(async () => {
  store = await openTestStore()
  corridor = corridorOf(store)
})
afterAll(() => store.close())

const closed = (merged: boolean) => ({ verb: 'pull_request_closed', argument: { merged, at: AT } })

describe('the pull request', () => {
  test('these are all states that are open, but the last', () => {
    const tested = new Set(OPEN.map(({ state }) => state))
    expect(STATES.filter((s) => !isFinal(s) && !tested.has(s))).toEqual(['ARCHIVE'])
  })

  test.each(OPEN.map(named))('merged while %s: done and accepted', async (_, standing) => {
    const { id, lease } = await taskIn(store, { ...standing, pull: 'pushed' })
    await say(store, id, closed(true))
    await applyCommands(corridor, lease)
    expect(await store.task(id)).toMatchObject({
      state: 'ARCHIVE',
      outcome: 'accepted',
      waitingOn: null,
      reasonCode: 'pull_request_merged',
    })
  })

  test.each(OPEN.map(named))('closed while %s: cancelled', async (_, standing) => {
    const { id, lease } = await taskIn(store, { ...standing, pull: 'pushed' })
    await say(store, id, closed(false))
    await applyCommands(corridor, lease)
    expect(await store.task(id)).toMatchObject({
      state: 'CANCELLED',
      outcome: 'rejected',
      waitingOn: null,
      reasonCode: 'pull_request_closed',
    })
  })

  test('merged before anything of the task was in it: cancelled, and nobody accepted anything', async () => {
    const { id, lease } = await taskIn(store, { state: 'EXECUTE', pull: 'not pushed' })
    await say(store, id, closed(true))
    await applyCommands(corridor, lease)
    expect(await store.task(id)).toMatchObject({
      state: 'CANCELLED',
      outcome: 'pending',
      reasonCode: 'pull_request_merged',
    })
  })

  test.each(['DONE', 'FAILED', 'CANCELLED', 'ARCHIVE'] as const)('merged after %s: only the outcome', async (state) => {
    const { id, lease } = await taskIn(store, { state, pull: 'pushed' })
    const { version } = await store.task(id)
    await say(store, id, closed(true))
    await applyCommands(corridor, lease)
    expect(await store.task(id)).toMatchObject({ state, version, outcome: 'accepted' })
  })

  test('merged: the task before a retry was accepted with it', async () => {
    const first = await taskIn(store, { state: 'FAILED', pull: 'pushed' })
    const { id, lease } = await taskIn(store, { state: 'REPORT', waitingOn: 'review', pull: 'pushed' })
    await store.sql('update tasks set pull_number = $1 where id = $2', [first.pullNumber, id])
    await say(store, id, closed(true))
    await applyCommands(corridor, lease)
    expect(await store.task(first.id)).toMatchObject({ state: 'FAILED', outcome: 'accepted' })
  })

  test('opened again: no task comes back, the outcome is open, and it is told in the pull request', async () => {
    const { id, lease, pullNumber } = await taskIn(store, { state: 'REPORT', waitingOn: 'review', pull: 'pushed' })
    await say(store, id, closed(false))
    await say(store, id, { verb: 'pull_request_reopened', argument: { at: AT } })
    await applyCommands(corridor, lease)
    expect(await store.task(id)).toMatchObject({ state: 'CANCELLED', outcome: 'pending' })
    const [reply] = await store.sql(`select payload from outbox where key = $1`, [
      `reply:${REPOSITORY.id}:${pullNumber}`,
    ])
    expect(reply?.['payload']).toMatchObject({ reply: { reasonCode: 'pull_request_reopened' } })
  })

  test('opened again while its task is open says nothing', async () => {
    const { id, lease, pullNumber } = await taskIn(store, { state: 'REPORT', waitingOn: 'review', pull: 'pushed' })
    await say(store, id, { verb: 'pull_request_reopened', argument: { at: AT } })
    await applyCommands(corridor, lease)
    expect(await store.sql('select 1 from outbox where key = $1', [`reply:${REPOSITORY.id}:${pullNumber}`])).toEqual([])
  })
})

/** The corridor's GitHub is away, so who may do what cannot be looked up: this is what the door makes of it. */
const closes = (issueNumber: number, over: Record<string, unknown> = {}) => ({
  verb: 'issue_closed',
  issueNumber,
  argument: { notPlanned: false, may: true, interrupts: true, at: AT, ...over },
})

describe('the issue', () => {
  const WITHOUT_PULL = OPEN.filter(({ state, waitingOn }) => state !== 'REPORT' || waitingOn !== 'review')
  test.each(WITHOUT_PULL.map(named))('closed while %s, no pull request: cancelled', async (_, s) => {
    const task = await taskIn(store, s)
    await say(store, task.id, closes(task.issueNumber))
    expect((await pendingCommands(store.db, task.id)).every(interrupts), 'what runs is stopped').toBe(true)
    await applyCommands(corridor, task.lease)
    expect(await store.task(task.id)).toMatchObject({
      state: 'CANCELLED',
      reasonCode: 'issue_closed',
      outcome: 'pending',
    })
  })

  test('closed as not planned says that nobody wants it', async () => {
    const task = await taskIn(store, { state: 'PLAN', waitingOn: 'approval' })
    await say(store, task.id, closes(task.issueNumber, { notPlanned: true }))
    await applyCommands(corridor, task.lease)
    expect(await store.task(task.id)).toMatchObject({ state: 'CANCELLED', outcome: 'rejected' })
  })

  test('closed by somebody who may not stop the task: it goes on, and says so', async () => {
    const task = await taskIn(store, { state: 'PLAN', waitingOn: 'approval' })
    await say(store, task.id, { ...closes(task.issueNumber, { may: false, interrupts: false }), actor: ALICE })
    await applyCommands(corridor, task.lease)
    const after = await store.task(task.id)
    expect(after).toMatchObject({ state: 'PLAN', waitingOn: 'approval' })
    expect(after.inputs.notes).toMatchObject([{ reasonCode: 'issue_closed_task_goes_on', detail: /alice/ }])
  })

  test('closed with a pull request: the task goes on, without a row where a merge may have done it', async () => {
    const task = await taskIn(store, { state: 'REPORT', waitingOn: 'review', pull: 'pushed' })
    expect(await happens(corridor, issueChange(task.issueNumber, 'closed'), task)).toBe('noted')
    expect(await store.task(task.id)).toMatchObject({ state: 'REPORT', waitingOn: 'review' })
    expect(await store.sql('select 1 from commands where task_id = $1', [task.id])).toEqual([])
  })

  test.each(['deleted', 'transferred'] as const)('%s: cancelled, unless there is a pull request', async (change) => {
    const alone = await taskIn(store, { state: 'EXECUTE' })
    expect(await happens(corridor, issueChange(alone.issueNumber, change), alone)).toBe('command_accepted')
    expect(await store.task(alone.id)).toMatchObject({ state: 'CANCELLED', reasonCode: 'issue_gone' })
    const shown = await taskIn(store, { state: 'REPORT', waitingOn: 'review', pull: 'pushed' })
    expect(await happens(corridor, issueChange(shown.issueNumber, change), shown)).toBe('noted')
    expect(await store.task(shown.id)).toMatchObject({ state: 'REPORT' })
  })

  test('a thread without a task: nothing', async () => {
    expect(await happens(corridor, issueChange(999_999, 'deleted'))).toBe('no_open_task')
  })
})

test('what is told of an ended task changes nothing', async () => {
  for (const state of ['DONE', 'FAILED', 'CANCELLED'] as const) {
    const task = await taskIn(store, { state, pull: 'pushed' })
    const before = await store.task(task.id)
    const sources = [
      await say(store, task.id, closes(task.issueNumber)),
      await say(store, task.id, { verb: 'ground_lost', argument: { reasonCode: 'repository_gone', interrupts: true } }),
      await say(store, task.id, { verb: 'plain_reply', argument: { argument: 'a', at: AT } }),
      await say(store, task.id, { verb: 'look_again', argument: { reasonCode: 'repository_gone', message: '' } }),
    ]
    await applyCommands(corridor, task.lease)
    expect(await Promise.all(sources.map((s) => settledAs(store, s)))).toEqual(Array(4).fill('noted'))
    expect(await store.task(task.id)).toMatchObject({ state, version: before.version, outcome: before.outcome })
  }
})
