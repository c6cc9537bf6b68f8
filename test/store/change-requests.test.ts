import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { askedOf, lastHeardAt, requestsOf, takeRequests, withdrawRequest } from '../../src/store/change-requests.ts'
import { settleCommand } from '../../src/store/commands.ts'
import type { ReasonCode } from '../../src/task/reasons.ts'
import { ALICE, BOB, say } from '../supervisor/corridor.ts'
import { openTestStore, type TestStore } from '../support/store.ts'

let store: TestStore
let taskId: string
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  taskId = await store.newTask()
})

const LINE = { path: 'a.js', line: 3, hunk: '@@', text: 'here' }
const review = (actor = ALICE, over: { readonly verdict?: string; readonly permission?: string } = {}) =>
  say(store, taskId, {
    verb: 'review_submitted',
    argument: { verdict: over.verdict ?? 'request_changes', body: `of ${actor.login}`, lines: [LINE] },
    actor,
    ...(over.permission === undefined ? {} : { permission: over.permission }),
  })
async function settle(sourceKey: string, reasonCode: ReasonCode = 'changes_heard'): Promise<void> {
  const [row] = await store.sql<{ id: string }>('select id from commands where source_key = $1', [sourceKey])
  await store.db.prisma.$transaction((tx) => settleCommand(tx, row?.id ?? '', reasonCode))
}
const take = (followUp: number) => store.db.prisma.$transaction((tx) => takeRequests(tx, taskId, followUp))

test('what was heard is taken once, together and in order', async () => {
  await settle(await review(ALICE))
  await settle(await say(store, taskId, { verb: 'follow_up', argument: { body: 'and that' }, actor: BOB }))
  await settle(await review(BOB), 'follow_ups_used_up')
  expect(await lastHeardAt(store.db, taskId)).toBeInstanceOf(Date)
  await take(1)
  expect(await requestsOf(store.db, taskId, 1)).toEqual([
    { author: 'alice', text: 'of alice', lines: [LINE] },
    { author: 'bob', text: 'and that', lines: [] },
  ])
  expect(await lastHeardAt(store.db, taskId)).toBeNull()
  await settle(await review(BOB))
  await take(2)
  expect(await requestsOf(store.db, taskId, 2)).toHaveLength(1)
  expect(await requestsOf(store.db, taskId, 1), 'the first round keeps its own').toHaveLength(2)
})

test('what was withdrawn is not taken; what is at work already cannot be withdrawn', async () => {
  const [first, second] = [await review(ALICE), await review(BOB)]
  await settle(first)
  await take(1)
  await settle(second)
  for (const key of [first, second]) await store.db.prisma.$transaction((tx) => withdrawRequest(tx, taskId, key))
  expect(await lastHeardAt(store.db, taskId)).toBeNull()
  expect(await requestsOf(store.db, taskId, 1)).toHaveLength(1)
})

test('people are told of what nobody has come to yet, but only of what will be heard', async () => {
  await review(ALICE)
  await review(BOB, { verdict: 'approve' })
  await review({ id: 9, login: 'reader', type: 'User' }, { permission: 'read' })
  await say(store, taskId, { verb: 'follow_up', argument: { body: 'more' }, actor: BOB })
  await say(store, taskId, { verb: 'status' })
  expect(await askedOf(store.db, taskId, { reviews: true })).toEqual(['alice', 'bob'])
  expect(await askedOf(store.db, taskId, { reviews: false })).toEqual(['bob'])
  expect(await lastHeardAt(store.db, taskId), 'no round begins with it').toBeNull()
})
