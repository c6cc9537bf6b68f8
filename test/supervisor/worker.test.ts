import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { advance } from '../../src/store/advance.ts'
import { transitionsOf } from '../../src/store/history.ts'
import { applyCommands } from '../../src/supervisor/apply/apply-command.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { createWorker, type Worker } from '../../src/supervisor/work/worker.ts'
import type { State } from '../../src/task/states.ts'
import type { WaitingOn } from '../../src/task/task.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { until } from '../support/until.ts'
import { ALICE, corridorOf, say, settledAs } from './corridor.ts'

let store: TestStore
let corridor: Corridor
let worker: Worker
let id: string
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  id = await store.newTask()
  await store.sql('delete from graphile_worker._private_jobs')
  corridor = corridorOf(store)
  worker = createWorker(corridor)
})

/** Lets the worker have the task until it gives it back. */
async function drive(): Promise<void> {
  const epochOf = async (free: boolean): Promise<number> => {
    const [row] = await store.sql('select epoch from leases where task_id = $1 and (until <= now() or not $2)', [
      id,
      free,
    ])
    return Number(row?.['epoch'] ?? 0)
  }
  const before = await epochOf(false)
  worker.start(id)
  await until('end of the drive', async () => (await epochOf(true)) > before)
  await worker.stop()
}
async function resting(state: State, waitingOn: WaitingOn, restUntil: Date | null): Promise<void> {
  const lease = await store.lease(id)
  const at = await store.walk(lease, state)
  const event = state === 'EXECUTE' ? 'limited' : state === 'REPORT' ? 'published' : 'postponed'
  await advance(store.db, lease, at, { event, reasonCode: 'no_slot_free', rest: { waitingOn, until: restUntil } })
  await store.expire(id)
  await store.sql('delete from graphile_worker._private_jobs')
}
const wakesOfTask = async (): Promise<string[]> =>
  (await store.sql(`select key from graphile_worker.jobs where key like 'task:%'`)).map((r) => String(r['key']))
const PAST = new Date(Date.now() - 60_000)
const FUTURE = new Date(Date.now() + 3_600_000)

describe('a worker', () => {
  test('puts a task off when GitHub is away, and comes back at the time it says', async () => {
    await drive()
    expect(await store.task(id)).toMatchObject({
      state: 'INTAKE',
      waitingOn: 'retry',
      retries: 1,
      reasonCode: 'github_unavailable',
    })
    expect(await wakesOfTask()).toEqual([`task:${id}:later`])
  })

  test('leaves a resting task alone, and is woken when its time is over', async () => {
    await resting('PLAN', 'retry', FUTURE)
    const { version } = await store.task(id)
    await drive()
    expect(await store.task(id)).toMatchObject({ version, waitingOn: 'retry' })
    expect(await store.sql('select run_at from graphile_worker.jobs where key = $1', [`task:${id}:later`])).toEqual([
      { run_at: FUTURE },
    ])
  })

  test('does not run in circles over a task for which there is no place', async () => {
    await resting('EXECUTE', 'capacity', PAST)
    const taken = corridor.slots.take()
    await drive()
    taken?.()
    expect(await store.task(id)).toMatchObject({ state: 'EXECUTE', waitingOn: 'capacity' })
    expect(await wakesOfTask(), 'nobody is called back at once').toEqual([])
  })

  test('waits for people without an end and without a wake', async () => {
    await resting('REPORT', 'review', null)
    await drive()
    expect(await store.task(id)).toMatchObject({ state: 'REPORT', waitingOn: 'review' })
    expect(await wakesOfTask()).toEqual([])
  })

  test('does not touch a task that somebody else works on', async () => {
    await store.lease(id, 'somebody else')
    worker.start(id)
    await worker.stop()
    expect(await store.task(id)).toMatchObject({ state: 'INTAKE', version: 0 })
  })

  test('applies what people said before anything else', async () => {
    const source = await say(store, id, { verb: 'cancel', actor: ALICE })
    await drive()
    expect(await store.task(id)).toMatchObject({ state: 'CANCELLED', reasonCode: 'cancelled_by_person' })
    expect((await transitionsOf(store.db, id)).map((t) => t.actor)).toEqual(['alice'])
    expect(await settledAs(store, source)).toBe('cancelled_by_person')
  })
})

describe('commands', () => {
  test('are applied in the order in which they came', async () => {
    const sources: string[] = []
    for (const verb of ['status', 'approve', 'cancel', 'cancel']) sources.push(await say(store, id, { verb }))
    await applyCommands(corridor, await store.lease(id))
    const settled = await Promise.all(sources.map((s) => settledAs(store, s)))
    expect(settled).toEqual(['status_given', 'nothing_to_approve', 'cancelled_by_person', 'no_open_task'])
  })

  test('that nobody knows are answered, not left lying', async () => {
    await store.sql('delete from outbox')
    const source = await say(store, id, { verb: 'dance' })
    await applyCommands(corridor, await store.lease(id))
    expect(await settledAs(store, source)).toBe('verb_not_available')
    expect(await store.sql(`select 1 from outbox where surface = 'reply'`)).toHaveLength(1)
  })

  test('that run into a bug do not hold up those behind them, and are not tried for ever', async () => {
    const lease = await store.lease(id)
    await store.walk(lease, 'CLARIFY')
    await store.sql(`update tasks set inputs = '{}' where id = $1`, [id])
    const broken = await say(store, id, { verb: 'clarify' })
    const cancel = await say(store, id, { verb: 'cancel' })
    await applyCommands(corridor, lease)
    expect(await settledAs(store, broken)).toBe('internal_error')
    expect(await settledAs(store, cancel)).toBe('cancelled_by_person')
    expect(await store.task(id)).toMatchObject({ state: 'CANCELLED' })
  })

  test('of a worker that has lost the task stay for the next one', async () => {
    const old = await store.lease(id)
    await store.expire(id)
    const present = await store.lease(id, 'worker-2')
    const source = await say(store, id, { verb: 'cancel' })
    await expect(applyCommands(corridor, old)).rejects.toThrow(/no longer ours/)
    expect(await settledAs(store, source)).toBeNull()
    await applyCommands(corridor, present)
    expect(await settledAs(store, source)).toBe('cancelled_by_person')
  })
})
