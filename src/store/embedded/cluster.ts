import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { databaseError } from '../database-error.ts'
import { type Account, assertReachable } from './account.ts'
import { type Binaries, SERVER_ENV } from './binaries.ts'

export const SUPERUSER = 'supervisor'
const INITDB_TIMEOUT_MS = 120_000
const HALF_MADE_MAX_AGE_MS = 10 * 60_000

/** The password of the cluster, made once; readable for its owner only. Several first starters agree on one. */
export function clusterPassword(dir: string): string {
  const file = join(dir, 'secret')
  if (!existsSync(file)) {
    const mine = `${file}.${randomUUID()}`
    try {
      writeFileSync(mine, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
      linkSync(mine, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(mine, { force: true })
    }
  }
  return readFileSync(file, 'utf8').trim()
}

/**
 * Makes the cluster in `data` unless there is one. It is made under another name and renamed when complete: a process
 * killed half-way leaves no half cluster, and of several first starters one wins.
 */
export async function ensureCluster(o: {
  dir: string
  data: string
  binaries: Binaries
  account: Account | null
  password: string
  durable: boolean
}): Promise<void> {
  if (existsSync(join(o.data, 'PG_VERSION'))) return
  await removeHalfMade(o.dir)
  const half = join(o.dir, `new-${randomUUID()}`)
  try {
    await mkdir(half, { mode: 0o700 })
    const passwordFile = join(half, 'password')
    writeFileSync(passwordFile, o.password, { mode: 0o600 })
    if (o.account !== null) {
      for (const path of [half, passwordFile]) chownSync(path, o.account.uid, o.account.gid)
      assertReachable(half, o.account)
    }
    await runInitdb(o.binaries.initdb, o.account, [
      ...['-D', join(half, 'data'), '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
      ...['-E', 'UTF8', '--locale=C', ...(o.durable ? [] : ['--no-sync'])],
    ])
    await rename(join(half, 'data'), o.data)
  } catch (error) {
    if (existsSync(join(o.data, 'PG_VERSION'))) return // another starter was faster
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    throw databaseError(
      `starting the embedded Postgres: ${o.data} is not empty, but holds no database. Move it away and start again.`,
      error,
    )
  } finally {
    await rm(half, { recursive: true, force: true })
  }
}

/** Starts the server in a session of its own: it outlives us and our process group, and does not keep us running. */
export function spawnServer(o: {
  dir: string
  data: string
  binaries: Binaries
  account: Account | null
  port: number
  durable: boolean
}): { readonly pid: number | undefined; exited(): boolean } {
  const log = openLog(logFile(o.dir))
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '64MB',
    // Statements and values of people's data stay out of the log; so does what would make it grow without end.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...(o.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const options = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  try {
    const child = spawn(o.binaries.postgres, ['-D', o.data, '-p', String(o.port), ...options], {
      ...o.account,
      cwd: o.data,
      env: SERVER_ENV,
      detached: true,
      stdio: ['ignore', log, log],
    })
    let gone = false
    child.once('error', () => {
      gone = true
    })
    child.once('exit', () => {
      gone = true
    })
    child.unref()
    return { pid: child.pid, exited: () => gone }
  } finally {
    closeSync(log)
  }
}

export const logFile = (dir: string): string => join(dir, 'postgres.log')

/** The last lines of the server's log, for an error message. */
export function logTail(dir: string): string {
  const file = logFile(dir)
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' | ').slice(-800) : 'no log'
}

function openLog(file: string): number {
  const tooLong = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 5_000_000
  return openSync(file, tooLong ? 'w' : 'a', 0o600)
}

function runInitdb(initdb: string, account: Account | null, argv: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(initdb, argv, {
      ...account,
      env: SERVER_ENV,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: INITDB_TIMEOUT_MS,
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-2000)
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) return resolve()
      reject(databaseError(`making the embedded database: initdb ended with ${code ?? signal}: ${stderr.trim()}`))
    })
  })
}

/** What starters that were killed in the middle have left; young ones may still be at work. */
async function removeHalfMade(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith('new-')) continue
    const found = await stat(join(dir, name)).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > HALF_MADE_MAX_AGE_MS) {
      await rm(join(dir, name), { recursive: true, force: true })
    }
  }
}
