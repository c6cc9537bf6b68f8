import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { bundleKept, unbundleKept } from '../../src/workspace/bundle.ts'
import { commitAll, headOf, keepTree } from '../../src/workspace/commit.ts'
import { fetchMirror, openMirror } from '../../src/workspace/mirror.ts'
import { prepareWorktree, removeWorktree, type Worktree } from '../../src/workspace/worktree.ts'
import { branchOf, MESSAGE, makeWorld, userGit, type World, write } from './support.ts'

const KEPT = { ...MESSAGE, message: 'Kept' }
const MAX = 1_000_000

let world: World
let w: Worktree
beforeEach(async () => {
  world = await makeWorld()
  w = await world.task()
})
afterEach(() => world.close())

const read = (path: string, tree = w): Promise<string> => readFile(join(tree.path, path), 'utf8')
const commitsOf = async (tree = w): Promise<number> =>
  Number(await userGit(tree.mirror.dir, 'rev-list', '--count', `refs/heads/${tree.branch}`))

it('goes on from what was kept, which is no part of the branch', async () => {
  await write(w.path, { 'half.txt': 'half\n', 'src/a.js': 'let a = 2\n' })
  expect(await keepTree(w, KEPT)).toMatch(/^[0-9a-f]{40}$/)
  expect(await headOf(w)).toBe(world.base)
  await write(w.path, { 'lost.txt': 'x' })

  w = await world.task()
  expect(await read('half.txt')).toBe('half\n')
  expect(await read('src/a.js')).toBe('let a = 2\n')
  await expect(read('lost.txt')).rejects.toThrow()
  expect(await commitsOf()).toBe(1)

  await write(w.path, { 'rest.txt': 'rest\n' })
  const { sha } = await commitAll(w, MESSAGE)
  expect(await commitsOf(), 'one commit for the whole work').toBe(2)
  expect(await userGit(w.mirror.dir, 'show', '--format=%s', '--name-only', sha)).toBe(
    'Do the work\n\nhalf.txt\nrest.txt\nsrc/a.js',
  )
})

it('a commit ends it, also one without a change', async () => {
  await write(w.path, { 'half.txt': 'half\n' })
  await keepTree(w, KEPT)
  w = await world.task()
  await userGit(w.path, 'rm', '-q', '-f', 'half.txt')
  expect((await commitAll(w, MESSAGE)).changed).toBe(false)
  w = await world.task()
  await expect(read('half.txt')).rejects.toThrow()
})

it('keeping twice keeps the later, and keeping nothing keeps nothing', async () => {
  await write(w.path, { 'half.txt': '1' })
  const first = await keepTree(w, KEPT)
  expect(await keepTree(w, KEPT), 'repeated after a crash').not.toBeNull()
  await write(w.path, { 'half.txt': '2' })
  expect(await keepTree(w, KEPT)).not.toBe(first)
  w = await world.task()
  expect(await read('half.txt')).toBe('2')
  await userGit(w.path, 'rm', '-q', '-f', 'half.txt')
  expect(await keepTree(w, KEPT)).toBeNull()
  w = await world.task()
  await expect(read('half.txt')).rejects.toThrow()
})

it('what was kept on an older commit is left alone when the branch has moved', async () => {
  await write(w.path, { 'half.txt': '1' })
  await keepTree(w, KEPT)
  const moved = await world.personPushes(w.branch, { 'theirs.txt': 'x' })
  await fetchMirror(world.mirror, world.remote)
  w = await world.task('01TASK', moved)
  await expect(read('half.txt')).rejects.toThrow()
})

it('a bundle takes it to a machine that has the commit, and to no other', async () => {
  await write(w.path, { 'half.txt': 'half\n' })
  expect(await bundleKept(w, MAX)).toBeNull()
  await keepTree(w, KEPT)
  expect(await bundleKept(w, 10), 'too large').toBeNull()
  const bundle = await bundleKept(w, MAX)
  expect(bundle).not.toBeNull()

  const root = join(world.root, 'elsewhere')
  const mirror = await openMirror(root, 7)
  const there: Worktree = { ...w, mirror, path: join(root, 'trees', w.name) }
  expect(await unbundleKept(there, bundle ?? Buffer.alloc(0))).toBe(false)
  await fetchMirror(mirror, world.remote)
  expect(await unbundleKept(there, Buffer.from('not a bundle'))).toBe(false)
  expect(await unbundleKept(there, bundle ?? Buffer.alloc(0))).toBe(true)
  const tree = await prepareWorktree(mirror, {
    root,
    taskId: '01TASK',
    branch: branchOf('01TASK'),
    startSha: world.base,
  })
  expect(await read('half.txt', tree)).toBe('half\n')
})

it('goes with the workspace', async () => {
  await write(w.path, { 'half.txt': '1' })
  await keepTree(w, KEPT)
  await removeWorktree(w, { keepBranch: false })
  expect(await userGit(w.mirror.dir, 'for-each-ref', 'refs/kept', 'refs/heads')).toBe('')
})
