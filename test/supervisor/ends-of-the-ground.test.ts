import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { learnRepository, standingOf } from '../../src/store/ground.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { saveInstallation } from '../../src/store/repositories.ts'
import { applyCommands } from '../../src/supervisor/apply/apply-command.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { createWorker } from '../../src/supervisor/work/worker.ts'
import type { Happening } from '../../src/task/command.ts'
import { isFinal } from '../../src/task/states.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { until } from '../support/until.ts'
import { ALICE, corridorOf, MAINTAINER } from './corridor.ts'
import { AT, happens, issueChange, OPEN, source, taskIn } from './standing.ts'

let store: TestStore
let corridor: Corridor
beforeAll(async () => {
  store = await openTestStore()
  corridor = corridorOf(store)
})
afterAll(() => store.close())

describe('a branch', () => {
  const pushed = (branch: string, deleted: boolean): Happening => ({
    kind: 'branch_changed',
    sourceKey: source(),
    repository: REPOSITORY,
    branch,
    deleted,
    actor: ALICE,
  })

  test('that is the base is deleted before there is a pull request: the task cannot go on', async () => {
    const task = await taskIn(store, { state: 'EXECUTE' }, { baseBranch: 'release-1' })
    expect(await happens(corridor, pushed('release-1', true), task)).toBe('command_accepted')
    expect(await store.task(task.id)).toMatchObject({ state: 'FAILED', reasonCode: 'base_branch_missing' })
  })

  test('of the task is deleted before there is a pull request: nobody wants it', async () => {
    const task = await taskIn(store, { state: 'REPORT', waitingOn: 'ci' })
    await store.sql('update tasks set pushed_sha = head_sha where id = $1', [task.id])
    expect(await happens(corridor, pushed(`supervise/${task.id}`, true), task)).toBe('command_accepted')
    expect(await store.task(task.id)).toMatchObject({ state: 'CANCELLED', reasonCode: 'branch_deleted' })
  })

  test('with an open pull request: that one decides, GitHub tells of it', async () => {
    const task = await taskIn(
      store,
      { state: 'REPORT', waitingOn: 'review', pull: 'pushed' },
      { baseBranch: 'release-2' },
    )
    for (const branch of ['release-2', `supervise/${task.id}`]) await happens(corridor, pushed(branch, true), task)
    expect(await store.task(task.id)).toMatchObject({ state: 'REPORT', waitingOn: 'review' })
  })

  test('that is the base moves: only whether there is a conflict is looked up, once for many pushes', async () => {
    const task = await taskIn(
      store,
      { state: 'REPORT', waitingOn: 'review', pull: 'pushed' },
      { baseBranch: 'release-3' },
    )
    for (let n = 0; n < 3; n++)
      expect(await happens(corridor, pushed('release-3', false), task)).toBe('command_accepted')
    expect(await store.sql(`select surface from outbox where task_id = $1`, [task.id])).toEqual([
      { surface: 'mergeable' },
    ])
    expect(await store.task(task.id)).toMatchObject({ state: 'REPORT', waitingOn: 'review' })
    expect(await happens(corridor, pushed('nobody-cares', false))).toBe('no_open_task')
  })
})

describe('the repository', () => {
  let id = 500
  const repository = () => ({ ...REPOSITORY, id: ++id, installationId: id })
  const change = (of: typeof REPOSITORY, what: 'archived' | 'unarchived' | 'deleted'): Happening => ({
    kind: 'repository_changed',
    sourceKey: source(),
    repository: of,
    change: what,
    actor: MAINTAINER,
  })

  test('under another installation: what waits is sent there', async () => {
    const own = repository()
    const task = await taskIn(store, { state: 'EXECUTE' }, { repository: own })
    await happens(corridor, change(own, 'archived'), task)
    await learnRepository(store.db, { ...own, installationId: 99_999 })
    const rows = await store.sql('select installation_id from outbox where repository_id = $1', [own.id])
    expect(rows.every((row) => Number(row['installation_id']) === 99_999)).toBe(true)
  })

  test.each([
    ['archived', 'repository_archived'],
    ['deleted', 'repository_gone'],
  ] as const)('%s: every open task ends so, at work, resting and paused', async (what, reasonCode) => {
    const own = repository()
    for (const standing of [...OPEN, { state: 'DONE' } as const]) {
      const task = await taskIn(store, { ...standing, pull: 'pushed' }, { repository: own })
      await happens(corridor, change(own, what), task)
      expect(await store.task(task.id)).toMatchObject(
        standing.state === 'DONE' ? { state: 'DONE' } : { state: 'CANCELLED', reasonCode },
      )
    }
  })

  test('archived: nothing more is sent; unarchived: what could not be told is told', async () => {
    const own = repository()
    const task = await taskIn(store, { state: 'PLAN', waitingOn: 'approval' }, { repository: own })
    const { db } = store
    const owner = { id: task.id, repositoryId: BigInt(own.id), issueNumber: task.issueNumber }
    await db.prisma.$transaction((tx) => wantSurface(tx, owner, 'comment'))
    await happens(corridor, change(own, 'archived'), task)
    const rows = () =>
      store.sql('select wanted > sent and dead_at is null as waits from outbox where task_id = $1', [task.id])
    expect(await rows()).toEqual([{ waits: false }])
    await happens(corridor, change(own, 'unarchived'))
    expect(await rows()).toEqual([{ waits: true }])
  })
})

