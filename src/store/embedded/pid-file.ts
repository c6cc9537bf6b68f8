import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What `postmaster.pid` says; Postgres writes it and nobody else. */
export interface PidFile {
  readonly pid: number
  /** null as long as the server has not come that far. */
  readonly port: number | null
  readonly text: string
}

export function readPidFile(data: string): PidFile | null {
  const text = readOrNull(join(data, 'postmaster.pid'))
  if (text === null) return null
  const lines = text.split('\n')
  const port = Number(lines[3])
  // A standalone backend writes a negative pid; it is a process all the same.
  return { pid: Math.abs(Number.parseInt(lines[0] ?? '', 10)) || 0, port: port > 0 ? port : null, text }
}

/**
 * Is this pid the living server of this data directory? A crash leaves the file behind, and the pid can be a zombie
 * (where process 1 does not reap) or belong to another program by now: Postgres itself would then refuse to start.
 */
export function isServerAlive(data: string, pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  if (process.platform !== 'linux') return true
  const stat = readOrNull(`/proc/${pid}/stat`)
  if (stat !== null && !/^\d+ \(postgres\) [^ZX]/.test(stat)) return false
  try {
    // The server stands in its data directory. Root without CAP_SYS_PTRACE may not look; then the name must do.
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'EACCES' || code === 'EPERM'
  }
}

/** Removes the file of a dead server, and puts it back when another starter has written a new one meanwhile. */
export function removeStalePidFile(data: string, stale: PidFile): void {
  const file = join(data, 'postmaster.pid')
  const aside = `${file}.${randomUUID()}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    if (readOrNull(aside) !== stale.text) linkSync(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return null
    throw error
  }
}
