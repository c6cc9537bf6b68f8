import { lstat, mkdir, readdir, readlink, realpath, stat, symlink } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'

export interface InstalledPackages {
  /** What the box must be able to read. */
  readonly readOnly: readonly string[]
  /** Lays them into a fresh checkout of the repository. */
  readonly lay: (tree: string) => Promise<void>
  /** For people: where they were found. */
  readonly found: readonly string[]
}

const MAX_ENTRIES = 20_000

/**
 * The packages that somebody installed in a repository's working tree, for checkouts of its commits, where nothing can be
 * fetched. Each entry of a `node_modules` becomes a link, so that the directory itself is writable (runners keep caches
 * there) and what is in it is not. A link that leads back into the repository (a workspace, the package itself) leads to
 * the same place of the checkout: the code under test is always that of the commit.
 * @param root     the working tree
 * @param packages directories with a package.json, relative to it; '' is the root
 * @returns null where nothing is installed
 */
export async function installedPackages(root: string, packages: readonly string[]): Promise<InstalledPackages | null> {
  const stores: { at: string; from: string }[] = []
  for (const at of packages) {
    const from = join(root, at, 'node_modules')
    if ((await stat(from).catch(() => null))?.isDirectory() === true) stores.push({ at, from: await realpath(from) })
  }
  if (stores.length === 0) return null
  const outside = new Set<string>()
  for (const { from } of stores) for (const path of await leadingOut(from, root)) outside.add(path)
  return {
    readOnly: [...stores.map(({ from }) => from), ...outside],
    found: stores.map(({ at }) => join(at, 'node_modules')),
    lay: async (tree) => {
      for (const { at, from } of stores)
        await layStore(join(root, at, 'node_modules'), from, join(tree, at, 'node_modules'), root)
    },
  }
}

async function layStore(named: string, from: string, to: string, root: string): Promise<void> {
  // A directory that the commit does not have, or one that it brings itself.
  const parent = await lstat(dirname(to)).catch(() => null)
  if (parent?.isDirectory() !== true || (await lstat(to).catch(() => null)) !== null) return
  await mkdir(to)
  for (const name of await entriesOf(from)) {
    const isScope = name.startsWith('@') && (await lstat(join(from, name))).isDirectory()
    if (isScope) {
      await mkdir(join(to, name))
      for (const inner of await entriesOf(join(from, name))) {
        await link(join(from, name, inner), join(named, name, inner), join(to, name, inner), root)
      }
    } else if (!/^\.(?:cache|vite|vitest|package-lock\.json)/.test(name)) {
      await link(join(from, name), join(named, name), join(to, name), root)
    }
  }
}

/** `named` is where the entry stands in the working tree, by which its relative links are meant. */
async function link(entry: string, named: string, to: string, root: string): Promise<void> {
  const target = await linkTarget(entry, named)
  const inRepository = target === null ? null : insideOf(root, target)
  await symlink(
    inRepository === null ? entry : relative(dirname(to), join(to, relative(named, join(root, inRepository)))),
    to,
  )
}

/** A link's target that lies in the repository but not among its packages, relative to its root; else null. */
function insideOf(root: string, target: string): string | null {
  const path = relative(root, target)
  const isOurs = !path.startsWith('..') && !isAbsolute(path) && !path.split('/').includes('node_modules')
  return isOurs ? path : null
}

async function linkTarget(entry: string, named: string): Promise<string | null> {
  if (!(await lstat(entry)).isSymbolicLink()) return null
  return resolve(dirname(named), await readlink(entry))
}

/** Directories outside of store and repository that links of the store lead to: a global store, a linked package. */
async function leadingOut(from: string, root: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await entriesOf(from)) {
    const entry = join(from, name)
    if (!(await lstat(entry)).isSymbolicLink()) continue
    const real = await realpath(entry).catch(() => null)
    if (real === null || !relative(from, real).startsWith('..') || !relative(root, real).startsWith('..')) continue
    if (real.split('/').length > 3) found.push(real)
  }
  return found
}

async function entriesOf(dir: string): Promise<string[]> {
  return (await readdir(dir)).slice(0, MAX_ENTRIES)
}
