// Longer than other files: one test for each verb in each state.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_OPERATOR_SETTINGS } from '../../src/settings/parse.ts'
import { tighten } from '../../src/settings/tighten.ts'
import { advance } from '../../src/store/advance.ts'
import { storeDecision } from '../../src/store/decisions.ts'
import { transitionsOf } from '../../src/store/history.ts'
import type { Lease } from '../../src/store/leases.ts'
import { dueSurfaces } from '../../src/store/outbox-sending.ts'
import { acceptOnTask } from '../../src/supervisor/accept/accept-on-task.ts'
import { startTask } from '../../src/supervisor/accept/start-task.ts'
import { applyCommands } from '../../src/supervisor/apply/apply-command.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import type { Verb } from '../../src/task/command.ts'
import type { ReasonCode } from '../../src/task/reasons.ts'
import { isFinal, type State } from '../../src/task/states.ts'
import type { RequestFlags, WaitingOn } from '../../src/task/task.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { ALICE, corridorOf, request, say, settledAs } from './corridor.ts'

let store: TestStore
let corridor: Corridor
let issue = 5_000
beforeAll(async () => {
  store = await openTestStore()
  corridor = corridorOf(store)
})
afterAll(() => store.close())
beforeEach(async () => {
  issue++
  await store.sql('delete from outbox')
})

interface Given {
  readonly id: string
  readonly lease: Lease
}

/** A task in a state, and resting there where that is said. */
async function given(
  state: State,
  rest: { waitingOn: WaitingOn; until?: Date | null; reasonCode?: ReasonCode } | null = null,
): Promise<Given> {
  const id = await store.newTask({ issueNumber: issue })
  const lease = await store.lease(id)
  const at = await store.walk(lease, state)
  if (rest) {
    const event = { PLAN: 'asked', CLARIFY: 'asked', EXECUTE: 'limited' }[String(state)] ?? 'postponed'
    await advance(store.db, lease, at, {
      event: event as 'asked',
      reasonCode: rest.reasonCode ?? 'plan_needs_approval',
      rest: { waitingOn: rest.waitingOn, until: rest.until ?? null },
    })
  }
  return { id, lease }
}

/** Somebody says it, and the lease holder applies it. @returns how it was settled */
async function saying(task: Given, verb: string, argument = '', actor = ALICE): Promise<string | null> {
  const source = await say(store, task.id, { verb, actor, argument: { argument, at: new Date().toISOString() } })
  await applyCommands(corridor, task.lease)
  return settledAs(store, source)
}

/** The same through the door, in the thread. */
function atTheDoor(verb: Verb, flags: RequestFlags = {}, number = issue): Promise<ReasonCode> {
  const { accepted } = request(number, { actor: ALICE })
  const parsed = { kind: 'verb', verb, argument: '', flags } as const
  return acceptOnTask(corridor, { ...accepted, command: { ...accepted.command, parsed } }, parsed)
}

const replies = async (): Promise<unknown[]> =>
  (await store.sql(`select payload -> 'reply' as reply from outbox where surface = 'reply'`)).map((r) => r['reply'])
const surfaces = async (): Promise<string[]> =>
  (await dueSurfaces(store.db, REPOSITORY.installationId, 50)).map((r) => r.surface).sort()
const children = async (id: string): Promise<string[]> =>
  (await store.sql('select id from tasks where parent_id = $1 order by id', [id])).map((r) => String(r['id']))
const HOUR = 3_600_000

