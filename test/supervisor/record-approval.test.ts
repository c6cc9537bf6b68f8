// Longer than other files: one row for each way to approve, and for each way it can be void.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_OPERATOR_SETTINGS } from '../../src/settings/parse.ts'
import type { OperatorSettings } from '../../src/settings/settings.ts'
import { advance } from '../../src/store/advance.ts'
import { approvalsOf } from '../../src/store/approvals.ts'
import type { NewCommand } from '../../src/store/commands.ts'
import { storeDecision } from '../../src/store/decisions.ts'
import type { Lease } from '../../src/store/leases.ts'
import { applyCommands } from '../../src/supervisor/apply/apply-command.ts'
import { standingApprovals } from '../../src/supervisor/apply/record-approval.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import type { ApprovalPolicy } from '../../src/task/decision.ts'
import type { State } from '../../src/task/states.ts'
import type { WaitingOn } from '../../src/task/task.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { ALICE, BOB, corridorOf, MAINTAINER, say, settledAs } from './corridor.ts'

const PLAN = 'c0ffee'.padEnd(64, '0')
const HEAD = 'a'.repeat(40)

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

interface Gate {
  readonly id: string
  readonly lease: Lease
  readonly corridor: Corridor
}

/** A task that waits for people, with `maintainer` as its requester. */
async function waiting(state: State, waitingOn: WaitingOn, policy: Partial<ApprovalPolicy> = {}): Promise<Gate> {
  const approvals: OperatorSettings['approvals'] = { ...DEFAULT_OPERATOR_SETTINGS.approvals, ...policy }
  const id = await store.newTask({ requester: MAINTAINER })
  const lease = await store.lease(id)
  const at = await store.walk(lease, state)
  const event = state === 'REPORT' ? 'published' : 'asked'
  await advance(store.db, lease, at, {
    event,
    reasonCode: 'plan_needs_approval',
    rest: { waitingOn, until: null },
    patch: { planHash: PLAN, snapshotHash: 's1', ...(state === 'PLAN' ? {} : { headSha: HEAD }) },
  })
  return { id, lease, corridor: corridorOf(store, { settings: { approvals } }) }
}

/** Somebody says it, and the lease holder applies it. @returns how it was settled */
async function saying({ id, lease, corridor }: Gate, over: Partial<NewCommand>): Promise<string | null> {
  const source = await say(store, id, { verb: 'approve', ...over })
  await applyCommands(corridor, lease)
  return settledAs(store, source)
}
const approving = (gate: Gate, over: Partial<NewCommand> = {}, sha = ''): Promise<string | null> =>
  saying(gate, { argument: { argument: sha, at: '' }, ...over })

