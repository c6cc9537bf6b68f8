import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freshCheckout, removeCheckout } from '../../src/workspace/checkout.ts'
import { commitAll } from '../../src/workspace/commit.ts'
import { refillSpare } from '../../src/workspace/spare.ts'
import { MESSAGE, makeWorld, userGit, type World, write } from './support.ts'

let world: World
let dir: string
beforeEach(async () => {
  world = await makeWorld()
  dir = join(world.root, 'verify', 'head')
})
afterEach(() => world.close())

describe('a fresh checkout', () => {
  it.each(['without a spare', 'with a spare'])('is exactly the commit, %s, and answers git', async (spare) => {
    const w = await world.task()
    await write(w.path, { 'src/a.js': 'let a = 2\n', 'b.txt': 'b' })
    const { sha } = await commitAll(w, MESSAGE)
    await write(w.path, { 'not-committed.txt': 'x' })
    if (spare === 'with a spare') await refillSpare(world.mirror, world.base)
    await freshCheckout(world.mirror, sha, dir)
    expect((await readdir(dir)).sort()).toEqual(['.git', 'README.md', 'b.txt', 'src'])
    expect(await readFile(join(dir, 'src/a.js'), 'utf8')).toBe('let a = 2\n')
    expect(await userGit(dir, 'status', '--porcelain')).toBe('')
    expect(await userGit(dir, 'rev-parse', 'HEAD')).toBe(sha)
    expect(await userGit(dir, 'log', '--format=%H')).toBe(sha)
    expect(await userGit(dir, 'fsck', '--full')).toBe('')
    await write(dir, { 'src/a.js': 'changed\n' })
    expect(await userGit(dir, 'diff', '--stat')).toContain('src/a.js')
  })

  it('shares nothing with the mirror: what code does in it stays in it', async () => {
    await freshCheckout(world.mirror, world.base, dir)
    expect(await userGit(dir, 'remote')).toBe('')
    for (const entry of await readdir(join(dir, '.git'), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (!entry.isFile()) continue
      expect((await stat(path)).nlink).toBe(1)
      expect(await readFile(path, 'latin1')).not.toContain(world.mirror.dir)
      await chmod(path, 0o600)
      await writeFile(path, 'garbage')
    }
    expect(await userGit(world.mirror.dir, '--git-dir=.', 'fsck', '--full')).not.toMatch(/error|missing|corrupt/)
    await freshCheckout(world.mirror, world.base, dir)
    expect(await userGit(dir, 'status', '--porcelain')).toBe('')
  })

  it('is removed in whatever state it was left, and nothing else is', async () => {
    await freshCheckout(world.mirror, world.base, dir)
    await symlink(world.clone, join(dir, 'out'))
    await chmod(join(dir, 'src'), 0o000)
    await removeCheckout(world.mirror, dir)
    await removeCheckout(world.mirror, dir)
    await expect(lstat(dir)).rejects.toThrow('ENOENT')
    expect(await readdir(world.clone)).toContain('README.md')
  })

  it('is never made of the mirror or around it', async () => {
    for (const place of [world.mirror.dir, join(world.root, 'work'), join(world.mirror.dir, 'refs'), 'relative'])
      await expect(freshCheckout(world.mirror, world.base, place)).rejects.toThrow(/must not/)
    expect(await readdir(world.mirror.dir)).toContain('config')
  })

  it('leaves nothing behind when the commit does not exist', async () => {
    await expect(freshCheckout(world.mirror, 'a'.repeat(40), dir)).rejects.toThrow(/git exited/)
    await expect(lstat(dir)).rejects.toThrow('ENOENT')
  })
})
