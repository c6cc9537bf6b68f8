import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { withInstallationLock } from '../../src/store/installation-lock.ts'
import type { Surface } from '../../src/store/outbox.ts'
import { deadSurface, wantSurface } from '../../src/store/outbox.ts'
import type { OutboxRow } from '../../src/store/outbox-sending.ts'
import { beginWrite, dueSurfaces, failWrite, holdInstallation, nextDue } from '../../src/store/outbox-sending.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import { openTestStore, REPOSITORY, SECRET, type TestStore } from '../support/store.ts'
import { until } from '../support/until.ts'

const INSTALLATION = REPOSITORY.installationId
const OTHER = { ...REPOSITORY, id: 8, installationId: 80 }
const HOUR = 3_600_000

let store: TestStore
let id: string
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  await store.sql('delete from outbox')
  id = await store.newTask()
  await store.sql('delete from graphile_worker._private_jobs')
})

async function wanted(surface: Surface, taskId = id): Promise<OutboxRow> {
  const task = await store.task(taskId)
  await wantSurface(store.db.prisma, surfaceOwner(task), surface)
  const rows = await dueSurfaces(store.db, task.repository.installationId, 50)
  const row = rows.find((r) => r.key === `${taskId}:${surface}`)
  if (!row) throw new Error(`${surface} is not due`)
  return row
}
const due = (installationId = INSTALLATION): Promise<OutboxRow[]> => dueSurfaces(store.db, installationId, 50)

test('a write that failed comes back at its time, counted, with its reason kept clean', async () => {
  const row = await wanted('comment')
  await beginWrite(store.db, row)
  const at = new Date(Date.now() + HOUR)
  await failWrite(store.db, row, `503: ${SECRET}\0 \ud83d`, at)
  expect(await due()).toEqual([])
  expect(await nextDue(store.db, INSTALLATION)).toEqual(at)
  expect(await deadSurface(store.db, id, ['comment'])).toBeNull()
  const [stored] = await store.sql('select attempts, last_error from outbox')
  expect(stored).toEqual({ attempts: 1, last_error: '503: [redacted] \ufffd' })
})

test('one that is given up tells the task, which is woken to hear it', async () => {
  const row = await wanted('branch')
  await wanted('comment')
  await failWrite(store.db, row, 'the branch is protected', null)
  expect(await deadSurface(store.db, id, ['branch', 'pull'])).toEqual({ lastError: 'the branch is protected' })
  expect(await deadSurface(store.db, id, ['comment'])).toBeNull()
  expect(await store.sql(`select key from graphile_worker.jobs where key = $1`, [`task:${id}`])).toHaveLength(1)
})

test('one that was given up is tried again when it is wanted anew, and looked up first', async () => {
  const row = await wanted('comment')
  for (let i = 0; i < 10; i++) await beginWrite(store.db, row)
  await failWrite(store.db, row, 'the conversation is locked', null)
  expect(await due()).toEqual([])
  expect(await wanted('comment')).toMatchObject({ attempts: 1 })
})

test('a rate limit holds everything of the installation back, and nothing of others', async () => {
  const elsewhere = await store.newTask({ repository: OTHER })
  await wanted('comment')
  await wanted('comment', elsewhere)
  const until = new Date(Date.now() + HOUR)
  const later = new Date(Date.now() + 2 * HOUR)
  await failWrite(store.db, await wanted('branch'), 'no answer', later)
  await holdInstallation(store.db, INSTALLATION, until)
  expect(await due()).toEqual([])
  expect(await due(OTHER.installationId)).toHaveLength(1)
  expect(await nextDue(store.db, INSTALLATION)).toEqual(until)
  const rows = await store.sql(`select not_before from outbox where surface = 'branch'`)
  expect(rows, 'what waits longer anyway keeps its time').toEqual([{ not_before: later }])
})

test('one worker sends for an installation at a time; others are told so at once', async () => {
  const ran: string[] = []
  const first = await withInstallationLock(store.db, 1, async () => {
    ran.push('first')
    expect(await withInstallationLock(store.db, 1, async () => void ran.push('second'))).toBe(false)
    expect(await withInstallationLock(store.db, 2, async () => void ran.push('other installation'))).toBe(true)
  })
  expect(first).toBe(true)
  expect(ran).toEqual(['first', 'other installation'])
  expect(await withInstallationLock(store.db, 1, async () => void ran.push('after'))).toBe(true)
})

test('the lock is given back by work that fails, and by a worker that dies', async () => {
  const failing = withInstallationLock(store.db, 3, async () => {
    throw new Error('GitHub is away')
  })
  await expect(failing).rejects.toThrow('GitHub is away')
  let taken: boolean | null = null
  const dying = withInstallationLock(store.db, 3, async () => {
    await store.sql(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
       and database = (select oid from pg_database where datname = current_database())`,
    )
    await until('lock that is free', async () => {
      taken = await withInstallationLock(store.db, 3, async () => undefined)
      return taken
    })
  })
  await dying.catch(() => undefined) // its own connection is gone
  expect(taken).toBe(true)
})