describe('an approval of the plan', () => {
  test('lets the plan be carried out, and is kept with all that it is bound to', async () => {
    const gate = await waiting('PLAN', 'approval')
    expect(await approving(gate, { actor: ALICE })).toBe('approved_by_person')
    expect(await store.task(gate.id)).toMatchObject({ state: 'EXECUTE', reasonCode: 'approved_by_person' })
    expect(await approvalsOf(store.db, gate.id)).toMatchObject([
      {
        gate: 'execute',
        actor: { id: ALICE.id, login: 'alice' },
        permission: 'write',
        planHash: PLAN,
        snapshotHash: 's1',
        headSha: null,
      },
    ])
  })

  test.each(['read', 'none', 'triage'])('of somebody with %s access does not count', async (permission) => {
    const gate = await waiting('PLAN', 'approval')
    expect(await approving(gate, { actor: ALICE, permission })).toBe('approval_not_counted')
    expect(await store.task(gate.id)).toMatchObject({ state: 'PLAN', waitingOn: 'approval' })
    expect(await approvalsOf(store.db, gate.id)).toEqual([])
  })

  test('of the requester does not count where another person is wanted', async () => {
    const gate = await waiting('PLAN', 'approval', { requesterCounts: false })
    expect(await approving(gate)).toBe('approval_not_counted')
    expect(await store.task(gate.id)).toMatchObject({ state: 'PLAN', waitingOn: 'approval' })
    expect(await approving(gate, { actor: ALICE })).toBe('approved_by_person')
    expect(await store.task(gate.id)).toMatchObject({ state: 'EXECUTE' })
  })

  test('takes as many different people as are asked for', async () => {
    const gate = await waiting('PLAN', 'approval', { required: 2 })
    for (let i = 0; i < 3; i++) expect(await approving(gate, { actor: ALICE })).toBe('approved_by_person')
    expect(await store.task(gate.id), 'one person three times is one person').toMatchObject({ state: 'PLAN' })
    await approving(gate, { actor: { ...ALICE, login: 'alice-renamed' } })
    expect(await store.task(gate.id), 'under another name too').toMatchObject({ state: 'PLAN' })
    await approving(gate, { actor: BOB })
    expect(await store.task(gate.id)).toMatchObject({ state: 'EXECUTE' })
  })

  test('that was written before the gate showed this is stale, unless it names it', async () => {
    const gate = await waiting('PLAN', 'approval')
    const at = new Date(Date.now() - 60_000).toISOString()
    await say(store, gate.id, { verb: 'approve', actor: BOB, argument: { argument: '', at } })
    await applyCommands(gate.corridor, gate.lease)
    expect(await store.task(gate.id)).toMatchObject({ state: 'PLAN', waitingOn: 'approval' })
  })

  test('of two people at the same time is two approvals', async () => {
    const gate = await waiting('PLAN', 'approval', { required: 2 })
    await Promise.all([ALICE, BOB].map((actor) => say(store, gate.id, { verb: 'approve', actor })))
    await applyCommands(gate.corridor, gate.lease)
    expect(await store.task(gate.id)).toMatchObject({ state: 'EXECUTE' })
  })

  test('that names another plan is stale; that names this one by its beginning counts', async () => {
    const gate = await waiting('PLAN', 'approval')
    expect(await approving(gate, { actor: ALICE }, 'deadbee')).toBe('approval_stale')
    expect(await store.task(gate.id)).toMatchObject({ state: 'PLAN', waitingOn: 'approval' })
    expect(await approving(gate, { actor: ALICE }, PLAN.slice(0, 7))).toBe('approved_by_person')
  })

  test('is void when the plan changes: the new one needs as many again', async () => {
    const gate = await waiting('PLAN', 'approval', { required: 2 })
    await approving(gate, { actor: ALICE })
    await replan(gate, 'beef'.padEnd(64, '0'))
    expect(await standingApprovals(gate.corridor, await store.task(gate.id), 'execute')).toEqual([])
    await approving(gate, { actor: BOB })
    expect(await store.task(gate.id)).toMatchObject({ state: 'PLAN', waitingOn: 'approval' })
    await approving(gate, { actor: ALICE })
    expect(await store.task(gate.id)).toMatchObject({ state: 'EXECUTE' })
  })

  test('follows the decision that asked for it, not a setting that changed since', async () => {
    const gate = await waiting('PLAN', 'approval', { required: 1 })
    const approval = { required: 2, requesterCounts: true }
    const decision = {
      gate: 'execute',
      kind: 'approve',
      ruleId: 'r',
      reasonCode: 'high_risk_needs_approval',
      facts: {},
      approval,
    } as const
    await storeDecision(store.db, store.db.prisma, gate.id, decision, {}, PLAN)
    await approving(gate, { actor: ALICE })
    expect(await store.task(gate.id)).toMatchObject({ state: 'PLAN', waitingOn: 'approval' })
  })

  test('where nothing waits for one says so', async () => {
    const id = await store.newTask()
    const gate = { id, lease: await store.lease(id), corridor: corridorOf(store) }
    expect(await approving(gate)).toBe('nothing_to_approve')
    expect(await store.task(id)).toMatchObject({ state: 'INTAKE', version: 0 })
  })
})