describe('pause and resume', () => {
  test.each<State>(['INTAKE', 'CLASSIFY', 'ROUTE', 'PLAN', 'PREPARE_WORKSPACE', 'EXECUTE', 'VERIFY', 'REPORT'])(
    'a task in %s sleeps and comes back there',
    async (state) => {
      const task = await given(state)
      expect(await saying(task, 'pause')).toBe('paused_by_person')
      expect(await store.task(task.id)).toMatchObject({ state: 'PAUSED', pausedFrom: state, waitingOn: null })
      expect(await saying(task, 'resume')).toBe('resumed_by_person')
      expect(await store.task(task.id)).toMatchObject({ state, pausedFrom: null, waitingOn: null })
      const [, resumed] = (await transitionsOf(store.db, task.id)).slice(-2)
      expect(resumed).toMatchObject({ from: 'PAUSED', event: 'resume', to: state, actor: 'alice' })
    },
  )

  test.each<[State, WaitingOn, ReasonCode]>([
    ['PLAN', 'approval', 'high_risk_needs_approval'],
    ['CLARIFY', 'clarification', 'low_confidence_needs_answer'],
    ['EXECUTE', 'budget', 'budget_reached'],
    ['EXECUTE', 'capacity', 'no_slot_free'],
    ['VERIFY', 'retry', 'git_failed'],
  ])('%s waits for %s again, for the same reason and for as long as was left', async (state, waitingOn, reasonCode) => {
    const task = await given(state, { waitingOn, until: new Date(Date.now() + HOUR), reasonCode })
    await saying(task, 'pause')
    expect(await store.task(task.id)).toMatchObject({ state: 'PAUSED', waitingOn: null, waitingUntil: null })
    await saying(task, 'resume')
    const back = await store.task(task.id)
    expect(back).toMatchObject({ state, waitingOn, reasonCode })
    const leftMs = (back.waitingUntil?.getTime() ?? 0) - Date.now()
    expect(leftMs).toBeGreaterThan(HOUR / 2)
    expect(leftMs).toBeLessThanOrEqual(HOUR)
  })

  test('a wait without an end has none afterwards either', async () => {
    const task = await given('PLAN', { waitingOn: 'approval' })
    await saying(task, 'pause')
    await saying(task, 'resume')
    expect(await store.task(task.id)).toMatchObject({ waitingOn: 'approval', waitingUntil: null })
  })

  test('what waits for a review looks again at what came meanwhile', async () => {
    const task = await given('REPORT')
    const at = await store.task(task.id)
    const rest = { waitingOn: 'review', until: null } as const
    await advance(store.db, task.lease, at, { event: 'published', reasonCode: 'review_wanted', rest })
    await saying(task, 'pause')
    await saying(task, 'resume')
    expect(await store.task(task.id)).toMatchObject({ state: 'REPORT', waitingOn: null })
  })

  test('asleep it takes no approval, no answer and no other pause, and says so', async () => {
    const task = await given('PLAN', { waitingOn: 'approval' })
    await saying(task, 'pause')
    for (const verb of ['approve', 'reject', 'clarify', 'retry']) {
      expect(await saying(task, verb, 'x'), verb).toBe('task_paused')
    }
    expect(await replies()).toMatchObject([{ kind: 'refusal', reasonCode: 'task_paused', word: 'retry' }])
    expect(await saying(task, 'pause')).toBe('already_paused')
    expect(await store.task(task.id)).toMatchObject({ state: 'PAUSED', pausedFrom: 'PLAN' })
    expect(await saying(task, 'cancel')).toBe('cancelled_by_person')
  })

  test('resume means a pause; on anything else it changes nothing', async () => {
    const task = await given('PLAN', { waitingOn: 'approval' })
    expect(await saying(task, 'resume')).toBe('not_paused')
    expect(await store.task(task.id)).toMatchObject({ state: 'PLAN', waitingOn: 'approval' })
  })

  test('said one after the other while nobody worked, both hold', async () => {
    const task = await given('EXECUTE')
    const sources = [await say(store, task.id, { verb: 'pause' }), await say(store, task.id, { verb: 'resume' })]
    await applyCommands(corridor, task.lease)
    expect(await Promise.all(sources.map((s) => settledAs(store, s)))).toEqual([
      'paused_by_person',
      'resumed_by_person',
    ])
    expect(await store.task(task.id)).toMatchObject({ state: 'EXECUTE' })
  })
})

