import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { StoredTask } from '../../src/store/tasks.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { keepSpare, sparesMade } from '../../src/supervisor/git/spare.ts'
import { syncMirror } from '../../src/supervisor/git/sync-mirror.ts'
import { layWorktree, openWorktree } from '../../src/supervisor/git/worktree.ts'
import type { StepContext } from '../../src/supervisor/work/step.ts'
import { branchHead } from '../../src/workspace/mirror.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { makeWorld, type World, write } from '../workspace/support.ts'
import { corridorOf } from './corridor.ts'
import { taskWith } from './task.ts'

const BRANCH = 'supervise/1-work-a'

let store: TestStore
let world: World
let corridor: Corridor
let fetches: number
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  world = await makeWorld()
  fetches = 0
  const present = corridorOf(store)
  const github = {
    ...present.github,
    remoteUrl: () => world.remote.url,
    token: async () => {
      fetches++
      return 'token'
    },
  }
  corridor = { ...present, github, workRoot: join(world.root, 'work') }
})
afterEach(() => world.close())

const context = (over: Partial<StoredTask> = {}, signal = new AbortController().signal): StepContext => ({
  corridor,
  task: taskWith({ createdAt: new Date(), updatedAt: new Date(), baseSha: world.base, ...over }),
  lease: { taskId: 'a', owner: 'me', epoch: 1 },
  signal,
})

test('steps that follow each other share one fetch; a later command sees what came before it', async () => {
  const first = context()
  await Promise.all([syncMirror(first), syncMirror(first)])
  const mirror = await syncMirror(first)
  expect(fetches).toBe(1)
  const pushed = await world.personPushes('main', { 'b.txt': 'b' })
  await syncMirror(context())
  expect(await branchHead(mirror, 'main')).toBe(pushed)
})

test('a plan that is made again, and an answer to a question, see what GitHub has then', async () => {
  const earlier = { createdAt: new Date(Date.now() - 5_000) }
  await syncMirror(context(earlier))
  await syncMirror(context({ ...earlier, planHash: 'p', updatedAt: new Date() }))
  const inputs = { ...taskWith().inputs, clarifications: ['main'] }
  await syncMirror(context({ ...earlier, inputs, updatedAt: new Date() }))
  expect(fetches).toBe(3)
})

test('one task that is stopped does not stop another that waits for the same fetch', async () => {
  const stopped = new AbortController()
  const one = syncMirror(context({ createdAt: new Date(0) }, stopped.signal))
  one.catch(() => undefined)
  const other = syncMirror(context({ createdAt: new Date(0) }))
  stopped.abort(new Error('cancelled'))
  await expect(one).rejects.toThrow()
  await other
  await expect(syncMirror(context({}, AbortSignal.abort(new Error('cancelled'))))).rejects.toThrow()
})

test('a tree that was just laid is used as it is, once, and by the same drive only', async () => {
  const drive = context()
  const laid = await layWorktree(drive, BRANCH)
  expect(await openWorktree(drive, BRANCH)).toBe(laid)
  await write(laid.path, { 'left.txt': 'by a run' })
  await openWorktree(drive, BRANCH)
  expect(existsSync(join(laid.path, 'left.txt')), 'the next one is cleaned').toBe(false)

  await layWorktree(drive, BRANCH)
  await write(laid.path, { 'left.txt': 'by another worker' })
  await openWorktree(context(), BRANCH)
  expect(existsSync(join(laid.path, 'left.txt'))).toBe(false)
})

test('a commit that this machine does not have is fetched', async () => {
  const baseSha = await world.personPushes('main', { 'b.txt': 'b' })
  const tree = await layWorktree(context({ baseSha }), BRANCH)
  expect(existsSync(join(tree.path, 'b.txt'))).toBe(true)
  expect(fetches).toBe(1)
})

test('a large repository gets a spare tree from then on, a small one none', async () => {
  const ready = join(world.root, 'work', 'spares', '7', 'ready', 'tree', 'README.md')
  keepSpare(corridor, world.mirror, world.base, 5)
  await sparesMade(corridor)
  expect(existsSync(ready)).toBe(false)
  keepSpare(corridor, world.mirror, world.base, 60_000)
  await sparesMade(corridor)
  expect(existsSync(ready)).toBe(true)
  await world.task()
  expect(existsSync(ready), 'it was taken').toBe(false)
  keepSpare(corridor, world.mirror, world.base, 5)
  await sparesMade(corridor)
  expect(existsSync(ready)).toBe(true)
})