describe('the installation', () => {
  let id = 8_000
  const install = () => ({ ...REPOSITORY, id: ++id, installationId: id })
  const change = (
    of: typeof REPOSITORY,
    what: 'created' | 'deleted' | 'suspended' | 'unsuspended' | 'repositories_changed',
    more: object = {},
  ): Happening => ({
    kind: 'installation_changed',
    sourceKey: source(),
    installationId: of.installationId,
    account: { id: 5, login: 'acme', type: 'Organization' },
    change: what,
    at: AT,
    ...more,
  })

  test('removed: every task ends, and the outbox has nothing to send', async () => {
    const own = install()
    const task = await taskIn(store, { state: 'EXECUTE' }, { repository: own })
    await happens(corridor, change(own, 'deleted'), task)
    expect(await store.task(task.id)).toMatchObject({ state: 'CANCELLED', reasonCode: 'installation_removed' })
    expect(await standingOf(store.db, own.installationId)).toBe('removed')
    expect(await store.sql('select 1 from tasks where id = $1', [task.id]), 'rows are kept').toHaveLength(1)
  })

  test('without a repository any more: the tasks of that one end', async () => {
    const gone = install()
    const stays = { ...install(), installationId: gone.installationId }
    const task = await taskIn(store, { state: 'VERIFY' }, { repository: gone })
    const other = await taskIn(store, { state: 'VERIFY' }, { repository: stays })
    await happens(corridor, change(gone, 'repositories_changed', { repositoriesRemoved: [gone.id] }), task)
    await applyCommands(corridor, other.lease)
    expect(await store.task(task.id)).toMatchObject({ state: 'CANCELLED', reasonCode: 'repository_removed' })
    expect(await store.task(other.id)).toMatchObject({ state: 'VERIFY' })
  })

  /** Lets a worker have the task until it gives it back. */
  async function drive(taskId: string): Promise<void> {
    await store.expire(taskId)
    const worker = createWorker(corridor)
    const epoch = async () =>
      Number((await store.sql('select epoch from leases where task_id = $1', [taskId]))[0]?.['epoch'])
    const before = await epoch()
    worker.start(taskId)
    await until('end of the drive', async () => (await epoch()) > before)
    await until(
      'rest',
      async () => (await store.task(taskId)).waitingOn !== null || isFinal((await store.task(taskId)).state),
    )
    await worker.stop()
  }

  test('suspended: the task is parked before its step; let in again, its time has come', async () => {
    const own = install()
    const task = await taskIn(store, { state: 'CLASSIFY' }, { repository: own })
    await happens(corridor, change(own, 'suspended'), task)
    expect(await store.task(task.id), 'nothing yet').toMatchObject({ state: 'CLASSIFY', waitingOn: null })
    await drive(task.id)
    const parked = await store.task(task.id)
    expect(parked).toMatchObject({
      state: 'CLASSIFY',
      waitingOn: 'retry',
      reasonCode: 'installation_suspended',
      retries: 0,
    })
    expect(parked.waitingUntil?.getTime()).toBeGreaterThan(Date.now() + 3_600_000)
    await happens(corridor, change(own, 'unsuspended'))
    expect((await store.task(task.id)).waitingUntil?.getTime()).toBeLessThan(Date.now() + 60_000)
    expect(await standingOf(store.db, own.installationId)).toBe('active')
  })

  test('suspended: another delivery from it says that it is not any more', async () => {
    const own = install()
    await saveInstallation(store.db, {
      id: own.installationId,
      account: { id: 5, login: 'acme', type: 'Organization' },
      suspended: true,
      removed: false,
    })
    await happens(corridor, issueChange(31_337, 'deleted', own))
    expect(await standingOf(store.db, own.installationId)).toBe('active')
  })

  test('a change of its repositories does not let a suspended one in', async () => {
    const own = install()
    await happens(corridor, change(own, 'suspended'))
    await happens(corridor, change(own, 'repositories_changed', { repositoriesAdded: [own.id] }))
    expect(await standingOf(store.db, own.installationId)).toBe('suspended')
  })
})
