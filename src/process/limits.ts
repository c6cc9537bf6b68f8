import { totalmem } from 'node:os'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

/** Threads count, too: a large build has some hundreds. */
export const MAX_PROCESSES = 4_096
const MAX_FILE_BYTES = 4 * GIB
const BLOCK_BYTES = 512
/** Of all of a box together, beside its /tmp: as much as leaves the machine its breath. */
const MEMORY_SHARE = 0.6
const MOST_MEMORY_BYTES = 8 * GIB
const LEAST_MEMORY_BYTES = 512 * MIB

/**
 * Starts what follows it with limits that everything in the box inherits: no core dumps, no file above 4 GiB, so many
 * processes. And when the machine runs out of memory, the kernel is to take from the box first, never a database.
 *
 * A constant script of POSIX's `ulimit`, the one setter that every machine with a shell has; whichever of the two names
 * for the count of processes the shell knows is taken.
 * @param procs of a control group that counts (process-count.ts); null = `ulimit` does it
 */
export function withLimits(maxProcesses: number, procs: string | null): [string, ...string[]] {
  return ['/bin/sh', '-c', SCRIPT, 'sh', procs ?? '/dev/null', String(maxProcesses)]
}

const SCRIPT = `echo $$ > "$1"
echo 500 2>/dev/null > /proc/self/oom_score_adj
ulimit -c 0
ulimit -f ${MAX_FILE_BYTES / BLOCK_BYTES}
{ ulimit -u "$2" || ulimit -p "$2"; } 2>/dev/null
shift 2
exec "$@"`

/** What the processes of one box may hold together. */
export function memoryLimitBytes(machineBytes: number = machineMemory()): number {
  return Math.max(LEAST_MEMORY_BYTES, Math.min(MOST_MEMORY_BYTES, Math.floor(machineBytes * MEMORY_SHARE)))
}

/** A container's own limit, where there is one. */
function machineMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}
