import { lstatSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { OperatingError } from '../task/errors.ts'

/**
 * The absolute path of a file of a tree, which need not exist yet. Throws OperatingError (task) unless it is a plain
 * relative path that stays inside once every link on the way is followed, the last one too, and that is nobody's `.git`.
 * @param root directory of the tree
 * @param relative untrusted, with `/` between names
 */
export function containedPath(root: string, relative: string): string {
  const names = relative.split('/')
  if (relative.length > 4096 || /[\p{Cc}\\]/u.test(relative) || names.some(isUnsafeName)) throw outside(relative)
  const realRoot = realpathSync(root)
  const path = join(realRoot, relative)
  const rest: string[] = []
  let existing = path
  while (!exists(existing)) {
    rest.unshift(existing.slice(dirname(existing).length).replace(sep, ''))
    existing = dirname(existing)
  }
  const real = resolved(existing)
  if (real === null || (real !== realRoot && !real.startsWith(realRoot + sep))) throw outside(relative)
  return join(real, ...rest)
}

/**
 * Names that leave the tree or reach a repository's inside: also as Windows and macOS would read them (short name,
 * trailing dots and spaces, streams, characters that HFS+ ignores).
 */
function isUnsafeName(name: string): boolean {
  const plain = name
    .replaceAll(/\p{Cf}/gu, '')
    .toLowerCase()
    .replace(/:.*$/, '')
    .replace(/[. ]+$/, '')
  return name === '' || name === '.' || name === '..' || plain === '' || plain === '.git' || /^git~\d+$/.test(plain)
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** null for a link that leads nowhere or in a circle: where it would lead once its target exists is not known. */
function resolved(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

function outside(relative: string): OperatingError {
  const shown = relative.replaceAll(/\p{C}/gu, '\uFFFD').slice(0, 200)
  return new OperatingError('task', 'paths_outside_grant', `the path "${shown}" is not one inside the repository`)
}
