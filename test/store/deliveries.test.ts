import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { IncomingDelivery, StoredDelivery } from '../../src/store/deliveries.ts'
import {
  failDelivery,
  finishDelivery,
  forgetDeliveries,
  giveBackDeliveries,
  storeDeliveries,
  takeDeliveries,
} from '../../src/store/deliveries.ts'
import { createDeliveryWriter } from '../../src/store/delivery-writer.ts'
import { openTestStore, SECRET, type TestStore } from '../support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  await store.sql('truncate deliveries')
  await store.sql('delete from graphile_worker._private_jobs')
})

const delivery = (text = '{}', id: string = randomUUID()): IncomingDelivery => ({
  id,
  event: 'issue_comment',
  payload: Buffer.from(text),
})
const stored = (): Promise<pg.QueryResultRow[]> => store.sql('select * from deliveries order by seq')
const inboxWakes = async (): Promise<number> =>
  (await store.sql(`select 1 from graphile_worker.jobs where key = 'inbox'`)).length
/** Waits are over. */
const timePasses = (): Promise<unknown> => store.sql(`update deliveries set not_before = now() - interval '1 second'`)

async function takeOne(): Promise<StoredDelivery> {
  await timePasses()
  const [taken] = await takeDeliveries(store.db, 1)
  if (!taken) throw new Error('there is nothing to take')
  return taken
}

describe('storing', () => {
  test('keeps the bytes as they came, and wakes the inbox in the same commit', async () => {
    const odd = { ...delivery(), payload: Buffer.from([0x00, 0xff, 0x7b, 0x0a]) }
    await storeDeliveries(store.db.inboxPool, [odd])
    expect(await inboxWakes()).toBe(1)
    const { id, event, payload } = await takeOne()
    expect({ id, event, payload: [...payload] }).toEqual({ id: odd.id, event: odd.event, payload: [0, 255, 123, 10] })
  })

  test('knows a delivery again by its id: in one batch, later, and after it was handled', async () => {
    const d = delivery()
    await storeDeliveries(store.db.inboxPool, [d, delivery('{"other":1}'), { ...d }])
    expect(await stored()).toHaveLength(2)
    await finishDelivery(store.db, d.id, 'handled', 'command_accepted')
    await store.sql('delete from graphile_worker._private_jobs')
    await storeDeliveries(store.db.inboxPool, [{ ...d, payload: Buffer.from('"forged"') }])
    expect(await stored()).toMatchObject([{ id: d.id, status: 'handled', payload: d.payload }, {}])
    expect(await inboxWakes(), 'nothing new, nobody to wake').toBe(0)
  })

  test('leaves nothing when it fails: no delivery without its wake', async () => {
    await store.sql('alter schema graphile_worker rename to away')
    await expect(storeDeliveries(store.db.inboxPool, [delivery()])).rejects.toThrow()
    await store.sql('alter schema away rename to graphile_worker')
    expect(await stored()).toEqual([])
  })
})

