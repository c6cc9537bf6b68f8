import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { storeDeliveries, takeDeliveries } from '../../src/store/deliveries.ts'
import { drainInbox, type Receive } from '../../src/supervisor/accept/receive.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { OperatingError } from '../../src/task/errors.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { corridorOf } from './corridor.ts'

let store: TestStore
let corridor: Corridor
beforeAll(async () => {
  store = await openTestStore()
  corridor = corridorOf(store)
})
afterAll(() => store.close())
beforeEach(async () => {
  await store.sql('truncate deliveries')
  await store.sql('delete from graphile_worker._private_jobs')
})

async function arrived(...ids: string[]): Promise<void> {
  const payload = Buffer.from('{}')
  await storeDeliveries(
    store.db.inboxPool,
    ids.map((id) => ({ id, event: 'issue_comment', payload })),
  )
}
const rows = (): Promise<Record<string, unknown>[]> =>
  store.sql('select id, status, reason_code, attempts, error from deliveries order by seq')
const wakesLater = async (): Promise<number> =>
  (await store.sql(`select 1 from graphile_worker.jobs where key = 'inbox:later' and run_at > now()`)).length

test('everything that waits is handed on once, in the order of its arrival, and says what it came to', async () => {
  await arrived('a', 'b', 'c')
  const heard: string[] = []
  const receive: Receive = async ({ id }) => {
    heard.push(id)
    return id === 'b' ? 'command_accepted' : 'not_a_command'
  }
  await drainInbox(corridor, receive, () => false)
  await drainInbox(corridor, receive, () => false)
  expect(heard).toEqual(['a', 'b', 'c'])
  expect(await rows()).toMatchObject([
    { id: 'a', status: 'ignored', reason_code: 'not_a_command' },
    { id: 'b', status: 'handled', reason_code: 'command_accepted' },
    { id: 'c', status: 'ignored', reason_code: 'not_a_command' },
  ])
})

test('a worker that stops finishes what it has begun and gives back the rest: the next one takes it at once', async () => {
  await arrived('a', 'b', 'c', 'd')
  let stopping = false
  const receive: Receive = async ({ id }) => {
    stopping = id === 'b'
    return 'not_a_command'
  }
  await drainInbox(corridor, receive, () => stopping)
  expect(await rows()).toMatchObject([
    { id: 'a', status: 'ignored' },
    { id: 'b', status: 'ignored' },
    { id: 'c', status: 'received', attempts: 0 },
    { id: 'd', status: 'received', attempts: 0 },
  ])
  expect((await takeDeliveries(store.db, 9)).map(({ id }) => id)).toEqual(['c', 'd'])
})

test('a worker that is to stop before it begins takes nothing', async () => {
  await arrived('a')
  await drainInbox(
    corridor,
    () => Promise.reject(new Error('not to be called')),
    () => true,
  )
  expect(await takeDeliveries(store.db, 9)).toHaveLength(1)
})

test('one that fails is put back and looked at again later; the others do not wait for it', async () => {
  await arrived('a', 'b')
  const receive: Receive = async ({ id }) => {
    if (id === 'a') throw new Error('a bug')
    return 'command_accepted'
  }
  await drainInbox(corridor, receive, () => false)
  expect(await rows()).toMatchObject([
    { id: 'a', status: 'received', attempts: 1, error: 'a bug' },
    { id: 'b', status: 'handled' },
  ])
  expect(await wakesLater()).toBe(1)
})

test('a bug makes a delivery dead after eight tries; GitHub being away never does so in an hour', async () => {
  await arrived('bug', 'away')
  const receive: Receive = async ({ id }) => {
    if (id === 'bug') throw new Error('a bug')
    throw new OperatingError('transient', 'github_unavailable', 'GitHub answered 503')
  }
  for (let i = 0; i < 12; i++) {
    await drainInbox(corridor, receive, () => false)
    await store.sql(`update deliveries set not_before = now() - interval '1 second'`)
  }
  expect(await rows()).toMatchObject([
    { id: 'bug', status: 'dead', reason_code: 'delivery_failed', attempts: 8 },
    { id: 'away', status: 'received', attempts: 12, error: 'GitHub answered 503' },
  ])
})
