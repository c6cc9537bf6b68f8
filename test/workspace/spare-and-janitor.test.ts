import { lstat, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cleanUp } from '../../src/workspace/janitor.ts'
import { fetchMirror } from '../../src/workspace/mirror.ts'
import { refillSpare } from '../../src/workspace/spare.ts'
import { makeWorld, userGit, type World, write } from './support.ts'

let world: World
let spares: string
beforeEach(async () => {
  world = await makeWorld()
  spares = join(world.root, 'work', 'spares', '7')
})
afterEach(() => world.close())

describe('the spare tree', () => {
  it('becomes the tree of the next task, brought to its commit', async () => {
    await refillSpare(world.mirror, world.base)
    const inode = (await lstat(join(spares, 'ready', 'tree'))).ino
    const next = await world.personPushes('main', { 'src/a.js': 'let a = 2\n', 'b.txt': 'b' })
    await fetchMirror(world.mirror, world.remote)
    const w = await world.task('01TASK', next)
    expect((await lstat(w.path)).ino).toBe(inode)
    expect(await readFile(join(w.path, 'src/a.js'), 'utf8')).toBe('let a = 2\n')
    expect(await userGit(w.path, 'status', '--porcelain')).toBe('')
    expect(await readdir(spares)).toEqual([])
  })

  it('is brought up to date, not built again, and goes to one taker only', async () => {
    await refillSpare(world.mirror, world.base)
    const inode = (await lstat(join(spares, 'ready', 'tree'))).ino
    const next = await world.personPushes('main', { 'b.txt': 'b' })
    await fetchMirror(world.mirror, world.remote)
    await Promise.all([refillSpare(world.mirror, next), refillSpare(world.mirror, next)])
    expect((await lstat(join(spares, 'ready', 'tree'))).ino).toBe(inode)
    const trees = await Promise.all(['T1', 'T2', 'T3'].map((id) => world.task(id, next)))
    const inodes = await Promise.all(trees.map(async (w) => (await lstat(w.path)).ino))
    expect(inodes.filter((ino) => ino === inode)).toHaveLength(1)
    for (const w of trees) expect(await userGit(w.path, 'status', '--porcelain')).toBe('')
  })

  it('is not trusted: changed and added files in it are put right', async () => {
    await refillSpare(world.mirror, world.base)
    await write(join(spares, 'ready', 'tree'), {
      'src/a.js': 'tampered!',
      'added.txt': 'x',
      '.claude/settings.json': '{}',
    })
    const w = await world.task()
    expect(await userGit(w.path, 'status', '--porcelain', '--ignored')).toBe('')
    expect(await readFile(join(w.path, 'src/a.js'), 'utf8')).toBe('let a = 1\n')
  })

  it('is no help but no harm where a crash left half of it', async () => {
    await mkdir(join(spares, 'ready', 'tree'), { recursive: true })
    await mkdir(join(spares, 'build-dead', 'tree'), { recursive: true })
    const w = await world.task()
    expect(await userGit(w.path, 'status', '--porcelain')).toBe('')
    await refillSpare(world.mirror, world.base)
    expect(await readFile(join(spares, 'ready', 'commit'), 'utf8')).toBe(world.base)
  })
})

describe('the janitor', () => {
  it('removes what belongs to no living task, and nothing outside', async () => {
    const root = join(world.root, 'work')
    const outside = join(world.root, 'outside')
    await write(outside, { 'keep.txt': 'keep' })
    const [live] = [await world.task('LIVE'), await world.task('DEAD')]
    await symlink(outside, join(root, 'trees', 'linked'))
    await writeFile(join(root, 'trees', 'stray'), 'x')
    await symlink(outside, join(root, 'mirrors', '9.git'))
    await write(outside, { 'worktrees/dead/HEAD': 'x' })
    const { removed } = await cleanUp(root, new Set(['LIVE']))
    expect(removed.sort()).toEqual(['dead', 'linked', 'stray'])
    expect(await readdir(join(root, 'trees'))).toEqual(['live'])
    expect(await readdir(join(world.mirror.dir, 'worktrees'))).toEqual(['live'])
    expect((await readdir(outside)).sort()).toEqual(['keep.txt', 'worktrees'])
    expect(await readdir(join(outside, 'worktrees'))).toEqual(['dead'])
    expect(await userGit(live.path, 'status', '--porcelain')).toBe('')
    expect(await cleanUp(root, new Set(['LIVE']))).toEqual({ removed: [] })
  })

  it('sweeps old halves of spare trees, not young ones', async () => {
    for (const name of ['build-old', 'taken-old', 'build-young']) await mkdir(join(spares, name), { recursive: true })
    const old = new Date(Date.now() - 7_200_000)
    for (const name of ['build-old', 'taken-old']) await utimes(join(spares, name), old, old)
    await refillSpare(world.mirror, world.base)
    await cleanUp(join(world.root, 'work'), new Set())
    expect((await readdir(spares)).sort()).toEqual(['build-young', 'ready'])
  })

  it('has nothing to do where there is no root yet', async () => {
    expect(await cleanUp(join(world.root, 'nowhere'), new Set())).toEqual({ removed: [] })
  })
})