describe('an approval by reaction or button', () => {
  const reacting = async (gate: Gate, version: number, actor = ALICE): Promise<string | null> =>
    saying(gate, { actor, argument: { source: 'reaction', version, at: '2020-01-01T00:00:00Z' } })

  test('on a comment counts for what that comment asked, whenever it was given', async () => {
    const gate = await waiting('PLAN', 'approval', { required: 2 })
    const { version } = await store.task(gate.id)
    expect(await reacting(gate, version)).toBe('approved_by_person')
    expect(await approvalsOf(store.db, gate.id)).toMatchObject([{ source: 'reaction', actor: { id: ALICE.id } }])
    await replan(gate, 'beef'.padEnd(64, '0'))
    expect(await reacting(gate, version, BOB)).toBe('approval_stale')
    expect(await store.task(gate.id)).toMatchObject({ state: 'PLAN', waitingOn: 'approval' })
  })

  test('of a check run counts for its commit, and not for a plan', async () => {
    const pressing = (gate: Gate, sha: string): Promise<string | null> =>
      saying(gate, { actor: ALICE, argument: { source: 'button', argument: sha } })
    expect(await pressing(await waiting('PLAN', 'approval'), HEAD)).toBe('approval_stale')
    const gate = await waiting('REPORT', 'review')
    expect(await pressing(gate, 'b'.repeat(40))).toBe('approval_stale')
    expect(await pressing(gate, HEAD)).toBe('approved_by_person')
    expect(await approvalsOf(store.db, gate.id)).toMatchObject([{ source: 'button', headSha: HEAD }])
  })
})

test('what has been seen to fail cannot be called done by anybody', async () => {
  const gate = await waiting('REPORT', 'review')
  await store.sql(`update tasks set verdict = 'fail' where id = $1`, [gate.id])
  expect(await approving(gate, { actor: ALICE }, HEAD)).toBe('nothing_to_approve')
  expect(await store.task(gate.id)).toMatchObject({ state: 'REPORT', waitingOn: 'review' })
})

test('a refusal of a stale approval says what to type', async () => {
  const gate = await waiting('VERIFY', 'approval')
  await approving(gate, { actor: ALICE }, 'deadbee')
  const { issueNumber } = await store.task(gate.id)
  const [row] = await store.sql(`select payload from outbox where surface = 'reply' and issue_number = $1`, [
    issueNumber,
  ])
  expect(row?.['payload']).toMatchObject({
    reply: { reasonCode: 'approval_stale', word: 'deadbee', suggestions: [`/supervise approve ${HEAD.slice(0, 7)}`] },
  })
})

describe('an approval before the push', () => {
  test('is bound to the commit; the step looks again and finds it', async () => {
    const gate = await waiting('VERIFY', 'approval')
    expect(await approving(gate, { actor: ALICE }, 'b'.repeat(40))).toBe('approval_stale')
    expect(await approving(gate, { actor: ALICE }, HEAD.slice(0, 8))).toBe('approved_by_person')
    const task = await store.task(gate.id)
    expect(task).toMatchObject({ state: 'VERIFY', waitingOn: null })
    expect(await standingApprovals(gate.corridor, task, 'publish')).toHaveLength(1)
    expect(await standingApprovals(gate.corridor, { ...task, headSha: 'b'.repeat(40) }, 'publish')).toEqual([])
    expect(await standingApprovals(gate.corridor, task, 'result'), 'one gate is not the other').toEqual([])
  })
})