describe('the writer', () => {
  test('answers each caller after its own delivery is stored, many in few commits', async () => {
    const write = createDeliveryWriter(store.db.inboxPool)
    const all = Array.from({ length: 200 }, (_, i) => delivery(`{"n":${i}}`))
    const answers = all.map((d) =>
      write(d).then(async () => (await store.sql('select xmin from deliveries where id = $1', [d.id])).length),
    )
    expect((await Promise.all(answers)).every((found) => found === 1)).toBe(true)
    const commits = await store.sql('select distinct xmin::text from deliveries')
    expect(commits.length).toBeLessThan(20)
    expect((await stored()).map((r) => r['id'])).toEqual(all.map((d) => d.id))
  })

  test('stores one delivery that is sent ten times at once, and answers all ten', async () => {
    const write = createDeliveryWriter(store.db.inboxPool)
    const d = delivery()
    await Promise.all(Array.from({ length: 10 }, () => write({ ...d })))
    expect(await stored()).toHaveLength(1)
  })

  test('tells everybody when the database fails, and works again when it does', async () => {
    const write = createDeliveryWriter(store.db.inboxPool)
    await store.sql('alter table deliveries rename to away')
    const failed = await Promise.allSettled(Array.from({ length: 100 }, () => write(delivery())))
    expect(failed.map((f) => f.status)).toEqual(Array(100).fill('rejected'))
    await store.sql('alter table away rename to deliveries')
    await write(delivery())
    expect(await stored()).toHaveLength(1)
  })

  test('refuses what cannot be stored for itself alone', async () => {
    const write = createDeliveryWriter(store.db.inboxPool)
    await store.sql(`alter table deliveries add constraint no_poison check (event <> 'poison')`)
    const all = Array.from({ length: 30 }, (_, i) => ({ ...delivery(), event: i % 10 === 7 ? 'poison' : 'issues' }))
    const answers = await Promise.allSettled(all.map((d) => write(d)))
    await store.sql('alter table deliveries drop constraint no_poison')
    expect(answers.map((a) => a.status === 'fulfilled')).toEqual(all.map((d) => d.event === 'issues'))
    expect((await stored()).map((r) => r['id'])).toEqual(all.filter((d) => d.event === 'issues').map((d) => d.id))
    expect(await inboxWakes()).toBe(1)
  })

  test('fails at once where no database listens', async () => {
    const pool = new pg.Pool({ connectionString: 'postgresql://a:b@127.0.0.1:1/x', max: 1 })
    const write = createDeliveryWriter(pool)
    const failed = await Promise.allSettled([write(delivery()), write(delivery())])
    expect(failed.map((f) => f.status)).toEqual(['rejected', 'rejected'])
    await pool.end()
  })

  test('does not hold more than it can, and says so to who comes too many', async () => {
    const write = createDeliveryWriter(store.db.inboxPool)
    const all = await Promise.allSettled(Array.from({ length: 1_200 }, () => write(delivery())))
    const refused = all.filter((a) => a.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(await stored()).toHaveLength(1_200 - refused.length)
  })

  test('does not hold more bytes than it can, and takes a large one again when they are gone', async () => {
    const write = createDeliveryWriter(store.db.inboxPool)
    const large = Buffer.alloc(20 * 1024 * 1024)
    const all = await Promise.allSettled(Array.from({ length: 9 }, () => write({ ...delivery(), payload: large })))
    const answers = all.map((a) => a.status)
    expect(answers.slice(0, 6)).toEqual(Array(6).fill('fulfilled'))
    expect(answers.at(-1)).toBe('rejected')
    await write({ ...delivery(), payload: large })
    expect(await stored()).toHaveLength(answers.filter((a) => a === 'fulfilled').length + 1)
  })
})

describe('taking', () => {
  test('is in the order of arrival, hides what was taken, and gives each to one taker', async () => {
    const all = Array.from({ length: 6 }, () => delivery())
    await storeDeliveries(store.db.inboxPool, all)
    await timePasses()
    const first = await takeDeliveries(store.db, 2)
    expect(first.map((d) => d.id)).toEqual(all.slice(0, 2).map((d) => d.id))
    const others = await Promise.all([takeDeliveries(store.db, 3), takeDeliveries(store.db, 3)])
    expect(
      others
        .flat()
        .map((d) => d.id)
        .sort(),
    ).toEqual(
      all
        .slice(2)
        .map((d) => d.id)
        .sort(),
    )
    expect(await takeDeliveries(store.db, 10)).toEqual([])
  })

  test('brings back what a taker that died did not finish', async () => {
    await storeDeliveries(store.db.inboxPool, [delivery()])
    const lost = await takeOne()
    expect((await takeOne()).id).toBe(lost.id)
  })

  test('gives back at once what a worker that stops has not begun, but for what is finished', async () => {
    await storeDeliveries(store.db.inboxPool, [delivery(), delivery()])
    const taken = await takeDeliveries(store.db, 2)
    await finishDelivery(store.db, taken[0]?.id ?? '', 'handled', null)
    await giveBackDeliveries(store.db, taken)
    expect((await takeDeliveries(store.db, 2)).map(({ id }) => id)).toEqual([taken[1]?.id])
  })

  test('is over when it is finished; a late failure changes nothing', async () => {
    await storeDeliveries(store.db.inboxPool, [delivery()])
    const taken = await takeOne()
    await finishDelivery(store.db, taken.id, 'ignored', 'not_a_command')
    await failDelivery(store.db, taken, 'too late')
    await timePasses()
    expect(await takeDeliveries(store.db, 1)).toEqual([])
    expect(await stored()).toMatchObject([{ status: 'ignored', reason_code: 'not_a_command', error: null }])
  })
})

describe('failing', () => {
  test('puts a delivery back with growing pauses; in the end it is dead, with its reason', async () => {
    await storeDeliveries(store.db.inboxPool, [delivery(), delivery('{"next":1}')])
    const outcomes: string[] = []
    const pauses: number[] = []
    for (let outcome = ''; outcome !== 'dead'; ) {
      const taken = await takeOne()
      outcome = await failDelivery(store.db, taken, `no ${SECRET}\0 today`)
      outcomes.push(outcome)
      const [row] = await store.sql(
        'select extract(epoch from not_before - now()) as s from deliveries where id = $1',
        [taken.id],
      )
      pauses.push(Number(row?.['s']))
    }
    expect(outcomes).toEqual([...Array(7).fill('later'), 'dead'])
    expect(pauses.slice(0, -1)).toEqual(pauses.slice(0, -1).toSorted((a, b) => a - b))
    expect(pauses.every((pause) => pause > 0 && pause <= 300)).toBe(true)
    const [dead] = await stored()
    expect(dead).toMatchObject({
      status: 'dead',
      reason_code: 'delivery_failed',
      attempts: 8,
      error: 'no [redacted] today',
    })
    expect((await takeOne()).payload.toString(), 'others flow on').toBe('{"next":1}')
  })
})

test('what came to nothing keeps its payload for a day, and is known by its id for longer', async () => {
  const [young, old, handled] = [delivery('"young"'), delivery('"old"'), delivery('"handled"')]
  await storeDeliveries(store.db.inboxPool, [young, old, handled])
  for (const { id } of [young, old]) await finishDelivery(store.db, id, 'ignored', 'not_a_command')
  await finishDelivery(store.db, handled.id, 'handled', 'command_accepted')
  await store.sql(`update deliveries set handled_at = now() - interval '25 hours' where id = any($1)`, [
    [old.id, handled.id],
  ])
  expect(await forgetDeliveries(store.db)).toBe(0)
  expect((await stored()).map((row) => String(row['payload']))).toEqual(['"young"', '', '"handled"'])
  await storeDeliveries(store.db.inboxPool, [old])
  expect(await stored()).toMatchObject([{}, { id: old.id, status: 'ignored' }, {}])
})

test('finished deliveries are forgotten long after GitHub would offer them again; what waits or died stays', async () => {
  const [old, young, waiting, dead] = [delivery(), delivery(), delivery(), delivery()]
  await storeDeliveries(store.db.inboxPool, [old, young, waiting, dead])
  for (const { id } of [old, young]) await finishDelivery(store.db, id, 'handled', 'command_accepted')
  await store.sql(`update deliveries set status = 'dead', handled_at = now() where id = $1`, [dead.id])
  await store.sql(`update deliveries set handled_at = now() - interval '8 days' where id = any($1)`, [
    [old.id, dead.id],
  ])
  expect(await forgetDeliveries(store.db)).toBe(1)
  expect((await stored()).map((row) => row['id'])).toEqual([young.id, waiting.id, dead.id])
})
