import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { BASE_PATH } from '../../src/process/base-path.ts'
import { type ProcessResult, type ProcessSpec, runProcess } from '../../src/process/run.ts'
import { type Box, probeSandbox } from '../../src/process/sandbox.ts'

export const BIN = join(import.meta.dirname, '../fixtures/bin')
export const bin = (name: string): string => join(BIN, name)

export const sandbox = await probeSandbox()
if (!sandbox.available) console.warn(`The tests of the sandbox do not run on this machine: ${sandbox.reason}`)

/** The two ways to run a process; the boxed one only where there is a sandbox. */
export const WAYS = sandbox.available ? (['boxed', 'unboxed'] as const) : (['unboxed'] as const)
export type Way = 'boxed' | 'unboxed'

export interface Room {
  readonly root: string
  readonly tree: string
  readonly home: string
  readonly runId: string
}

/** A directory with a work tree and a home, gone after the test. */
export function makeRoom(): Room {
  const root = mkdtempSync(join(tmpdir(), 'supervisor-test-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const room = { root, tree: join(root, 'tree'), home: join(root, 'home'), runId: `test-${randomUUID()}` }
  mkdirSync(room.tree)
  mkdirSync(room.home)
  return room
}

export const boxOf = (room: Room, readOnly: readonly string[] = []): Box => ({
  writable: [room.tree],
  readOnly: [BIN, ...readOnly],
  home: room.home,
})

export function run(
  room: Room,
  way: Way,
  argv: readonly [string, ...string[]],
  more: Partial<ProcessSpec> = {},
): Promise<ProcessResult> {
  return runProcess({
    argv,
    cwd: room.tree,
    env: { PATH: BASE_PATH },
    timeoutMs: 30_000,
    maxOutputBytes: 100_000,
    box: way === 'boxed' ? boxOf(room) : null,
    runId: room.runId,
    ...more,
  })
}

/** Living processes of this machine whose environment or command line holds the text. */
export function livingWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
        const holds = ['environ', 'cmdline'].some((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(text))
        return holds && state !== 'Z' && state !== 'X'
      } catch {
        return false
      }
    })
    .map(Number)
}

export async function waitFor(what: string, holds: () => boolean): Promise<void> {
  for (let look = 0; look < 500; look += 1) {
    if (holds()) return
    await sleep(20)
  }
  throw new Error(`waited 10 s for this in vain: ${what}`)
}