describe('a review of the pull request', () => {
  const review = (
    gate: Gate,
    verdict: string,
    commitId: string,
    over: Partial<NewCommand> = {},
  ): Promise<string | null> =>
    saying(gate, {
      verb: 'review_submitted',
      actor: ALICE,
      argument: { verdict, body: 'please', commitId, at: '' },
      ...over,
    })

  test('that approves this commit ends the task well', async () => {
    const gate = await waiting('REPORT', 'review')
    expect(await review(gate, 'approve', 'b'.repeat(40)), 'written on an older commit').toBe('approval_stale')
    expect(await review(gate, 'approve', ''), 'written on no commit').toBe('approval_stale')
    expect(await store.task(gate.id)).toMatchObject({ state: 'REPORT', waitingOn: 'review' })
    expect(await review(gate, 'approve', HEAD)).toBe('approved_by_person')
    expect(await store.task(gate.id)).toMatchObject({ state: 'ARCHIVE' })
  })

  test('that is dismissed counts no more', async () => {
    const gate = await waiting('REPORT', 'review', { required: 2 })
    await review(gate, 'approve', HEAD, { sourceKey: 'review:77' })
    await saying(gate, { verb: 'review_dismissed', argument: { reviewKey: 'review:77', at: '' } })
    await review(gate, 'approve', HEAD, { actor: BOB })
    expect(await store.task(gate.id)).toMatchObject({ state: 'REPORT', waitingOn: 'review' })
    await review(gate, 'approve', HEAD)
    expect(await store.task(gate.id)).toMatchObject({ state: 'ARCHIVE' })
  })

  test('that is dismissed before it is heard of never counts', async () => {
    const gate = await waiting('REPORT', 'review')
    const argument = { reviewKey: 'review:88', at: '' }
    await saying(gate, { verb: 'review_dismissed', sourceKey: 'review_dismissed:88', argument })
    expect(await review(gate, 'approve', HEAD, { sourceKey: 'review:88' })).toBe('approval_stale')
    expect(await store.task(gate.id)).toMatchObject({ state: 'REPORT', waitingOn: 'review' })
  })

  test('that asks for changes is heard, and the next round waits for more of them; from a stranger it is nothing', async () => {
    const gate = await waiting('REPORT', 'review')
    expect(await review(gate, 'request_changes', HEAD, { permission: 'read' })).toBe('approval_not_counted')
    expect(await review(gate, 'request_changes', HEAD)).toBe('changes_heard')
    const heard = await store.task(gate.id)
    expect(heard).toMatchObject({ state: 'REPORT', waitingOn: 'review', reasonCode: 'changes_heard', followUps: 0 })
    expect((heard.waitingUntil?.getTime() ?? 0) - Date.now()).toBeGreaterThan(0)
    expect(await review(gate, 'approve', HEAD), 'what changes is not approved').toBe('changes_pending')
    expect(await review(gate, 'request_changes', HEAD)).toBe('changes_heard')
    const again = await store.task(gate.id)
    expect(again.waitingUntil?.getTime()).toBeGreaterThan(heard.waitingUntil?.getTime() ?? 0)
  })

  test('that asks for changes before the round has ended waits for its end', async () => {
    const gate = await waiting('VERIFY', 'approval')
    expect(await review(gate, 'request_changes', HEAD)).toBe('changes_heard')
    expect(await store.task(gate.id)).toMatchObject({ state: 'VERIFY', waitingOn: 'approval', followUps: 0 })
  })

  test('of a person’s own pull request is none of ours before our first commit', async () => {
    const gate = await waiting('REPORT', 'review')
    await store.sql('update tasks set is_pull_request = true, pull_number = issue_number where id = $1', [gate.id])
    expect(await review(gate, 'request_changes', HEAD)).toBe('event_not_handled')
    await store.sql('update tasks set pushed_sha = head_sha where id = $1', [gate.id])
    expect(await review(gate, 'request_changes', HEAD)).toBe('changes_heard')
  })
})

/** The plan is made again and asks again. */
async function replan({ id, lease }: Gate, planHash: string): Promise<void> {
  const revised = await advance(store.db, lease, await store.task(id), {
    event: 'revised',
    reasonCode: 'rejected_by_person',
  })
  if (!revised) throw new Error('somebody moved it')
  await advance(store.db, lease, revised, {
    event: 'asked',
    reasonCode: 'plan_needs_approval',
    rest: { waitingOn: 'approval', until: null },
    patch: { planHash },
  })
}
