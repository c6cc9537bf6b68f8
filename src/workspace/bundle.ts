import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OperatingError } from '../task/errors.ts'
import { git } from './git.ts'
import type { Mirror, Worktree } from './handles.ts'
import { objectId, resolveCommits, writeRefs } from './refs.ts'
import { sealMirror } from './seal.ts'
import { keptRef, ownRef } from './worktree.ts'

/**
 * What `keepTree` kept, as a git bundle (git-bundle(1)) on top of the commit that it was kept on: another machine that has
 * that commit can go on from it.
 * @returns null where nothing is kept, or where it is larger than `maxBytes`
 */
export async function bundleKept(w: Worktree, maxBytes: number): Promise<Buffer | null> {
  await sealMirror(w.mirror.dir)
  const [kept, on] = await resolveCommits(w.mirror, [keptRef(w), `${keptRef(w)}^`])
  if (typeof kept !== 'string' || typeof on !== 'string') return null
  return bundle(w, { ref: keptRef(w), on, maxBytes })
}

/**
 * The task's commits on top of one that every machine can have from GitHub, as a bundle.
 * @returns null where there are none, or where it is larger than `maxBytes`
 */
export async function bundleWork(w: Worktree, on: string, maxBytes: number): Promise<Buffer | null> {
  await sealMirror(w.mirror.dir)
  const [own] = await resolveCommits(w.mirror, [ownRef(w)])
  if (typeof own !== 'string' || own === on) return null
  return bundle(w, { ref: ownRef(w), on: objectId(on), maxBytes })
}

/**
 * Brings a bundle of `bundleKept` into this mirror, unless something is kept here already.
 * @returns false where it cannot be used here: the commit that it builds on is not in the mirror
 */
export async function unbundleKept(w: Worktree, content: Uint8Array): Promise<boolean> {
  await sealMirror(w.mirror.dir)
  const [present] = await resolveCommits(w.mirror, [keptRef(w)])
  if (typeof present === 'string') return true
  const sha = await unbundle(w.mirror, w.name, content)
  if (sha !== null) await writeRefs(w.mirror, [[keptRef(w), sha]])
  return sha !== null
}

/** Brings the commits of a bundle of `bundleWork` into this mirror; @returns the last of them, or null as above */
export async function unbundleWork(m: Mirror, name: string, content: Uint8Array): Promise<string | null> {
  await sealMirror(m.dir)
  return unbundle(m, name, content)
}

async function bundle(
  w: Worktree,
  { ref, on, maxBytes }: { readonly ref: string; readonly on: string; readonly maxBytes: number },
): Promise<Buffer | null> {
  const { stdout, cut } = await git({
    action: `bundling work of task ${w.name}`,
    args: ['bundle', 'create', '--quiet', '-', ref, `^${on}`],
    at: { gitDir: w.mirror.dir },
    maxOutputBytes: maxBytes,
    overflow: 'cut',
  })
  return cut ? null : stdout
}

async function unbundle(m: Mirror, name: string, content: Uint8Array): Promise<string | null> {
  const file = join(tmpdir(), `supervisor-${randomUUID()}.bundle`)
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 })
    const { stdout } = await git({
      action: `taking over work of task ${name}`,
      args: ['bundle', 'unbundle', file],
      at: { gitDir: m.dir },
    })
    return objectId(stdout.toString('utf8').split(' ')[0] ?? '')
  } catch (error) {
    if (error instanceof OperatingError && error.failureClass !== 'limit') return null
    throw error
  } finally {
    await rm(file, { force: true })
  }
}
