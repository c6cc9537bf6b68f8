import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { noteTrouble, noteWell, openBreaker } from '../../src/store/breakers.ts'
import { openTestStore, SECRET, type TestStore } from '../support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(() => store.sql('delete from breakers'))

const down = (backend = 'claude') => noteTrouble(store.db, backend, { cause: 'down', quotaMs: 0, error: 'HTTP 503' })
const pauseOver = () => store.sql(`update breakers set until = now() - interval '1 second'`)
const secondsFromNow = (at: Date | null): number => Math.round(((at?.getTime() ?? 0) - Date.now()) / 1_000)

test('one bad answer is none: the third in a row opens it, for everybody', async () => {
  expect([await down(), await down()]).toEqual([null, null])
  expect(await openBreaker(store.db, 'claude')).toBeNull()
  expect(secondsFromNow(await down())).toBeGreaterThan(20)
  expect(await openBreaker(store.db, 'claude')).toMatchObject({ cause: 'down', lastError: 'HTTP 503' })
  expect(await openBreaker(store.db, 'codex')).toBeNull()
})

test('a good run in between begins the count anew', async () => {
  await down()
  await down()
  await noteWell(store.db, 'claude')
  expect(await down()).toBeNull()
})

test('runs that were under way when it went down do not make the pause longer', async () => {
  const pauses = []
  for (let n = 0; n < 8; n++) pauses.push(secondsFromNow(await down()))
  expect(pauses.at(-1)).toBeLessThanOrEqual(pauses[2] ?? 0)
})

test('after the pause one task tries, the others wait; it fails, and the next pause is longer', async () => {
  for (let n = 0; n < 3; n++) await down()
  await pauseOver()
  const asked = await Promise.all([1, 2, 3, 4].map(() => openBreaker(store.db, 'claude')))
  expect(asked.filter((breaker) => breaker === null)).toHaveLength(1)
  expect(secondsFromNow(await down())).toBeGreaterThan(45)
  expect(await openBreaker(store.db, 'claude')).not.toBeNull()
})

test('a trial that ends well lets everybody in', async () => {
  for (let n = 0; n < 3; n++) await down()
  await pauseOver()
  expect(await openBreaker(store.db, 'claude')).toBeNull()
  await noteWell(store.db, 'claude')
  expect(await openBreaker(store.db, 'claude')).toBeNull()
  expect(await openBreaker(store.db, 'claude')).toBeNull()
})

test('what cannot start, or has no quota until a time, is left alone at once; then all may ask', async () => {
  await noteTrouble(store.db, 'claude', { cause: 'unavailable', quotaMs: 0, error: `refused ${SECRET}` })
  const quotaUntil = await noteTrouble(store.db, 'codex', { cause: 'quota', quotaMs: 3_600_000, error: 'HTTP 429' })
  expect(await openBreaker(store.db, 'claude')).toMatchObject({ cause: 'unavailable' })
  expect(JSON.stringify(await store.sql('select * from breakers'))).not.toContain(SECRET)
  expect(secondsFromNow(quotaUntil)).toBeGreaterThan(3_500)
  await pauseOver()
  for (const backend of ['claude', 'codex', 'claude', 'codex']) expect(await openBreaker(store.db, backend)).toBeNull()
})