describe('budget', () => {
  test('wakes a task that waits for it, when it is enough', async () => {
    const task = await given('EXECUTE', { waitingOn: 'budget', reasonCode: 'budget_reached' })
    await store.sql('update tasks set spent_before_usd = 6 where id = $1', [task.id])
    expect(await saying(task, 'budget', '5.50usd')).toBe('budget_changed')
    expect(await store.task(task.id)).toMatchObject({ state: 'EXECUTE', waitingOn: 'budget', budgetUsd: 5.5 })
    expect(await replies()).toMatchObject([{ kind: 'refusal', reasonCode: 'budget_reached' }])
    expect(await saying(task, 'budget', '7usd')).toBe('budget_changed')
    expect(await store.task(task.id)).toMatchObject({ state: 'EXECUTE', waitingOn: null, budgetUsd: 7 })
  })

  test('is refused above the cap of the operator, which is named', async () => {
    const task = await given('EXECUTE', { waitingOn: 'budget' })
    const cap = DEFAULT_OPERATOR_SETTINGS.budgets.taskMaxUsd
    expect(await saying(task, 'budget', `${cap + 1}usd`)).toBe('budget_above_cap')
    expect(await store.task(task.id)).toMatchObject({ waitingOn: 'budget', budgetUsd: 5 })
    expect(await replies()).toMatchObject([
      { reasonCode: 'budget_above_cap', suggestions: [`/supervise budget ${cap}usd`] },
    ])
    expect(await saying(task, 'budget', `${cap}usd`)).toBe('budget_changed')
  })

  test('is refused above the limit of a settings file, too', async () => {
    const task = await given('EXECUTE', { waitingOn: 'budget' })
    const settings = tighten(DEFAULT_OPERATOR_SETTINGS, { limits: { budgetUsd: 6 } })
    await store.sql('update tasks set settings = $2 where id = $1', [task.id, JSON.stringify(settings)])
    expect(await saying(task, 'budget', '7usd')).toBe('budget_above_cap')
    expect(await replies()).toMatchObject([{ suggestions: ['/supervise budget 6usd'] }])
    expect(await saying(task, 'budget', '6usd')).toBe('budget_changed')
  })

  test('goes down, too, and while an agent works', async () => {
    const task = await given('EXECUTE')
    expect(await saying(task, 'budget', '$1')).toBe('budget_changed')
    expect(await store.task(task.id)).toMatchObject({ state: 'EXECUTE', budgetUsd: 1, flags: { budgetUsd: 1 } })
  })

  test('a plan that waits for approval is made again: the budget is a part of it', async () => {
    const task = await given('PLAN', { waitingOn: 'approval' })
    await saying(task, 'budget', '2usd')
    expect(await store.task(task.id)).toMatchObject({ state: 'PLAN', waitingOn: null, budgetUsd: 2 })
    expect((await transitionsOf(store.db, task.id)).at(-1)).toMatchObject({ event: 'revised', actor: 'alice' })
  })
})

describe('why', () => {
  test('gives the stored decisions with their rules, and the signals', async () => {
    const task = await given('PLAN', { waitingOn: 'approval' })
    const classification = { type: 'bug_fix', signals: [{ name: 'fix', matched: 'fix', effect: 'type bug_fix +3' }] }
    await store.sql('update tasks set classification = $2 where id = $1', [task.id, JSON.stringify(classification)])
    const decision = {
      gate: 'execute',
      kind: 'continue',
      ruleId: 'low-risk',
      reasonCode: 'low_risk_goes_on',
      facts: { risk: 'low' },
    } as const
    await storeDecision(store.db, store.db.prisma, task.id, decision, {}, null)
    expect(await saying(task, 'why')).toBe('status_given')
    expect(await replies()).toEqual([
      {
        kind: 'why',
        taskId: task.id,
        reasonCode: 'plan_needs_approval',
        classification,
        decisions: [decision],
      },
    ])
  })

  test('means the latest task where none is open', async () => {
    const task = await given('FAILED')
    expect(await atTheDoor('why')).toBe('command_accepted')
    await applyCommands(corridor, task.lease)
    expect(await replies()).toMatchObject([{ kind: 'why', taskId: task.id }])
  })
})

describe('which task is meant', () => {
  test('several open: the list; --task names one, by its end too', async () => {
    const [one, two] = [await given('PLAN'), await given('PLAN')]
    expect(await atTheDoor('pause')).toBe('several_open_tasks')
    expect(await replies()).toMatchObject([{ suggestions: [one.id, two.id] }])
    expect(await atTheDoor('pause', { task: two.id.slice(-8).toLowerCase() })).toBe('command_accepted')
    await applyCommands(corridor, two.lease)
    expect(await store.task(two.id)).toMatchObject({ state: 'PAUSED' })
    expect(await store.task(one.id)).toMatchObject({ state: 'PLAN' })
  })

  test('an id of no task of the thread is told so', async () => {
    const task = await given('PLAN')
    expect(await atTheDoor('cancel', { task: 'ZZZZZZ' })).toBe('unknown_task')
    expect(await replies()).toMatchObject([{ reasonCode: 'unknown_task', suggestions: [task.id] }])
    expect(await atTheDoor('cancel', { task: task.id }, issue + 500), 'of another thread').toBe('no_open_task')
  })

  test('an ended task is meant by status, why and retry only', async () => {
    const task = await given('CANCELLED')
    for (const verb of ['approve', 'pause', 'resume', 'cancel', 'budget'] as const) {
      expect(await atTheDoor(verb), verb).toBe('no_open_task')
      expect(await atTheDoor(verb, { task: task.id }), verb).toBe('unknown_task')
    }
    expect(await atTheDoor('status')).toBe('command_accepted')
    expect(await atTheDoor('why', { task: task.id })).toBe('command_accepted')
  })
})

