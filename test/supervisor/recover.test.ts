import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { advance } from '../../src/store/advance.ts'
import { storeArtifact } from '../../src/store/artifacts.ts'
import { releaseLease } from '../../src/store/leases.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { sweep, tidy, tidyWorkspaces } from '../../src/supervisor/recover/recover.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { corridorOf, say } from './corridor.ts'

let store: TestStore
let corridor: Corridor
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  corridor = corridorOf(store)
  await store.sql('truncate tasks, outbox, deliveries cascade')
  await lose()
})

/** Every wake that was given is gone, as if whoever was to hear it had died. */
const lose = (): Promise<unknown> => store.sql('delete from graphile_worker._private_jobs')
const woken = async (): Promise<string[]> =>
  (await store.sql<{ key: string }>('select key from graphile_worker.jobs order by key')).map(({ key }) => key)
async function wokenTasks(): Promise<string[]> {
  await sweep(corridor)
  return (await woken()).filter((key) => key.startsWith('task:'))
}

describe('the sweep', () => {
  test('wakes a task whose worker died, once its lease is over and not before', async () => {
    const id = await store.newTask()
    await store.lease(id)
    await lose()
    expect(await wokenTasks()).toEqual([])
    await store.expire(id)
    expect(await wokenTasks()).toEqual([`task:${id}`])
    await sweep(corridor)
    expect(await wokenTasks(), 'however often it is found, it is one wake').toEqual([`task:${id}`])
  })

  test('wakes one whose rest is over; one that waits for a person, or longer, is left alone', async () => {
    const over = await resting({ waitingOn: 'retry', until: new Date(Date.now() - 1_000) })
    await resting({ waitingOn: 'retry', until: new Date(Date.now() + 3_600_000) })
    await resting({ waitingOn: 'approval', until: null })
    await lose()
    expect(await wokenTasks()).toEqual([`task:${over}`])
  })

  test('wakes a task that waits for a person when a command for it was not applied', async () => {
    const id = await resting({ waitingOn: 'approval', until: null })
    await say(store, id, { verb: 'approve' })
    await lose()
    expect(await wokenTasks()).toEqual([`task:${id}`])
  })

  test('never wakes one that is over', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    await store.walk(lease, 'CANCELLED')
    await releaseLease(store.db, lease)
    await lose()
    expect(await wokenTasks()).toEqual([])
  })

  test('wakes the sender of an installation that has something to send, and always the inbox', async () => {
    await sweep(corridor)
    expect(await woken()).toEqual(['inbox'])
    const task = await store.task(await store.newTask())
    await wantSurface(store.db.prisma, surfaceOwner(task), 'comment')
    await store.sql(`update outbox set not_before = now() - interval '1 second'`)
    await lose()
    await sweep(corridor)
    expect(await woken()).toContain(`outbox:${REPOSITORY.installationId}`)
    await store.sql('update outbox set not_before = now(), dead_at = now()')
    await lose()
    await sweep(corridor)
    expect(await woken(), 'what was given up is not sent').not.toContain(`outbox:${REPOSITORY.installationId}`)
  })

  async function resting(rest: { waitingOn: 'retry' | 'approval'; until: Date | null }): Promise<string> {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const position = await store.walk(lease, 'PLAN')
    await advance(store.db, lease, position, { event: 'postponed', reasonCode: 'retry_after_failure', rest })
    await releaseLease(store.db, lease)
    return id
  }
})

test('trees of tasks that nobody knows go; those of open tasks stay', async () => {
  const workRoot = await mkdtemp(join(tmpdir(), 'supervisor-recover-'))
  try {
    const open = (await store.newTask()).toLowerCase()
    for (const name of [open, '01jnobodyknowsthistask0000a'])
      await mkdir(join(workRoot, 'trees', name), { recursive: true })
    await tidyWorkspaces({ ...corridor, workRoot })
    expect(await readdir(join(workRoot, 'trees'))).toEqual([open])
  } finally {
    await rm(workRoot, { recursive: true, force: true })
  }
})

test('artifacts of a task go some time after its end; those of younger and open ones stay', async () => {
  const [old, young, open] = [await store.newTask(), await store.newTask(), await store.newTask()]
  for (const id of [old, young, open])
    await store.db.prisma.$transaction((tx) =>
      storeArtifact(store.db, tx, id, { kind: 'log', name: 'agent', content: id }),
    )
  for (const id of [old, young]) await store.walk(await store.lease(id), 'CANCELLED')
  await store.sql(`update tasks set finished_at = now() - interval '91 days' where id = $1`, [old])
  await tidy(corridor)
  expect((await store.sql('select task_id from artifacts order by 1')).map((row) => row['task_id'])).toEqual(
    [young, open].toSorted(),
  )
})
