import { constants } from 'node:fs'
import { access, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, sep } from 'node:path'
import { BASE_PATH } from '../../process/base-path.ts'

export interface FoundProgram {
  /** What is started: the real file, behind all links. */
  readonly file: string
  /** What the box must show for it: its package with those of the same vendor beside it, or the file alone. */
  readonly install: string
}

/**
 * Finds an agent's program and what belongs to it. npm's packages of agents are a small launcher beside a native
 * program in a package of its own: both lie in the vendor's folder (`node_modules/@vendor`), which is shown whole.
 * @param path where a name without a slash is looked for
 */
export async function findProgram(program: string, path: string = BASE_PATH): Promise<FoundProgram | null> {
  const places = isAbsolute(program) ? [program] : path.split(':').map((directory) => join(directory, program))
  for (const place of places) {
    const file = await realpath(place).catch(() => null)
    if (file !== null && (await isExecutable(file))) return { file, install: installOf(file) }
  }
  return null
}

/** The native program of a vendor's package for this machine: `node_modules/@vendor/*-linux-x64/…/bin/<name>`. */
export async function nativeBeside(found: FoundProgram, name: string): Promise<FoundProgram> {
  if (!(await stat(found.install)).isDirectory()) return found
  const suffix = `-${process.platform}-${process.arch}`
  for (const root of [found.install, ...(await nestedIn(found.install))]) {
    for (const pack of await names(root)) {
      if (!pack.endsWith(suffix)) continue
      const vendor = join(root, pack, 'vendor')
      for (const triple of await names(vendor)) {
        const file = join(vendor, triple, 'bin', name)
        if (await isExecutable(file)) return { ...found, file }
      }
    }
  }
  return found
}

/** npm sometimes puts a package's own dependencies below it. */
const nestedIn = async (install: string): Promise<string[]> =>
  (await names(install)).map((pack) => join(install, pack, 'node_modules', basename(install)))

function installOf(file: string): string {
  const parts = file.split(sep)
  const at = parts.lastIndexOf('node_modules')
  if (at === -1) return file
  // `node_modules/@vendor` where the package has a vendor, else `node_modules/package`.
  return parts.slice(0, at + 2).join(sep)
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}

const names = (directory: string): Promise<string[]> => readdir(directory).catch(() => [])

/** For people: where it was looked for, and what to do. */
export function notFound(backend: string, program: string, hint: string): string {
  const where = isAbsolute(program) ? 'it is not there, or not executable' : `it is in none of ${BASE_PATH}`
  const { dir, name } = { dir: dirname(program), name: basename(program) }
  const also = dir === '.' ? `, or give its absolute path in backends.${backend}.command` : ''
  return `the backend "${backend}" runs ${name}: ${where}. ${hint}${also}`
}
