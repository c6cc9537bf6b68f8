import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { advance } from '../../src/store/advance.ts'
import type { Lease } from '../../src/store/leases.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { isPollDue, savePoll, takePoll } from '../../src/store/reaction-polls.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import { pauseAfter } from '../../src/supervisor/recover/poll-reactions.ts'
import { openTestStore, type TestStore } from '../support/store.ts'

let store: TestStore
let id: string
let lease: Lease
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  await store.sql('delete from outbox')
  id = await store.newTask()
  lease = await store.lease(id)
  await ask()
})

/** The plan waits for approval, and GitHub shows the question and the living comment. */
async function ask(): Promise<void> {
  const { state } = await store.task(id)
  const at = state === 'PLAN' ? await store.task(id) : await store.walk(lease, 'PLAN')
  const rest = { waitingOn: 'approval', until: null } as const
  await advance(store.db, lease, at, { event: 'asked', reasonCode: 'plan_needs_approval', rest })
  const owner = surfaceOwner(await store.task(id))
  await wantSurface(store.db.prisma, owner, 'comment')
  await wantSurface(store.db.prisma, owner, 'asking')
  await shown('comment', 11)
  await shown('asking', 12)
}
const shown = (surface: string, commentId: number): Promise<unknown> =>
  store.sql('update outbox set sent = wanted, remote_id = $1 where surface = $2', [String(commentId), surface])
const wait = (minutes: number): Promise<unknown> =>
  store.sql(`update tasks set updated_at = now() - make_interval(mins => $1) where id = $2`, [minutes, id])

test('a question is looked at after a minute, by one worker', async () => {
  expect(await isPollDue(store.db)).toBe(false)
  await wait(2)
  expect(await isPollDue(store.db)).toBe(true)
  const polls = await Promise.all(Array.from({ length: 4 }, () => takePoll(store.db)))
  const taken = polls.filter((poll) => poll !== null)
  expect(taken).toEqual([expect.objectContaining({ taskId: id, askingId: 12, livingId: 11, seen: {} })])
  expect(await isPollDue(store.db)).toBe(false)
})

test('what was seen is there the next time, which comes when it was said', async () => {
  await wait(2)
  const poll = await takePoll(store.db)
  if (!poll) throw new Error('no poll')
  await savePoll(store.db, poll, { 12: { up: 1 } }, 300_000)
  const [row] = await store.sql(
    'select extract(epoch from next_at - now()) as left from reaction_polls where task_id = $1',
    [id],
  )
  expect(Number(row?.['left'])).toBeGreaterThan(290)
  await store.sql('update reaction_polls set next_at = now() where task_id = $1', [id])
  expect(await takePoll(store.db)).toMatchObject({ taskId: id, seen: { 12: { up: 1 } } })
})

test('another question is looked at from the start; what was seen of the old one may not be kept for it', async () => {
  await wait(2)
  const old = await takePoll(store.db)
  if (!old) throw new Error('no poll')
  await advance(store.db, lease, await store.task(id), { event: 'revised', reasonCode: 'rejected_by_person' })
  await ask()
  await savePoll(store.db, old, {}, 3_600_000)
  expect(await isPollDue(store.db), 'a minute has not passed').toBe(false)
  await wait(2)
  expect((await takePoll(store.db))?.version).toBe((await store.task(id)).version)
})

test('a question that GitHub does not show yet, or whose installation sleeps, is not looked at', async () => {
  await wait(2)
  await store.sql(`update outbox set wanted = wanted + 1 where surface = 'asking'`)
  expect(await takePoll(store.db)).toBeNull()
  await shown('asking', 12)
  await store.sql(`insert into installations (id, account_id, account_login, account_type, suspended_at)
    values (70, 1, 'acme', 'User', now())`)
  expect(await takePoll(store.db)).toBeNull()
  await store.sql('delete from installations')
  expect(await takePoll(store.db)).not.toBeNull()
})

test('the longer a task has waited, the less often it is looked at', () => {
  const minutes = [0, 9, 10, 119, 120, 10_000].map((waited) => pauseAfter(waited * 60_000) / 60_000)
  expect(minutes).toEqual([1, 1, 5, 5, 15, 15])
})
