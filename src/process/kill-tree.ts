import { setTimeout as sleep } from 'node:timers/promises'
import { RUN_VARIABLE } from './marker.ts'
import { listProcesses, type ProcessRow, pidNamespaceOf, readProcess, startedWith } from './proc-table.ts'

/** Looks at the process table before we give up: a tree that forks faster than we kill must not hold us for ever. */
const MAX_LOOKS = 50
const LOOK_EVERY_MS = 20

/** Sends a signal to a process group; a group that is gone already is no error. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  send(-group, signal)
}

/**
 * Has a group killed when we exit in an orderly way, as an unboxed tree does not die with us by itself (after a crash
 * there is `sweepLeftovers`).
 * @returns takes it back
 */
export function killAtExit(group: number): () => void {
  if (groupsAtExit.size === 0) process.on('exit', killGroups)
  groupsAtExit.add(group)
  return () => {
    groupsAtExit.delete(group)
    if (groupsAtExit.size === 0) process.removeListener('exit', killGroups)
  }
}

const groupsAtExit = new Set<number>()
const killGroups = (): void => {
  for (const group of groupsAtExit) signalGroup(group, 'SIGKILL')
}

/**
 * Kills everything that is left of a run without a sandbox: its group, its session, and whoever carries its marker
 * (a `setsid` child is in neither group nor session). A process that leaves both *and* drops its environment escapes:
 * only the sandbox's pid namespace holds that one.
 * @returns false where something was still alive after the last look
 */
export async function killLeftovers(rootPid: number, marker: string): Promise<boolean> {
  signalGroup(rootPid, 'SIGKILL')
  const { gone } = await killUntilNone((rows) =>
    rows.filter(
      (row) => row.group === rootPid || row.session === rootPid || startedWith(row.pid, RUN_VARIABLE) === marker,
    ),
  )
  return gone
}

/**
 * Kills the processes that `pick` names, looking again until two looks in a row find none (one look may miss a
 * process that was forked while the table was read). Never kills ourselves or whoever started us.
 */
export async function killUntilNone(
  pick: (rows: readonly ProcessRow[]) => readonly ProcessRow[],
): Promise<{ killed: number; gone: boolean }> {
  const seen = new Set<string>()
  const spared = selfAndAncestors()
  let clean = 0
  for (let look = 0; look < MAX_LOOKS && clean < 2; look += 1) {
    const found = pick(listProcesses()).filter((row) => !spared.has(row.pid))
    for (const row of found) {
      seen.add(`${row.pid}/${row.startTime}`)
      send(row.pid, 'SIGKILL')
    }
    clean = found.length === 0 ? clean + 1 : 0
    if (clean < 2) await sleep(found.length === 0 ? 1 : LOOK_EVERY_MS)
  }
  return { killed: seen.size, gone: clean >= 2 }
}

/**
 * Waits until the first process of a sandbox is gone. The kernel lets it go only after every process of its pid
 * namespace is dead (pid_namespaces(7)), so this proves the whole tree gone. It dies with bwrap by itself; it is
 * killed here too, for the case that bwrap was stopped before it could arrange that.
 */
export async function waitForNamespace(init: { pid: number; namespace: string }): Promise<boolean> {
  const first = readProcess(init.pid)
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    if (first === null || readProcess(init.pid)?.startTime !== first.startTime) return true
    if (pidNamespaceOf(init.pid) === init.namespace) send(init.pid, 'SIGKILL')
    await sleep(LOOK_EVERY_MS)
  }
  return false
}

/** A supervisor may itself have been started by what an earlier one left behind, a shell for instance. */
function selfAndAncestors(): Set<number> {
  const line = new Set<number>()
  for (let pid = process.pid; pid > 0 && !line.has(pid); pid = readProcess(pid)?.parent ?? 0) line.add(pid)
  return line
}

function send(target: number, signal: NodeJS.Signals): void {
  // kill(2): 0 and -1 mean "our own group" and "everybody". Neither may ever be reached by a missing pid.
  if (!Number.isSafeInteger(target) || Math.abs(target) <= 1) return
  try {
    process.kill(target, signal)
  } catch {
    // ESRCH: gone already, which is what we want. EPERM: not ours to kill; the caller's next look tells.
  }
}
