import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { withInstallationLock } from '../../src/store/installation-lock.ts'
import { wantLooseSurface, wantSurface } from '../../src/store/outbox.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { drainOutbox } from '../../src/supervisor/outbox/outbox.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { corridorOf } from './corridor.ts'

const INSTALLATION = REPOSITORY.installationId

let store: TestStore
let corridor: Corridor
let id: string
beforeAll(async () => {
  store = await openTestStore()
  corridor = corridorOf(store)
})
afterAll(() => store.close())
beforeEach(async () => {
  await store.sql('delete from outbox')
  id = await store.newTask()
  await store.sql('delete from graphile_worker._private_jobs')
})

const drain = (): Promise<void> => drainOutbox(corridor, INSTALLATION, () => false)
const row = async (): Promise<Record<string, unknown> | undefined> => (await store.sql('select * from outbox'))[0]
/** When the sender is called back; null = not at all. */
async function calledBackAt(): Promise<Date | null> {
  const [job] = await store.sql(`select run_at from graphile_worker.jobs where key = 'outbox:${INSTALLATION}:later'`)
  return job?.['run_at'] ?? null
}
const react = (): Promise<void> =>
  wantLooseSurface(
    store.db.prisma,
    { repositoryId: BigInt(REPOSITORY.id), issueNumber: 1 },
    'reaction',
    'reaction:issue_comment:5',
    {
      commentId: 5,
      commentKind: 'issue_comment',
      content: 'eyes',
    },
  )

test('what GitHub does not take now is kept, counted, and tried again later', async () => {
  await react()
  await drain()
  expect(await row()).toMatchObject({ attempts: 1, dead_at: null, sent: 0, last_error: expect.stringMatching(/./) })
  expect(await calledBackAt()).toEqual((await row())?.['not_before'])
})

test('what GitHub has not taken often enough is given up, with its reason', async () => {
  await react()
  for (const attempts of [298, 299]) {
    expect(await row()).toMatchObject({ dead_at: null })
    await store.sql(`update outbox set attempts = ${attempts}, not_before = now() - interval '1 second'`)
    await drain()
  }
  expect(await row()).toMatchObject({ attempts: 300, dead_at: expect.any(Date) })
  await store.sql('delete from graphile_worker._private_jobs')
  await drain()
  expect(await calledBackAt()).toBeNull()
})

test('a surface that cannot be drawn is a try like any other: it is counted', async () => {
  await wantSurface(store.db.prisma, surfaceOwner(await store.task(id)), 'comment')
  await store.sql(`update tasks set plan_hash = 'gone', inputs = '{}' where id = $1`, [id])
  await drain()
  expect(await row()).toMatchObject({ attempts: 1 })
})

test('while somebody else sends, this one looks again after a pause, not at once', async () => {
  await react()
  await store.sql('delete from graphile_worker._private_jobs')
  await withInstallationLock(store.db, INSTALLATION, drain)
  expect(await row()).toMatchObject({ attempts: 0 })
  const due = (await row())?.['not_before'] as Date
  expect((await calledBackAt())?.getTime()).toBeGreaterThan(due.getTime() + 500)
})

test('a pull request whose branch was given up does not keep the sender busy', async () => {
  const owner = surfaceOwner(await store.task(id))
  await wantSurface(store.db.prisma, owner, 'branch')
  await wantSurface(store.db.prisma, owner, 'pull')
  await drain() // the task has no branch: a bug, given up at once
  expect(await store.sql('select surface, dead_at is not null as dead from outbox order by rank')).toEqual([
    { surface: 'branch', dead: true },
    { surface: 'pull', dead: false },
  ])
  expect(await calledBackAt()).toBeNull()
})
