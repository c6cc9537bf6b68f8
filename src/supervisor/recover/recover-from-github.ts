import { setTimeout as sleep } from 'node:timers/promises'
import type { Corridor } from '../corridor.ts'
import { reconcileDue } from '../reconcile/reconcile.ts'
import { sweepDeliveries } from './sweep-deliveries.ts'

/** The web half of a program that starts both needs a moment before it can be delivered to. */
const FIRST_MS = 2_000
/** How often it is looked whether something is due; that costs no request. */
const LOOK_MS = 5_000

/** Fetches what GitHub has not told us: failed deliveries at start and every few minutes, then what was never sent. */
export function startRecoveryFromGitHub(corridor: Corridor): { stop: () => Promise<void> } {
  const stopped = new AbortController()
  const stopping = (): boolean => stopped.signal.aborted
  const tried = async (what: string, work: () => Promise<void>): Promise<void> => {
    if (stopping()) return
    await work().catch((error: unknown) => corridor.log.warn({ err: error }, what))
  }
  const run = async (): Promise<void> => {
    let startedAt: Date | null = new Date()
    for (let pauseMs = FIRST_MS; !stopping(); pauseMs = LOOK_MS) {
      await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined)
      await tried('sweeping failed deliveries', () => sweepDeliveries(corridor, stopping, startedAt))
      await tried('comparing with GitHub', () => reconcileDue(corridor, stopping))
      startedAt = null
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}
