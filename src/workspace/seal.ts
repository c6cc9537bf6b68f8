import { randomUUID } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { removeTree } from './remove-tree.ts'

/**
 * Makes a directory our bare repository, or makes it ours again.
 *
 * An agent outside a sandbox can write here, and a repository's `config`, hooks, attributes, grafts and alternates all
 * change what git does or runs. So all of it is put back before each use to the few lines that we wrote. Creating and
 * mending are the same act: safe to repeat, and a half-made mirror is finished by the next call.
 * Layout: gitrepository-layout(5).
 */
export async function sealMirror(dir: string): Promise<void> {
  if (isSealed(dir)) return
  for (const path of directories(dir)) await ensureDirectory(path)
  await ensureFile(join(dir, 'config'), CONFIG)
  await ensureFile(join(dir, 'HEAD'), HEAD)
  for (const path of FORBIDDEN) await removeTree(join(dir, path))
  const info = await readdir(join(dir, 'info')).catch(() => [])
  // `info/refs` is git's own, written when it packs.
  for (const name of info.filter((n) => n !== 'refs')) await removeTree(join(dir, 'info', name))
}

/**
 * Nearly always nothing is to be done. Some twenty names are looked at before every git command, so it is done at once:
 * a tenth of a millisecond, where as many asynchronous calls take several.
 */
function isSealed(dir: string): boolean {
  const find = (path: string) => lstatSync(join(dir, path), { throwIfNoEntry: false })
  const holds = (path: string, content: string): boolean => {
    const found = find(path)
    return (
      found?.isFile() === true && found.size === content.length && readFileSync(join(dir, path), 'utf8') === content
    )
  }
  try {
    return (
      directories(dir).every((path) => lstatSync(path).isDirectory()) &&
      holds('config', CONFIG) &&
      holds('HEAD', HEAD) &&
      FORBIDDEN.every((path) => find(path) === undefined) &&
      (find('info') === undefined || readdirSync(join(dir, 'info')).every((name) => name === 'refs'))
    )
  } catch {
    return false
  }
}

const directories = (dir: string): string[] => [dir, join(dir, 'objects'), join(dir, 'refs')]

/** Writes a file only if it is not already exactly so; never through a symbolic link, never half. */
export async function ensureFile(path: string, content: string): Promise<void> {
  const found = await lstat(path).catch(() => null)
  if (
    found?.isFile() === true &&
    found.size === Buffer.byteLength(content) &&
    (await readFile(path, 'utf8')) === content
  )
    return
  if (found !== null && !found.isFile()) await removeTree(path)
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    await writeFile(draft, content, { flag: 'wx', mode: 0o600 })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

export async function ensureDirectory(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null)
  if (found?.isDirectory() === true) return
  if (found !== null) await removeTree(path)
  await mkdir(path, { recursive: true, mode: 0o700 })
}

/** A repository of format 0 with SHA-1 names: what GitHub speaks. */
const CONFIG = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n\tlogallrefupdates = false\n'

/** A branch that never exists: no branch of the repository is the mirror's own, so none is special. */
const HEAD = 'ref: refs/heads/supervise.none\n'

const FORBIDDEN = [
  'hooks',
  'config.worktree',
  'shallow',
  'gitmodules',
  'fsmonitor--daemon',
  'objects/info/alternates',
  'objects/info/http-alternates',
  'objects/info/commit-graph',
  'objects/info/commit-graphs',
] as const
