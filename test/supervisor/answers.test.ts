import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storeDecision } from '../../src/store/decisions.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import { applyCommands } from '../../src/supervisor/apply/apply-command.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import type { Happening } from '../../src/task/command.ts'
import type { Actor } from '../../src/task/task.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { ALICE, corridorOf, MAINTAINER, say, settledAs } from './corridor.ts'
import { happens, type Standing, type StandingTask, taskIn } from './standing.ts'

let store: TestStore
let corridor: Corridor
beforeAll(async () => {
  store = await openTestStore()
  corridor = corridorOf(store)
})
afterAll(() => store.close())

const WAITING = { state: 'CLARIFY', waitingOn: 'clarification' } as const
const QUESTION = 500

/** A task that waits for what its comment number 500 asks. */
async function asking(standing: Standing = WAITING): Promise<StandingTask> {
  const task = await taskIn(store, standing)
  const decision = {
    gate: 'admit',
    kind: 'clarify',
    ruleId: 'unknown-type',
    reasonCode: 'unknown_type_needs_answer',
    facts: {},
    questions: ['unknown_type_needs_answer'],
  } as const
  await storeDecision(store.db, store.db.prisma, task.id, decision, {}, null)
  await wantSurface(store.db.prisma, surfaceOwner(await store.task(task.id)), 'asking')
  await store.sql('update outbox set remote_id = $1 where task_id = $2', [String(QUESTION), task.id])
  return task
}
const answering = (text: string) => ({
  verb: 'plain_reply',
  argument: { argument: text, at: new Date().toISOString() },
})

describe('an answer', () => {
  test('leads to classification again, and its choice counts as what it is', async () => {
    const { id, lease } = await asking()
    await say(store, id, answering('1. b\n2. the cache'))
    await applyCommands(corridor, lease)
    const task = await store.task(id)
    expect(task).toMatchObject({ state: 'CLASSIFY', reasonCode: 'clarification_answered', waitingOn: null })
    expect(task.inputs).toMatchObject({ clarifications: ['1. b\n2. the cache'], told: 'general_assistant' })
  })

  test('takes one of several tasks: it is the request from then on', async () => {
    const { id, lease } = await asking()
    const several = [
      { title: 'fix the crash', type: 'bug_fix' },
      { title: 'write a post about it', type: 'writing' },
    ]
    const decision = {
      gate: 'admit',
      kind: 'clarify',
      ruleId: 'several-tasks',
      reasonCode: 'several_tasks_need_choice',
      facts: {},
      questions: ['several_tasks_need_choice'],
    } as const
    await storeDecision(store.db, store.db.prisma, id, decision, {}, null)
    await store.sql('update tasks set classification = $1 where id = $2', [JSON.stringify({ several }), id])
    await say(store, id, answering('2, please'))
    await applyCommands(corridor, lease)
    expect(await store.task(id)).toMatchObject({
      state: 'CLASSIFY',
      title: 'write a post about it',
      inputs: {
        only: 'write a post about it',
        clarifications: ['Only this one of the tasks is wanted: write a post about it'],
      },
    })
  })

  test('without a choice is text, as the command is', async () => {
    const { id, lease } = await asking()
    await say(store, id, { verb: 'clarify', argument: { argument: 'look after the cache', at: '' } })
    await applyCommands(corridor, lease)
    const { inputs } = await store.task(id)
    expect(inputs.clarifications).toEqual(['look after the cache'])
    expect(inputs.told).toBeUndefined()
  })

  test('in two comments is one answer, and one round', async () => {
    const { id, lease } = await asking()
    await say(store, id, answering('a'))
    await say(store, id, answering('and mind the tests'))
    await applyCommands(corridor, lease)
    expect((await store.task(id)).inputs.clarifications).toEqual(['a\n\nand mind the tests'])
  })

  test.each([{ state: 'PLAN', waitingOn: 'approval' }, { state: 'EXECUTE' }, { state: 'PAUSED' }] as const)(
    'that comes too late ($state) changes nothing, and is not answered',
    async (standing) => {
      const { id, lease } = await asking(standing)
      const before = await store.task(id)
      const source = await say(store, id, answering('a'))
      await applyCommands(corridor, lease)
      expect(await settledAs(store, source)).toBe('noted')
      expect(await store.task(id)).toMatchObject({ version: before.version, inputs: before.inputs })
      expect(
        await store.sql(`select 1 from outbox where surface = 'reply' and issue_number = $1`, [before.issueNumber]),
      ).toEqual([])
    },
  )
})

describe('a comment that answers nothing leaves no row', () => {
  const comment = (issueNumber: number, actor: Actor, commentId: number, at = new Date()): Happening => ({
    kind: 'plain_reply',
    sourceKey: `comment:${commentId}`,
    repository: REPOSITORY,
    issueNumber,
    commentId,
    actor,
    body: 'a',
    at: at.toISOString(),
  })
  const nothing = async (happening: Happening): Promise<void> => {
    const rows = () => store.sql('select count(*)::int as n from commands')
    const before = await rows()
    expect(await happens(corridor, happening)).toBe('not_a_command')
    expect(await rows()).toEqual(before)
  }

  test('of somebody else than the requester', async () => {
    const { issueNumber } = await asking()
    await nothing(comment(issueNumber, ALICE, QUESTION + 1))
  })

  test('in a thread without a task, or whose task waits for something else', async () => {
    await nothing(comment(888_888, MAINTAINER, QUESTION + 2))
    const { issueNumber } = await taskIn(store, { state: 'PLAN', waitingOn: 'approval' })
    await nothing(comment(issueNumber, MAINTAINER, QUESTION + 3))
  })

  test('written before the question was', async () => {
    const { issueNumber } = await asking()
    await nothing(comment(issueNumber, MAINTAINER, QUESTION - 1))
    const unasked = await taskIn(store, WAITING)
    await nothing(comment(unasked.issueNumber, MAINTAINER, QUESTION + 4, new Date(Date.now() - 60_000)))
  })
})
