import { randomUUID } from 'node:crypto'
import { lstat, readdir, rm } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { adminDir, linkWorktree } from './admin.ts'
import { AGENT_CONFIG_PATHS } from './agent-config.ts'
import { git } from './git.ts'
import type { GitPlace } from './git-environment.ts'
import { fileFailure } from './git-failure.ts'
import type { Worktree } from './handles.ts'
import { objectId } from './refs.ts'
import { removeTree } from './remove-tree.ts'
import { sealMirror } from './seal.ts'

/**
 * Puts agent configuration (agent-config.ts) back to what it is at a commit: changed and deleted files are written,
 * files that the commit does not have are removed, ignored ones too.
 * @returns the paths that were put back, sorted; people are told of them
 * @param baseSha before a run: the trusted base. Before a commit: the commit that the work started from, so that a pull
 *   request's own configuration is not undone by us.
 */
export async function restoreAgentConfig(w: Worktree, baseSha: string): Promise<string[]> {
  const index = join(adminDir(w), `index.${randomUUID()}`)
  const at = { gitDir: w.mirror.dir, workTree: w.path, index }
  try {
    await sealMirror(w.mirror.dir)
    await linkWorktree(w)
    const replaced = await removeParentLinks(w, baseSha)
    await git({ action: 'reading the base of a workspace', args: ['read-tree', objectId(baseSha)], at })
    const paths = await configPaths(w, baseSha)
    const foreign = await listFiles(at, ['--others'], paths)
    for (const path of foreign) await removeTree(join(w.path, path))
    const lost = await listFiles(at, ['--modified', '--deleted'], paths)
    // git would wait for ever for the end of an input that is empty.
    if (lost.length > 0) {
      await git({
        action: 'restoring agent configuration',
        args: ['checkout-index', '--force', '--quiet', '-z', '--stdin'],
        at,
        input: lost.map((path) => `${path}\0`).join(''),
      })
    }
    return [...new Set([...replaced, ...foreign.map((path) => path.replace(/\/$/, '')), ...lost])].sort()
  } catch (error) {
    throw fileFailure(`restoring agent configuration of task ${w.name}`, error)
  } finally {
    await rm(index, { force: true })
  }
}

/** The listed paths, their other spellings on disk (file systems that ignore case), and what links of the base lead to. */
async function configPaths(w: Worktree, baseSha: string): Promise<string[]> {
  const names = await readdir(w.path)
  const spellings = AGENT_CONFIG_PATHS.flatMap((path) => {
    const [first = '', ...rest] = path.split('/')
    return names.filter((name) => name.toLowerCase() === first).map((name) => [name, ...rest].join('/'))
  })
  const paths = new Set<string>([...AGENT_CONFIG_PATHS, ...spellings])
  for (let round = 0; round < MAX_LINK_ROUNDS; round++) {
    const targets = await linkTargets(w, baseSha, [...paths])
    if (targets.every((target) => paths.has(target))) break
    for (const target of targets) paths.add(target)
  }
  return [...paths]
}

const MAX_LINK_ROUNDS = 4

async function linkTargets(w: Worktree, baseSha: string, paths: readonly string[]): Promise<string[]> {
  const at = { gitDir: w.mirror.dir }
  const action = 'reading agent configuration of the base'
  const listed = await git({ action, args: ['ls-tree', '-z', objectId(baseSha), '--', ...paths], at })
  const targets: string[] = []
  for (const entry of listed.stdout.toString('utf8').split('\0')) {
    const [, blob, path] = /^120000 blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? []
    if (blob === undefined || path === undefined) continue
    const { stdout } = await git({ action, args: ['cat-file', 'blob', blob], at, maxOutputBytes: 65_536 })
    const target = posix.normalize(posix.join(posix.dirname(path), stdout.toString('utf8')))
    if (!target.startsWith('..') && !target.startsWith('/') && target !== '.') targets.push(target.replace(/\/$/, ''))
  }
  return targets
}

/** A parent such as `.github` that the agent made a link would bring in configuration from anywhere: it goes. */
async function removeParentLinks(w: Worktree, baseSha: string): Promise<string[]> {
  const removed: string[] = []
  for (const parent of new Set(AGENT_CONFIG_PATHS.map((path) => dirname(path)).filter((path) => path !== '.'))) {
    const found = await lstat(join(w.path, parent)).catch(() => null)
    if (found?.isSymbolicLink() !== true) continue
    const { stdout } = await git({
      action: 'reading agent configuration of the base',
      args: ['ls-tree', '-z', objectId(baseSha), '--', parent],
      at: { gitDir: w.mirror.dir },
    })
    if (stdout.toString('utf8').startsWith('120000 ')) continue
    await removeTree(join(w.path, parent))
    removed.push(parent)
  }
  return removed
}

async function listFiles(at: GitPlace, kinds: readonly string[], paths: readonly string[]): Promise<string[]> {
  const { stdout } = await git({
    action: 'comparing agent configuration with the base',
    args: ['ls-files', ...kinds, '-z', '--', ...paths],
    at,
  })
  return [...new Set(stdout.toString('utf8').split('\0').slice(0, -1))]
}
