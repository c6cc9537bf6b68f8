/** What may not get into a commit of ours. Paths are bytes here: a name need not be UTF-8. */
import { lstat, realpath } from 'node:fs/promises'
import { OperatingError } from '../task/errors.ts'
import { git } from './git.ts'
import type { GitPlace } from './git-environment.ts'
import { objectId } from './refs.ts'

/** Before anything is read into the mirror: nested repositories, files too large for GitHub, pipes and devices. */
export async function inspectTree(root: string, head: string, at: GitPlace): Promise<void> {
  const action = 'looking through a workspace'
  const tracked = await git({ action, args: ['ls-tree', '-r', '-z', '--full-tree', objectId(head)], at })
  const others = await git({ action, args: ['ls-files', '--others', '--exclude-standard', '-z'], at })
  const base = Buffer.from(`${root}/`)
  const directories = new Set<string>()
  for (const path of [...splitZero(tracked.stdout).map(pathOfEntry), ...splitZero(others.stdout)]) {
    // git lists a nested repository as one name with a slash at its end.
    if (path.at(-1) === SLASH) refuse('a nested git repository', path)
    addParents(path, directories)
    const found = await lstat(Buffer.concat([base, path])).catch(() => null)
    if (found === null) continue
    if (found.isDirectory()) directories.add(path.toString('latin1'))
    else if (!found.isFile() && !found.isSymbolicLink()) refuse('a pipe, socket or device', path)
    else if (found.size > MAX_FILE_BYTES) refuse('a file of more than 100 MB, which GitHub does not take', path)
  }
  for (const directory of directories) {
    const path = Buffer.from(directory, 'latin1')
    if ((await lstat(Buffer.concat([base, path, DOT_GIT])).catch(() => null)) !== null)
      refuse('a nested git repository', path)
  }
}

/** After staging: submodules that the head does not have, and symbolic links that lead out of the tree or into `.git`. */
export async function inspectStaged(root: string, head: string, at: GitPlace): Promise<void> {
  const action = 'looking through staged changes'
  const args = ['diff-index', '--cached', '--raw', '--no-abbrev', '--no-renames', '-z', objectId(head)] as const
  const { stdout } = await git({ action, args: [...args], at })
  const fields = splitZero(stdout)
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, mode, blob] = /^:\d+ (\d+) \S+ (\S+)/.exec(fields[i]?.toString('latin1') ?? '') ?? []
    const path = fields[i + 1] ?? Buffer.alloc(0)
    if (mode === '160000') refuse('a submodule that was not there before', path)
    if (mode !== '120000' || blob === undefined) continue
    const link = await git({ action, args: ['cat-file', 'blob', objectId(blob)], at, maxOutputBytes: 65_536 })
    if (leadsOut(path.toString('latin1'), link.stdout.toString('latin1')) || (await landsOutside(root, path)))
      refuse('a symbolic link that leads out of the repository', path)
  }
}

/** GitHub refuses a push with a larger file (docs: "About large files on GitHub"). */
const MAX_FILE_BYTES = 100 * 1024 * 1024
const SLASH = 0x2f
const DOT_GIT = Buffer.from('/.git')

function refuse(what: string, path: Buffer): never {
  const name = path.toString('utf8').replaceAll(/\p{C}/gu, '\uFFFD').slice(0, 200)
  throw new OperatingError('task', 'git_failed', `the change holds ${what}: ${name}`)
}

/**
 * A target is safe if it goes up only at its beginning and not above the root: then no link on the way can turn it.
 * `a/../b` is refused even where it stays inside, because `a` may be a link.
 */
function leadsOut(path: string, target: string): boolean {
  const steps = target.split('/').filter((step) => step !== '' && step !== '.')
  const ups = steps.findIndex((step) => step !== '..')
  const down = ups === -1 ? [] : steps.slice(ups)
  const depth = path.split('/').length - 1
  return (
    target.startsWith('/') ||
    (ups === -1 ? steps.length : ups) > depth ||
    down.includes('..') ||
    down.some((step) => /^(\.git|git~1)$/i.test(step))
  )
}

/** Through a link that the repository had before, a harmless target can end outside after all. */
async function landsOutside(root: string, path: Buffer): Promise<boolean> {
  const real = await realpath(Buffer.concat([Buffer.from(`${root}/`), path]), { encoding: 'buffer' }).catch(() => null)
  const inside = Buffer.from(`${await realpath(root)}/`)
  return (
    real !== null &&
    !Buffer.concat([real, Buffer.from('/')])
      .subarray(0, inside.length)
      .equals(inside)
  )
}

function splitZero(data: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let start = 0; start < data.length; ) {
    const end = data.indexOf(0, start)
    if (end === -1) break
    parts.push(data.subarray(start, end))
    start = end + 1
  }
  return parts
}

function pathOfEntry(entry: Buffer): Buffer {
  return entry.subarray(entry.indexOf(0x09) + 1)
}

function addParents(path: Buffer, into: Set<string>): void {
  const text = path.toString('latin1')
  for (let at = text.lastIndexOf('/'); at > 0; at = text.lastIndexOf('/', at - 1)) {
    const parent = text.slice(0, at)
    if (into.has(parent)) return
    into.add(parent)
  }
}
