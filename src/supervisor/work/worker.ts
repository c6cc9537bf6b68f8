import { advance } from '../../store/advance.ts'
import { pendingCommands } from '../../store/commands.ts'
import { readHold } from '../../store/hold.ts'
import type { Lease } from '../../store/leases.ts'
import { LeaseLost, releaseLease, takeLease } from '../../store/leases.ts'
import { deadSurface } from '../../store/outbox.ts'
import { wake } from '../../store/queue.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { readTask } from '../../store/tasks.ts'
import { isFinal, isStepped } from '../../task/states.ts'
import { applyCommands, interrupts } from '../apply/apply-command.ts'
import type { Corridor } from '../corridor.ts'
import { sparesMade } from '../git/spare.ts'
import { afterFailure } from './after-failure.ts'
import { findOut, isSuspicious, whyAway } from './find-out.ts'
import { startHeartbeat } from './heartbeat.ts'
import { restWhileHeld } from './hold.ts'
import { restEnd } from './rest.ts'
import { STEPS } from './steps.ts'

/** A task that does not come to rest within this many transitions of one drive is broken; it goes on with the next wake. */
const MAX_MOVES = 100

export interface Worker {
  /** Takes the task's lease if it is free and works until the task rests or ends. Returns at once. */
  readonly start: (taskId: string) => void
  /** A command came for a task: whoever works on it here looks at once. */
  readonly hear: (taskId: string) => void
  /** Interrupts everything under way, gives the leases back, and resolves when all is quiet. */
  readonly stop: () => Promise<void>
}

interface Drive {
  readonly done: Promise<void>
  readonly look: () => void
  readonly interrupt: (reason: Error) => void
  again: boolean
}

export function createWorker(corridor: Corridor): Worker {
  const drives = new Map<string, Drive>()
  let stopping = false

  const start = (taskId: string): void => {
    if (stopping) return
    const present = drives.get(taskId)
    if (present) {
      present.again = true
      present.look()
      return
    }
    const controller = new AbortController()
    let look = (): void => undefined
    const drive: Drive = {
      again: false,
      look: () => look(),
      interrupt: (reason) => controller.abort(reason),
      done: driveTask(corridor, taskId, controller, (l) => {
        look = l
      })
        .catch((error: unknown) => corridor.log.error({ err: error, task_id: taskId }, 'driving the task'))
        .finally(() => {
          drives.delete(taskId)
          if (drive.again && !stopping) start(taskId)
        }),
    }
    drives.set(taskId, drive)
  }

  return {
    start,
    hear: (taskId) => drives.get(taskId)?.look(),
    stop: async () => {
      stopping = true
      for (const drive of drives.values()) drive.interrupt(new Error('the worker is shutting down'))
      await Promise.all([...drives.values()].map((d) => d.done))
      await sparesMade(corridor)
    },
  }
}

async function driveTask(
  corridor: Corridor,
  taskId: string,
  shutdown: AbortController,
  onLook: (look: () => void) => void,
): Promise<void> {
  const lease = await takeLease(corridor.db, taskId, corridor.workerId)
  if (!lease) return
  let step = new AbortController()
  const beat = startHeartbeat(corridor, lease, {
    onLost: () => step.abort(new LeaseLost(`task ${taskId} is no longer ours`)),
    onCommands: async () => {
      if ((await pendingCommands(corridor.db, taskId)).some(interrupts))
        step.abort(new Error('a command stops this step'))
      else if ((await readHold(corridor.db))?.interrupts) step.abort(new Error('the operator stops everything'))
    },
  })
  onLook(beat.look)
  try {
    for (let moves = 0; moves < MAX_MOVES && !shutdown.signal.aborted; moves++) {
      step = new AbortController()
      const signal = AbortSignal.any([step.signal, shutdown.signal])
      if (!(await moveOnce(corridor, lease, signal))) break
    }
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error
    corridor.log.warn({ task_id: taskId, epoch: lease.epoch }, 'another worker took the task over')
  } finally {
    await beat.stop()
    await releaseLease(corridor.db, lease)
  }
  // A command or a receipt may have come between the last look and the release; another worker's wake for it has then found
  // the lease taken. After a failure it is left to the sweep, which comes back with a pause.
  if ((await pendingCommands(corridor.db, taskId, 1)).length > 0 || (await isRestOver(corridor, taskId)))
    await wake(corridor.db.prisma, { kind: 'task', taskId })
}

async function isRestOver(corridor: Corridor, taskId: string): Promise<boolean> {
  const task = await readTask(corridor.db, taskId)
  return task !== null && restEnd(task, new Date(), false) !== null
}

/** Applies what people said, then makes one transition. @returns whether there may be more to do now */
async function moveOnce(corridor: Corridor, lease: Lease, signal: AbortSignal): Promise<boolean> {
  const { db } = corridor
  await applyCommands(corridor, lease)
  const task = await readTask(db, lease.taskId)
  if (!task || isFinal(task.state)) return false
  if (task.waitingOn !== null) return endRest(corridor, lease, task)
  if (!isStepped(task.state)) return false
  if (await restWhileHeld(corridor, lease, task)) return true
  const away = await whyAway(corridor, task)
  if (away) return (await advance(db, lease, task, away)) !== null
  try {
    const move = await STEPS[task.state]({ corridor, task, lease, signal })
    signal.throwIfAborted()
    return (await advance(db, lease, task, move)) !== null
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    if (signal.aborted) return !(signal.reason instanceof LeaseLost)
    const move = (isSuspicious(error) ? await findOut(corridor, task, error) : null) ?? afterFailure(task, error)
    corridor.log.warn({ err: error, task_id: task.id, state: task.state, event: move.event }, 'the step failed')
    return (await advance(db, lease, task, move)) !== null
  }
}

const GIVEN_UP = { event: 'woke', reasonCode: 'wait_over' } as const

async function endRest(corridor: Corridor, lease: Lease, task: StoredTask): Promise<boolean> {
  // What GitHub will not take never arrives: the step that asked for it says so now, not when its wait is over.
  const refused = task.waitingOn === 'ci' && (await deadSurface(corridor.db, task.id, ['branch', 'pull'])) !== null
  const end = refused ? GIVEN_UP : restEnd(task, new Date(), corridor.slots.free() > 0)
  if (end) return (await advance(corridor.db, lease, task, end)) !== null
  // What is over and still waits has no time to come back at: a place is given by the slots, the rest by the sweep.
  if (task.waitingUntil && task.waitingUntil > new Date())
    await wake(corridor.db.prisma, { kind: 'task', taskId: task.id }, task.waitingUntil)
  return false
}
