import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readProcess } from './proc-table.ts'

/**
 * The kernel exempts root from RLIMIT_NPROC, also a root that has become nobody in a user namespace without any
 * capability (copy_process in kernel/fork.c asks for the user of the first namespace). So where the supervisor runs as
 * root, the processes of a box are counted by a control group instead; elsewhere the limit of `ulimit` holds.
 */
export interface ProcessCount {
  /** File that a process writes its pid to in order to be counted; null = `ulimit` does it. */
  readonly procs: string | null
  close(): Promise<void>
}

const NOT_NEEDED: ProcessCount = { procs: null, close: async () => undefined }
const PREFIX = 'supervisor-box-'
const REMOVE_TRIES = 20
const REMOVE_EVERY_MS = 10

/** How the processes of a box are counted here: told by `supervisor doctor`. `nobody` = they are not. */
export function processesAreCountedBy(): 'ulimit' | 'control group' | 'nobody' {
  if (process.getuid?.() !== 0) return 'ulimit'
  return groupRoot() === null ? 'nobody' : 'control group'
}

/** Never throws: a box without this limit still has all the others, and `supervisor doctor` says so. */
export function countProcesses(max: number): ProcessCount {
  const root = process.getuid?.() === 0 ? groupRoot() : null
  if (root === null) return NOT_NEEDED
  const dir = join(root, `${PREFIX}${process.pid}-${++count}`)
  try {
    removeOrphans(root)
    mkdirSync(dir)
    writeFileSync(join(dir, 'pids.max'), String(max))
    return { procs: join(dir, 'cgroup.procs'), close: () => remove(dir) }
  } catch {
    return NOT_NEEDED
  }
}

let count = 0
let found: { root: string | null } | null = null

/** Where groups that count processes can be made: cgroups(7), version 2, else version 1. Looked up once. */
function groupRoot(): string | null {
  found ??= { root: candidates().find(canCount) ?? null }
  return found.root
}

function candidates(): string[] {
  const lines = (read('/proc/self/cgroup') ?? '').split('\n')
  const pathOf = (pattern: RegExp): string => lines.map((line) => pattern.exec(line)?.[1]).find((p) => p) ?? '/'
  return [join('/sys/fs/cgroup', pathOf(/^0::(.+)$/)), join('/sys/fs/cgroup/pids', pathOf(/^\d+:pids:(.+)$/))]
}

function canCount(root: string): boolean {
  const isVersion2 = existsSync(join(root, 'cgroup.subtree_control'))
  const given = isVersion2 ? (read(join(root, 'cgroup.subtree_control')) ?? '') : 'pids'
  const probe = join(root, `${PREFIX}${process.pid}-probe`)
  try {
    accessSync(join(root, 'cgroup.procs'), constants.W_OK)
    if (!given.split(/\s/).includes('pids')) writeFileSync(join(root, 'cgroup.subtree_control'), '+pids')
    mkdirSync(probe)
    try {
      return existsSync(join(probe, 'pids.max'))
    } finally {
      rmdirSync(probe)
    }
  } catch {
    return false
  }
}

/** Of supervisors that were killed: their names tell who made them. */
function removeOrphans(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (pid === undefined || readProcess(Number(pid)) !== null) continue
    try {
      rmdirSync(join(root, name))
    } catch {
      // Still in use: its box outlives its supervisor by a moment.
    }
  }
}

async function remove(dir: string): Promise<void> {
  for (let tries = 0; tries < REMOVE_TRIES; tries += 1) {
    try {
      return rmdirSync(dir)
    } catch {
      await sleep(REMOVE_EVERY_MS)
    }
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
