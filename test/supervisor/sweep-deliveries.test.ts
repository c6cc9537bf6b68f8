import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { storeDeliveries } from '../../src/store/deliveries.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { sweepDeliveries } from '../../src/supervisor/recover/sweep-deliveries.ts'
import { type FakeGitHub, startFakeGitHub } from '../github/fake-github.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { corridorOf } from './corridor.ts'

const HOUR = 3_600_000
const NOW = Date.now()

interface Attempt {
  readonly id: number
  readonly guid: string
  readonly at: number
  readonly code: number
}

let store: TestStore
let fake: FakeGitHub
let corridor: Corridor
/** GitHub's log, newest first. */
let log: Attempt[]
let perPage: number
/** What an attempt that is asked for is answered with. */
let answer: number
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  for (const table of ['deliveries', 'delivery_sweeps', 'missed_deliveries']) await store.sql(`delete from ${table}`)
  fake = await startFakeGitHub()
  corridor = { ...corridorOf(store), github: fake.client() }
  log = []
  perPage = 100
  answer = 202
  fake.on('GET', /^\/app\/hook\/deliveries\?/, ({ path }) => {
    const query = new URL(path, fake.url).searchParams
    const from = Number(query.get('cursor') ?? Number.POSITIVE_INFINITY)
    const failed = query.get('status') === 'failure'
    const found = log.filter((a) => a.id < from && failed === a.code >= 400)
    const page = found.slice(0, perPage)
    const next = `<${fake.url}/app/hook/deliveries?cursor=${page.at(-1)?.id}&status=failure>; rel="next"`
    return {
      headers: page.length < found.length ? { link: next } : {},
      body: page.map(({ id, guid, at, code }) => ({
        id,
        guid,
        event: 'issue_comment',
        delivered_at: new Date(at).toISOString(),
        status_code: code,
      })),
    }
  })
  fake.on('POST', /^\/app\/hook\/deliveries\/\d+\/attempts$/, () => ({ status: answer, body: {} }))
  return () => fake.close()
})

const failed = (id: number, guid = `guid-${id}`, ago = HOUR): Attempt => ({ id, guid, at: NOW - ago, code: 502 })
const sweep = (who = corridor): Promise<void> => sweepDeliveries(who, () => false, new Date())
const asked = (): number[] =>
  fake.to('POST', /attempts$/).map(({ path }) => Number(/\/(\d+)\/attempts/.exec(path)?.[1]))
const pages = (): number => fake.to('GET', /status=failure/).length
const timePasses = (): Promise<unknown> =>
  store.sql(`update missed_deliveries set tried_at = tried_at - interval '2 hours'`)

test('what failed is asked for again by its newest attempt, oldest first, each once', async () => {
  log = [failed(9, 'b', HOUR / 2), failed(8, 'a', HOUR), failed(7, 'b', 2 * HOUR)]
  await sweep()
  expect(asked().sort()).toEqual([8, 9])
  await sweep()
  expect(asked(), 'not before it had time to arrive').toHaveLength(2)
})

test('nothing that the inbox knows, and nothing that arrived at another attempt', async () => {
  log = [failed(9, 'known'), failed(8, 'arrived-later'), { id: 7, guid: 'arrived-later', at: NOW, code: 200 }]
  await storeDeliveries(store.db.inboxPool, [{ id: 'known', event: 'ping', payload: Buffer.from('{}') }])
  await sweep()
  expect(asked()).toEqual([])
  expect(await store.sql('select guid, settled_as from missed_deliveries order by guid')).toEqual([
    { guid: 'arrived-later', settled_as: 'delivered' },
    { guid: 'known', settled_as: 'arrived' },
  ])
})

test('three tries for each, hours apart, then it is given up', async () => {
  log = [failed(5)]
  for (let i = 0; i < 6; i++) {
    await sweep()
    await timePasses()
  }
  expect(asked()).toEqual([5, 5, 5])
  expect(await store.sql('select tries, settled_as from missed_deliveries')).toEqual([
    { tries: 3, settled_as: 'given_up' },
  ])
})

test('a try that GitHub did not hear is none; what it has no more is given up', async () => {
  log = [failed(5)]
  answer = 403
  await expect(sweep()).rejects.toMatchObject({ status: 403 })
  expect(await store.sql('select tries from missed_deliveries')).toEqual([{ tries: 0 }])
  answer = 404
  await timePasses()
  await sweep()
  expect(await store.sql('select settled_as from missed_deliveries')).toEqual([{ settled_as: 'given_up' }])
})

test('the log is read down to where the last sweep began, not further', async () => {
  perPage = 2
  log = [5, 4, 3, 2, 1].map((id) => failed(id, `guid-${id}`, (10 - id) * HOUR))
  await sweep()
  expect(pages()).toBe(3)
  log.unshift(failed(6, 'guid-6', HOUR))
  await sweep()
  expect(pages(), 'to the first page that has nothing new').toBe(5)
  expect(asked().sort()).toEqual([1, 2, 3, 4, 5, 6])
})

test('a long log is read in parts: the next sweep goes on where this one stopped', async () => {
  perPage = 1
  log = Array.from({ length: 14 }, (_, n) => failed(100 - n, `guid-${100 - n}`, (n + 1) * HOUR))
  await sweep()
  expect(pages()).toBe(10)
  await sweep()
  expect(pages()).toBe(14)
  expect(new Set(asked()).size).toBe(14)
  expect(await store.sql('select cursor, read_until is not null as known from delivery_sweeps')).toEqual([
    { cursor: null, known: true },
  ])
})

test('of several workers one sweeps, and not again before its time', async () => {
  log = Array.from({ length: 20 }, (_, n) => failed(50 - n))
  const workers = [1, 2, 3].map(() => ({ ...corridorOf(store), github: fake.client() }))
  await Promise.all(workers.map((worker) => sweepDeliveries(worker, () => false)))
  expect(asked()).toHaveLength(20)
  expect(new Set(asked()).size).toBe(20)
  const before = pages()
  await sweepDeliveries(corridor, () => false)
  expect(pages()).toBe(before)
})
