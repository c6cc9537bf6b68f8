import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { advance } from '../../src/store/advance.ts'
import type { Tx } from '../../src/store/database.ts'
import { newId } from '../../src/store/ids.ts'
import {
  HEARTBEAT_MS,
  LEASE_MS,
  LeaseLost,
  releaseLease,
  renewLease,
  takeLease,
  underLease,
} from '../../src/store/leases.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { until } from '../support/until.ts'

let store: TestStore
let id: string
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  id = await store.newTask()
})

const setFeedback = (text: string) => (tx: Tx) => tx.task.update({ where: { id }, data: { feedback: text } })

describe('a lease', () => {
  test('is one worker’s at a time', async () => {
    const taken = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => takeLease(store.db, id, owner)))
    expect(taken.filter((l) => l !== null)).toHaveLength(1)
    expect(taken.find((l) => l !== null)?.epoch).toBe(1)
    expect(await takeLease(store.db, id, 'e')).toBeNull()
  })

  test('is not taken twice by its own owner either', async () => {
    await store.lease(id, 'a')
    expect(await takeLease(store.db, id, 'a')).toBeNull()
  })

  test('is of a task that exists', async () => {
    expect(await takeLease(store.db, newId(), 'a')).toBeNull()
  })

  test('is renewed by its owner and lasts several heartbeats', async () => {
    const lease = await store.lease(id)
    const lastsUntil = async (): Promise<Date> =>
      (await store.sql('select until from leases where task_id = $1', [id]))[0]?.['until']
    await store.sql(`update leases set until = now() + interval '10 seconds' where task_id = $1`, [id])
    const before = await lastsUntil()
    expect(await renewLease(store.db, lease)).toBe(true)
    expect((await lastsUntil()).getTime()).toBeGreaterThan(before.getTime())
    expect(LEASE_MS).toBeGreaterThanOrEqual(3 * HEARTBEAT_MS)
  })

  test('that has run out is free, and whoever takes it over has a higher epoch', async () => {
    const old = await store.lease(id, 'a')
    await store.expire(id)
    expect(await renewLease(store.db, old)).toBe(false)
    expect(await takeLease(store.db, id, 'b')).toEqual({ taskId: id, owner: 'b', epoch: 2 })
    expect(await renewLease(store.db, old)).toBe(false)
    await releaseLease(store.db, old)
    expect(await takeLease(store.db, id, 'c'), 'a stale owner must not free it').toBeNull()
  })

  test('that is given back is free at once; the epoch goes on rising', async () => {
    for (const epoch of [1, 2, 3, 4, 5]) {
      const lease = await store.lease(id, `w${epoch}`)
      expect(lease.epoch).toBe(epoch)
      await releaseLease(store.db, lease)
      await expect(underLease(store.db, lease, setFeedback('late'))).rejects.toThrow(LeaseLost)
    }
    expect(await store.task(id)).toMatchObject({ feedback: null })
  })
})

describe('writes under a lease', () => {
  test('are made by the owner only', async () => {
    const lease = await store.lease(id, 'a')
    await underLease(store.db, lease, setFeedback('mine'))
    for (const stale of [
      { ...lease, owner: 'b' },
      { ...lease, epoch: 2 },
      { ...lease, epoch: 0 },
    ]) {
      await expect(underLease(store.db, stale, setFeedback('not mine'))).rejects.toThrow(LeaseLost)
    }
    expect(await store.task(id)).toMatchObject({ feedback: 'mine' })
  })

  test('hold a takeover up until they are committed', async () => {
    const lease = await store.lease(id, 'a')
    await store.sql(`update leases set until = now() + interval '1500 milliseconds' where task_id = $1`, [id])
    let takeover: Promise<unknown> = Promise.resolve('was not begun')
    await underLease(store.db, lease, async (tx) => {
      await until('end of the lease', async () => {
        const [row] = await store.sql('select until <= now() as over from leases where task_id = $1', [id])
        return row?.['over']
      })
      takeover = takeLease(store.db, id, 'b')
      await store.untilBlocked()
      await setFeedback('in time')(tx)
    })
    expect(await takeover).toEqual({ taskId: id, owner: 'b', epoch: 2 })
    expect(await store.task(id)).toMatchObject({ feedback: 'in time' })
    await expect(underLease(store.db, lease, setFeedback('too late'))).rejects.toThrow(LeaseLost)
  })

  test('that meet a takeover under way wait for it, and are not made', async () => {
    const lease = await store.lease(id, 'a')
    let late: Promise<unknown> = Promise.resolve('was not begun')
    await store.db.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`update leases set owner = 'b', epoch = epoch + 1 where task_id = ${id}`
      late = underLease(store.db, lease, setFeedback('zombie'))
      late.catch(() => undefined)
      await store.untilBlocked()
    })
    await expect(late).rejects.toThrow(LeaseLost)
    expect(await store.task(id)).toMatchObject({ feedback: null })
  })

  test('fence a zombie that wakes up between two of its steps', async () => {
    const zombie = await store.lease(id, 'a')
    const first = await advance(
      store.db,
      zombie,
      { state: 'INTAKE', version: 0 },
      { event: 'accepted', reasonCode: 'command_accepted' },
    )
    await store.expire(id)
    const present = await store.lease(id, 'b')
    const next = { event: 'classified', reasonCode: 'classified' } as const
    const moved = first && (await advance(store.db, present, first, next))
    expect(moved).toMatchObject({ state: 'ROUTE' })
    await expect(advance(store.db, zombie, first ?? { state: 'INTAKE', version: 0 }, next)).rejects.toThrow(LeaseLost)
    expect(await store.task(id)).toMatchObject({ state: 'ROUTE', version: 2 })
  })

  test('fail when the database does: nothing of them stays', async () => {
    const lease = await store.lease(id)
    const writes = underLease(store.db, lease, async (tx) => {
      await setFeedback('half')(tx)
      await store.breakConnection(tx)
    })
    await expect(writes).rejects.toThrow()
    expect(await store.task(id)).toMatchObject({ feedback: null })
    await underLease(store.db, lease, setFeedback('whole'))
    expect(await store.task(id)).toMatchObject({ feedback: 'whole' })
  })
})
