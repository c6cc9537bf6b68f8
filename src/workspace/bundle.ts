import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OperatingError } from '../task/errors.ts'
import { git } from './git.ts'
import type { Worktree } from './handles.ts'
import { objectId, resolveCommits, writeRefs } from './refs.ts'
import { sealMirror } from './seal.ts'
import { keptRef } from './worktree.ts'

/**
 * What `keepTree` kept, as a git bundle (git-bundle(1)) on top of the commit that it was kept on: another machine that has
 * that commit can go on from it.
 * @returns null where nothing is kept, or where it is larger than `maxBytes`
 */
export async function bundleKept(w: Worktree, maxBytes: number): Promise<Buffer | null> {
  const action = `bundling what was kept of task ${w.name}`
  await sealMirror(w.mirror.dir)
  const [kept, on] = await resolveCommits(w.mirror, [keptRef(w), `${keptRef(w)}^`])
  if (typeof kept !== 'string' || typeof on !== 'string') return null
  const { stdout, cut } = await git({
    action,
    args: ['bundle', 'create', '--quiet', '-', keptRef(w), `^${on}`],
    at: { gitDir: w.mirror.dir },
    maxOutputBytes: maxBytes,
    overflow: 'cut',
  })
  return cut ? null : stdout
}

/**
 * Brings a bundle of `bundleKept` into this mirror, unless something is kept here already.
 * @returns false where it cannot be used here: the commit that it builds on is not in the mirror
 */
export async function unbundleKept(w: Worktree, bundle: Uint8Array): Promise<boolean> {
  await sealMirror(w.mirror.dir)
  const [present] = await resolveCommits(w.mirror, [keptRef(w)])
  if (typeof present === 'string') return true
  const file = join(tmpdir(), `supervisor-${randomUUID()}.bundle`)
  try {
    await writeFile(file, bundle, { flag: 'wx', mode: 0o600 })
    const { stdout } = await git({
      action: `taking over what was kept of task ${w.name}`,
      args: ['bundle', 'unbundle', file],
      at: { gitDir: w.mirror.dir },
    })
    const sha = stdout.toString('utf8').split(' ')[0] ?? ''
    await writeRefs(w.mirror, [[keptRef(w), objectId(sha)]])
    return true
  } catch (error) {
    if (error instanceof OperatingError && error.failureClass !== 'limit') return false
    throw error
  } finally {
    await rm(file, { force: true })
  }
}
