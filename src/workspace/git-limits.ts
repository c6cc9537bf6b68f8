import { randomUUID } from 'node:crypto'
import { markerFor } from '../process/marker.ts'
import { sweepLeftovers } from '../process/sweep.ts'

export type StopReason = 'timeout' | 'aborted' | 'overflow'

export const DEFAULT_MAX_OUTPUT_BYTES = 64 * 1024 * 1024

/**
 * The ends that a git run can be put to. First cause wins: `reason()` is whatever stopped it, or null if git ended by
 * itself.
 *
 * simple-git interrupts git itself and nothing else, but git has helpers (`git-remote-https` holds our credential), and
 * they outlive it. So every git carries the marker of a run, and a run that was stopped is over only when no process
 * with its marker is left. After a crash of ours the sweep at the next start finds a git by the same marker.
 */
export function limitsOf(call: { timeoutMs?: number; maxOutputBytes?: number; signal?: AbortSignal }) {
  const controller = new AbortController()
  const runId = `git-${randomUUID()}`
  const maxBytes = call.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES
  const { promise: gone, resolve: allGone } = Promise.withResolvers<void>()
  let reason: StopReason | null = null
  let bytes = 0
  let sweep: NodeJS.Timeout | undefined
  const stop = (why: StopReason) => {
    if (reason !== null) return
    reason = why
    controller.abort()
    sweep = setTimeout(() => void sweepLeftovers([runId]).finally(allGone), GRACE_MS)
  }
  const onAbort = () => stop('aborted')
  const timer = setTimeout(() => stop('timeout'), call.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  call.signal?.addEventListener('abort', onAbort, { once: true })
  if (call.signal?.aborted === true) onAbort()
  return {
    marker: markerFor(runId),
    signal: controller.signal,
    /** Settles only for a run that was stopped, when nothing of it is left. */
    gone,
    reason: () => reason,
    count(chunk: Buffer) {
      bytes += chunk.length
      if (bytes > maxBytes) stop('overflow')
    },
    /** Takes the limits off a run that ended; of one that was stopped it removes what is left. */
    async release() {
      clearTimeout(timer)
      clearTimeout(sweep)
      call.signal?.removeEventListener('abort', onAbort)
      if (reason !== null) await sweepLeftovers([runId])
    },
  }
}

const DEFAULT_TIMEOUT_MS = 120_000
/** git removes its lock files when interrupted, and gets this long for it. */
const GRACE_MS = 500
