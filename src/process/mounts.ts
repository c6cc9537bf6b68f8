import { existsSync, lstatSync, mkdirSync, realpathSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'

/** What a run may see of the host besides system directories. All paths are absolute and appear at the same place. */
export interface Box {
  readonly writable: readonly string[]
  /** Wins over `writable` where it lies inside; a path that does not exist there cannot be created either. */
  readonly readOnly: readonly string[]
  /** Private HOME: a directory of the run, writable. */
  readonly home: string
  /** The only ways out of the box's network, which has nothing else. Absent = none. */
  readonly doors?: readonly Door[]
}

/** A port of the box's own 127.0.0.1 that leads to a socket of ours on the host. */
export interface Door {
  readonly port: number
  /** Absolute path on the host. */
  readonly socket: string
}

export interface Mount {
  readonly path: string
  /** `pin` = writable, but a mount of its own, so that it cannot be renamed. */
  readonly kind: 'writable' | 'read_only' | 'pin'
  /** What must be put there first, because only what exists can be bound; null = it exists. */
  readonly cover: 'file' | 'directory' | null
}

/**
 * The mounts of a box, parents before children.
 *
 * Two traps are closed here. A protected path may be, or lie behind, a symbolic link that a hostile repository
 * committed: binding it would pull the link's target into the box, so links that leave their writable root are left
 * out. And a directory that holds a mount can be renamed away and made anew, so each directory between a writable
 * root and a protected path is pinned (rename(2): a mount point itself is EBUSY).
 */
export function planMounts(box: Box): Mount[] {
  for (const path of [...box.writable, ...box.readOnly, box.home]) {
    if (!isAbsolute(path)) throw new Error(`making the sandbox: the path "${path}" is not absolute`)
  }
  const roots = [...new Set([...box.writable, box.home].map(clean))]
  const planned = new Map<string, Mount>(roots.map((path) => [path, { path, kind: 'writable', cover: null }]))
  for (const path of outermost(box.readOnly, roots)) {
    const root = rootOf(roots, path)
    const found = root === null ? { path, cover: null } : locate(root, path)
    if (found === null) continue
    planned.set(found.path, { ...found, kind: 'read_only' })
    for (const parent of root === null ? [] : between(root, found.path)) {
      if (!planned.has(parent)) planned.set(parent, { path: parent, kind: 'pin', cover: null })
    }
  }
  return [...planned.values()].sort((a, b) => depth(a.path) - depth(b.path))
}

/**
 * Puts something on each protected path that does not exist, so that it can be bound read-only and thus cannot be
 * created. Runs before the box starts, when nothing hostile is alive.
 * @returns takes the covers away again; call it when the box is gone
 */
export function coverMissing(mounts: readonly Mount[]): () => void {
  const covers: Cover[] = []
  const removeAll = () => {
    for (const cover of covers.reverse()) removeCover(cover)
  }
  try {
    for (const { path, cover } of mounts) {
      if (cover === null) continue
      if (cover === 'file') writeFileSync(path, path.endsWith('.json') ? '{}\n' : '', { flag: 'wx' })
      else mkdirSync(path)
      covers.push({ path, inode: lstatSync(path).ino, isFile: cover === 'file' })
    }
  } catch (error) {
    removeAll()
    throw error
  }
  return removeAll
}

interface Cover {
  readonly path: string
  readonly inode: number
  readonly isFile: boolean
}

/**
 * What stands on a protected path inside its root: the path itself, its topmost missing part, or the file that ends
 * it. Null where a symbolic link leads out of the root or nowhere.
 */
function locate(root: string, path: string): Pick<Mount, 'path' | 'cover'> | null {
  const realRoot = realpathSync(root)
  // The box shows a root at the place where it was named, which may itself be reached by a link of the host.
  const shown = (real: string) => join(root, relative(realRoot, real))
  const parts = relative(root, path).split(sep)
  let real = realRoot
  for (const [index, part] of parts.entries()) {
    const next = join(real, part)
    const stat = lstatSync(next, { throwIfNoEntry: false })
    if (stat === undefined) return { path: shown(next), cover: coverFor(next, index === parts.length - 1) }
    if (stat.isSymbolicLink()) {
      if (!existsSync(next)) return null
      real = realpathSync(next)
      if (!isInside(realRoot, real)) return null
    } else {
      real = next
      // Nothing can be below a file: protecting the file protects the path.
      if (!stat.isDirectory()) break
    }
  }
  return { path: shown(real), cover: null }
}

/**
 * A name with an extension is meant to be a file, and so are two that programs read as one; git does not even see the
 * empty directory that any other becomes.
 */
const coverFor = (path: string, isLast: boolean): 'file' | 'directory' =>
  isLast && /.\.[a-z0-9]+$|^\.gitmodules$|^\.envrc$/i.test(basename(path)) ? 'file' : 'directory'

function removeCover(cover: Cover): void {
  try {
    const stat = lstatSync(cover.path)
    if (stat.ino !== cover.inode) return
    if (cover.isFile) unlinkSync(cover.path)
    else rmdirSync(cover.path)
  } catch {
    // Gone already, or no longer empty: then it is not ours to remove, and the workspace's own clean-up sees it.
  }
}

/** Read-only paths without those that lie below another one of the same root: the outer one holds them too. */
function outermost(paths: readonly string[], roots: readonly string[]): string[] {
  const all = paths.map(clean)
  return all.filter(
    (path) => !all.some((other) => isInside(other, path) && rootOf(roots, other) === rootOf(roots, path)),
  )
}

/** The innermost writable root that holds a path, or null. */
function rootOf(roots: readonly string[], path: string): string | null {
  const holding = roots.filter((root) => isInside(root, path))
  return holding.sort((a, b) => depth(b) - depth(a))[0] ?? null
}

function between(root: string, path: string): string[] {
  const parents: string[] = []
  for (let parent = dirname(path); isInside(root, parent); parent = dirname(parent)) parents.push(parent)
  return parents
}

const isInside = (root: string, path: string): boolean =>
  path !== root && path.startsWith(root === sep ? sep : root + sep)
const depth = (path: string): number => path.split(sep).length
const clean = (path: string): string => join(path).replace(/(.)\/+$/, '$1')