describe('retry', () => {
  test.each<WaitingOn>(['retry', 'quota', 'capacity'])('wakes a task that waits for %s at once', async (waitingOn) => {
    const task = await given('EXECUTE', { waitingOn, until: new Date(Date.now() + HOUR) })
    await store.sql('update tasks set retries = 4 where id = $1', [task.id])
    expect(await saying(task, 'retry')).toBe('retried_by_person')
    expect(await store.task(task.id)).toMatchObject({ state: 'EXECUTE', waitingOn: null, retries: 0 })
  })

  test.each<[State, WaitingOn | null]>([
    ['EXECUTE', null],
    ['PLAN', 'approval'],
  ])('on an open task in %s that waits for %s it says that it does not wait for that', async (state, waitingOn) => {
    const task = await given(state, waitingOn && { waitingOn })
    expect(await saying(task, 'retry')).toBe('not_waiting_for_that')
    expect(await store.task(task.id)).toMatchObject({ state, waitingOn })
  })

  test.each<State>(['FAILED', 'CANCELLED'])(
    'of a task that is %s is another try with the same inputs',
    async (state) => {
      const task = await given(state)
      const inputs = { ...(await store.task(task.id)).inputs, clarifications: ['the second one'] }
      const notes = [{ reasonCode: 'snapshot_changed', detail: '' }]
      await store.sql('update tasks set inputs = $2, spent_before_usd = 1.5, flags = $3 where id = $1', [
        task.id,
        JSON.stringify({ ...inputs, notes }),
        JSON.stringify({ mode: 'fast', new: true }),
      ])
      expect(await atTheDoor('retry')).toBe('command_accepted')
      const [child = ''] = await children(task.id)
      expect(await store.task(child)).toMatchObject({
        state: 'INTAKE',
        parentId: task.id,
        request: 'do it',
        requester: { login: 'alice' },
        flags: { mode: 'fast' },
        inputs: { clarifications: ['the second one'], notes: [] },
        spentUsd: 1.5,
        branch: null,
      })
      expect((await store.task(child)).flags).toEqual({ mode: 'fast' })
      expect(await surfaces()).toContain('reaction')
      expect(await atTheDoor('retry'), 'and now it is the open one').toBe('command_accepted')
      expect(await children(task.id)).toHaveLength(1)
    },
  )

  test('said twice at once is one try', async () => {
    const task = await given('FAILED')
    const outcomes = await Promise.all([atTheDoor('retry'), atTheDoor('retry'), atTheDoor('retry')])
    expect(outcomes).toContain('command_accepted')
    expect(await children(task.id)).toHaveLength(1)
  })

  test('of one that went well, or was merged, starts nothing', async () => {
    const done = await given('DONE')
    expect(await atTheDoor('retry')).toBe('nothing_to_retry')
    issue++
    const merged = await given('CANCELLED')
    await store.sql(`update tasks set outcome = 'accepted' where id = $1`, [merged.id])
    expect(await atTheDoor('retry')).toBe('nothing_to_retry')
    expect([...(await children(done.id)), ...(await children(merged.id))]).toEqual([])
  })

  test('beside an open task only where it is named', async () => {
    const failed = await given('FAILED')
    const open = await given('EXECUTE')
    expect(await atTheDoor('retry')).toBe('command_accepted')
    await applyCommands(corridor, open.lease)
    expect(await children(failed.id)).toEqual([])
    expect(await atTheDoor('retry', { task: failed.id })).toBe('command_accepted')
    expect(await children(failed.id)).toHaveLength(1)
  })
})

describe('plan', () => {
  test('starts a task that goes on only when told to; beside an open one it is answered like a request', async () => {
    const { accepted, parsed } = request(issue)
    const planned = { ...parsed, verb: 'plan' } as const
    const command = { ...accepted.command, parsed: planned }
    expect(await startTask(corridor, { ...accepted, command }, planned)).toBe('command_accepted')
    const [row] = await store.sql('select id from tasks where issue_number = $1', [issue])
    const task = await store.task(String(row?.['id']))
    expect(task.inputs.dryRun).toBe(true)
    expect(isFinal(task.state)).toBe(false)
    const again = { ...command, sourceKey: `comment:again-${issue}` }
    expect(await startTask(corridor, { ...accepted, command: again }, planned)).toBe('task_already_open')
    expect(await replies()).toMatchObject([{ reasonCode: 'task_already_open', word: 'plan' }])
  })
})
