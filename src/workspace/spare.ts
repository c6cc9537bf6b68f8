/**
 * One ready-made clean tree per mirror, so that a task does not wait for a checkout of all files.
 *
 * Invariants: `ready/` holds a whole checkout (`tree/`) and its `index`; it appears by one rename after the checkout
 * ended well and goes by one rename to whoever takes it, so a crash at any point leaves either a whole spare or none,
 * and two takers never share one. No agent ever had it: a tree that was taken does not come back. A tree's content is
 * still compared with the index (file times and sizes) when it is moved to the wanted commit.
 * Layout: `<root>/spares/<repository>/{ready,build-*,taken-*}`; the last two are swept by the janitor after a crash.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileFailure } from './git-failure.ts'
import type { Mirror } from './handles.ts'
import { exclusive } from './lock.ts'
import { moveTree } from './move-tree.ts'
import { objectId } from './refs.ts'
import { removeTree } from './remove-tree.ts'
import { sealMirror } from './seal.ts'

/**
 * Makes the mirror's spare tree, or brings the present one to `sha` (the default branch's head). For the background,
 * after a workspace was prepared: it costs one checkout of time and of disk. Does nothing where it is there already.
 */
export async function refillSpare(m: Mirror, sha: string): Promise<void> {
  await exclusive(`${m.dir} spare`, async () => {
    const ready = join(spareDir(m), 'ready')
    const build = join(spareDir(m), `build-${randomUUID()}`)
    if ((await readFile(join(ready, 'commit'), 'utf8').catch(() => null)) === objectId(sha)) return
    try {
      await sealMirror(m.dir)
      if (!(await moved(ready, build))) await mkdir(join(build, 'tree'), { recursive: true, mode: 0o700 })
      await moveTree({ gitDir: m.dir, workTree: join(build, 'tree'), index: join(build, 'index') }, sha)
      // git reads again every file that was written in the second in which its index was, which here is most of them.
      const later = new Date(Date.now() + 1_000)
      await utimes(join(build, 'index'), later, later)
      await writeFile(join(build, 'commit'), sha)
      // Another process may have put one there meanwhile: then ours is one too many.
      await moved(build, ready)
    } catch (error) {
      throw fileFailure('making a spare workspace', error)
    } finally {
      await removeTree(build)
    }
  })
}

/** Gives the spare tree to `tree` and its index to `index`; false where there is none to give. Neither may exist. */
export async function takeSpare(m: Mirror, tree: string, index: string): Promise<boolean> {
  const taken = join(spareDir(m), `taken-${randomUUID()}`)
  if (!(await moved(join(spareDir(m), 'ready'), taken))) return false
  try {
    if (!(await moved(join(taken, 'index'), index))) return false
    if (await moved(join(taken, 'tree'), tree)) return true
    await rm(index, { force: true })
    return false
  } finally {
    await removeTree(taken)
  }
}

function spareDir(m: Mirror): string {
  return join(dirname(dirname(m.dir)), 'spares', basename(m.dir, '.git'))
}

/** Renames; false where the source is gone, the place is taken, or it lies on another file system. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EXDEV', 'ENOTDIR'].includes(code)) return false
    throw error
  }
}
