import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readPace, storedLimits } from '../../src/store/limits.ts'
import { openTestStore, type TestStore } from '../support/store.ts'

const INSTALLATION = 70

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  await store.sql('delete from content_writes')
  await store.sql('delete from rate_holds')
})

test('what one worker writes counts for all, and for no other installation', async () => {
  const [one, other] = [storedLimits(store.db), storedLimits(store.db)]
  await one.wrote(INSTALLATION)
  await other.wrote(INSTALLATION)
  await one.wrote(80)
  const pace = await readPace(store.db, INSTALLATION)
  expect(pace.writesAgoMs).toHaveLength(2)
  expect(pace.writesAgoMs.every((ms) => ms >= 0 && ms < 60_000)).toBe(true)
  expect((await readPace(store.db, 90)).writesAgoMs).toEqual([])
})

test('writes are forgotten after an hour: the table does not grow', async () => {
  await store.sql(
    `insert into content_writes (installation_id, at) select $1, now() - make_interval(mins => n) from generate_series(1, 120) n`,
    [INSTALLATION],
  )
  expect((await readPace(store.db, INSTALLATION)).writesAgoMs).toHaveLength(59)
  await storedLimits(store.db).wrote(INSTALLATION)
  const [row] = await store.sql('select count(*)::int as n from content_writes')
  expect(row).toEqual({ n: 60 })
})

test('a limit that one worker is told of holds all of them, and outlives a restart', async () => {
  const until = new Date(Date.now() + 7_000)
  expect(await storedLimits(store.db).hold(INSTALLATION, until)).toEqual(until)
  expect(await storedLimits(store.db).heldUntil(INSTALLATION)).toEqual(until)
  expect(await storedLimits(store.db).heldUntil(80)).toBeNull()
  const { heldForMs } = await readPace(store.db, INSTALLATION)
  expect(heldForMs).toBeGreaterThan(0)
  expect(heldForMs).toBeLessThanOrEqual(7_000)
})

test('many workers that are refused at the same time are held once', async () => {
  const limits = storedLimits(store.db)
  const ends = await Promise.all(Array.from({ length: 5 }, () => limits.hold(INSTALLATION, null)))
  expect(new Set(ends.map((end) => end.getTime())).size).toBe(1)
  expect(await store.sql('select strikes from rate_holds')).toEqual([{ strikes: 1 }])
})

test('a hold that is over holds nothing', async () => {
  await storedLimits(store.db).hold(INSTALLATION, new Date(Date.now() - 1_000))
  expect((await readPace(store.db, INSTALLATION)).heldForMs).toBe(0)
})
