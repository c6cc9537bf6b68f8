import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** One line of the kernel's process table. */
export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
  /** Clock ticks since boot; with the pid it names a process for good, as pids are given out again. */
  readonly startTime: string
}

/** Every living process that we can see; empty on systems without /proc. */
export function listProcesses(): ProcessRow[] {
  return entries('/proc').flatMap((name) => {
    const row = /^\d+$/.test(name) ? readProcess(Number(name)) : null
    return row === null ? [] : [row]
  })
}

/** A living process, or null: a zombie is dead, it only waits for its parent to notice. */
export function readProcess(pid: number): ProcessRow | null {
  const stat = read(`/proc/${pid}/stat`)
  // The name in parentheses may itself hold spaces and parentheses: fields count from the last one (proc(5)).
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parent, group, session] = fields ?? []
  const startTime = fields?.[19]
  if (state === undefined || startTime === undefined || state === 'Z' || state === 'X') return null
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), startTime }
}

/** One variable of the environment that a process of our own user was started with, or null. */
export function startedWith(pid: number, variable: string): string | null {
  if (!isOurs(pid)) return null
  const prefix = `${variable}=`
  const entry = read(`/proc/${pid}/environ`)
    ?.split('\0')
    .find((line) => line.startsWith(prefix))
  return entry === undefined ? null : entry.slice(prefix.length)
}

/** Number of the pid namespace that a process (`'self'`: our own) lives in, or null. */
export function pidNamespaceOf(pid: number | 'self'): string | null {
  try {
    return /\d+/.exec(readlinkSync(`/proc/${pid}/ns/pid`))?.[0] ?? null
  } catch {
    return null
  }
}

function isOurs(pid: number): boolean {
  try {
    return lstatSync(`/proc/${pid}`).uid === process.getuid?.()
  } catch {
    return false
  }
}

// Processes end while they are looked at: what cannot be read is not there.
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
