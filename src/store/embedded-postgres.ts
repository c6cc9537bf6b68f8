import { chmodSync, existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { databaseError } from './database-error.ts'
import { assertReachable, serverAccount } from './embedded/account.ts'
import { findBinaries } from './embedded/binaries.ts'
import { clusterPassword, ensureCluster, logFile, logTail, SUPERUSER, spawnServer } from './embedded/cluster.ts'
import { connectKeeper, isPassing, type Keeper } from './embedded/keeper.ts'
import { isServerAlive, type PidFile, readPidFile, removeStalePidFile } from './embedded/pid-file.ts'

export interface EmbeddedPostgres {
  /** Connection string with the password in it: a secret. */
  readonly url: string
  /** True where another process had started the server, or an earlier one left it running. */
  readonly adopted: boolean
  /** Idempotent. The last one who closes stops the server. */
  close(): Promise<void>
}

const DATABASE = 'supervisor'
const START_TIMEOUT_MS = 90_000 // crash recovery included
const STOP_TIMEOUT_MS = 30_000
const MAX_FAILED_STARTS = 3

/**
 * Starts the Postgres that comes with us on a data directory, or joins the one that runs there already.
 *
 * There is no lock file. Postgres' own `postmaster.pid` decides who of several starters has the server, the cluster is
 * made by an atomic rename, and an advisory lock decides who may stop it (see embedded/keeper.ts). A process that dies
 * without `close` leaves the server running; the next one joins it.
 *
 * @param dir holds data, password, log; made if absent. Its parents must be open for the server's user where we are root.
 * @param durable false = fsync off, for tests
 * @throws OperatingError (configuration) that names the log file
 */
export async function openEmbeddedPostgres(o: { dir: string; durable?: boolean }): Promise<EmbeddedPostgres> {
  const dir = resolve(o.dir)
  const data = join(dir, 'data')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const account = serverAccount(data)
  if (account !== null) {
    chmodSync(dir, 0o711)
    assertReachable(data, account)
  }
  const password = clusterPassword(dir)
  const durable = o.durable ?? true
  const urlOf = (port: number, database: string) =>
    `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`

  const deadline = Date.now() + START_TIMEOUT_MS
  let child: ReturnType<typeof spawnServer> | null = null
  let failedStarts = 0
  let lastError: unknown
  while (Date.now() < deadline) {
    const running = readPidFile(data)
    if (running !== null && isServerAlive(data, running.pid)) {
      const keeper = await tryKeeper(running, urlOf, (error) => {
        lastError = error
      })
      if (keeper !== null && running.port !== null) {
        const pid = running.pid
        return {
          url: urlOf(running.port, DATABASE),
          adopted: pid !== child?.pid,
          close: closeOnce(dir, data, pid, keeper),
        }
      }
    } else if (child === null || child.exited()) {
      if (child !== null) failedStarts += 1
      if (failedStarts >= MAX_FAILED_STARTS) break
      if (running !== null) removeStalePidFile(data, running)
      const binaries = await findBinaries(dir, account)
      await ensureCluster({ dir, data, binaries, account, password, durable })
      child = spawnServer({ dir, data, binaries, account, port: await freePort(), durable })
    }
    await sleep(20)
  }
  throw databaseError(`starting the embedded Postgres in ${dir}: ${logTail(dir)} (see ${logFile(dir)})`, lastError)
}

/**
 * Stops the server of a directory whoever uses it; for those who own the directory, such as a test run.
 * Does nothing where none runs.
 */
export async function stopEmbeddedPostgres(dir: string): Promise<void> {
  const data = join(resolve(dir), 'data')
  const running = existsSync(data) ? readPidFile(data) : null
  if (running !== null) await stopServer(resolve(dir), data, running.pid)
}

async function tryKeeper(
  running: PidFile,
  urlOf: (port: number, database: string) => string,
  onPassing: (error: unknown) => void,
): Promise<Keeper | null> {
  if (running.port === null) return null
  try {
    return await connectKeeper(urlOf(running.port, 'postgres'), DATABASE)
  } catch (error) {
    if (!isPassing(error)) {
      const reason = error instanceof Error ? error.message : String(error)
      throw databaseError(`joining the embedded Postgres on port ${running.port}: ${reason}`, error)
    }
    onPassing(error)
    return null
  }
}

function closeOnce(dir: string, data: string, pid: number, keeper: Keeper): () => Promise<void> {
  let closing: Promise<void> | null = null
  const close = async () => {
    // A keeper that lost its server has nothing to stop.
    const last = await keeper.leave().catch(() => false)
    try {
      if (last) await stopServer(dir, data, pid)
    } finally {
      await keeper.end()
    }
  }
  return () => {
    closing ??= close()
    return closing
  }
}

/** SIGINT is Postgres' fast shutdown: clients are sent away, what is committed is kept. SIGQUIT stops without a checkpoint. */
async function stopServer(dir: string, data: string, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isServerAlive(data, pid)) return
    try {
      process.kill(pid, signal)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return
      throw databaseError(`stopping the embedded Postgres (pid ${pid}): it belongs to another user`, cause)
    }
    for (const deadline = Date.now() + STOP_TIMEOUT_MS; Date.now() < deadline; await sleep(10)) {
      if (!isServerAlive(data, pid)) return
    }
  }
  throw databaseError(`stopping the embedded Postgres (pid ${pid}): it still runs; see ${logFile(dir)}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
