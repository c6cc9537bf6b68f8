import type { Lease } from '../../store/leases.ts'
import { HEARTBEAT_MS, LEASE_MS, renewLease } from '../../store/leases.ts'
import type { Corridor } from '../corridor.ts'

export interface Heartbeat {
  /** Looks for commands now instead of with the next beat. */
  readonly look: () => void
  readonly stop: () => Promise<void>
}

export interface HeartbeatEvents {
  readonly onLost: () => void
  readonly onCommands: () => Promise<void>
}

/**
 * Renews a lease and looks for commands, every two seconds. A beat that fails (database away) is tried again; when the
 * lease must have run out by then, the step is stopped: nothing may be written under it any more.
 */
export function startHeartbeat(corridor: Corridor, lease: Lease, events: HeartbeatEvents): Heartbeat {
  let renewedAt = performance.now()
  let stopped = false
  let beating: Promise<void> = Promise.resolve()

  const beat = async (): Promise<void> => {
    if (stopped) return
    try {
      if (!(await renewLease(corridor.db, lease))) return events.onLost()
      renewedAt = performance.now()
      await events.onCommands()
    } catch (error) {
      corridor.log.warn({ err: error, task_id: lease.taskId }, 'heartbeat')
      if (performance.now() - renewedAt > LEASE_MS) events.onLost()
    }
  }
  const look = (): void => {
    beating = beating.then(beat)
  }
  const timer = setInterval(look, HEARTBEAT_MS)
  return {
    look,
    stop: async () => {
      clearInterval(timer)
      stopped = true
      await beating
    },
  }
}
