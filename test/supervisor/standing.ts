import { advance } from '../../src/store/advance.ts'
import type { Lease } from '../../src/store/leases.ts'
import type { NewTask } from '../../src/store/tasks.ts'
import { accept } from '../../src/supervisor/accept/accept.ts'
import { applyCommands } from '../../src/supervisor/apply/apply-command.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import type { Happening } from '../../src/task/command.ts'
import type { State } from '../../src/task/states.ts'
import type { WaitingOn } from '../../src/task/task.ts'
import { REPOSITORY, type TestStore } from '../support/store.ts'
import { MAINTAINER } from './corridor.ts'

/** When everything in these tests happens on GitHub. */
export const AT = '2026-01-01T00:00:00Z'
const HEAD = 'a'.repeat(40)
let pulls = 1_000
let sources = 0

export interface Standing {
  readonly state: State
  readonly waitingOn?: WaitingOn
  /** Absent: none. */
  readonly pull?: 'pushed' | 'not pushed'
}

/** Every open state, at work and resting, but ARCHIVE. */
export const OPEN: readonly Standing[] = [
  { state: 'INTAKE' },
  { state: 'CLASSIFY' },
  { state: 'ROUTE' },
  { state: 'CLARIFY', waitingOn: 'clarification' },
  { state: 'PLAN', waitingOn: 'approval' },
  { state: 'PREPARE_WORKSPACE' },
  { state: 'EXECUTE' },
  { state: 'EXECUTE', waitingOn: 'capacity' },
  { state: 'REVIEW' },
  { state: 'VERIFY' },
  { state: 'VERIFY', waitingOn: 'approval' },
  { state: 'REPORT' },
  { state: 'REPORT', waitingOn: 'ci' },
  { state: 'REPORT', waitingOn: 'review' },
  { state: 'PAUSED' },
]

/** For a table of tests: its name and itself. */
export const named = (standing: Standing): readonly [string, Standing] => {
  const { state, waitingOn } = standing
  return [waitingOn ? `${state}, waiting for ${waitingOn}` : state, standing]
}

export interface StandingTask {
  readonly id: string
  readonly lease: Lease
  /** 0 = it has none. */
  readonly pullNumber: number
  readonly issueNumber: number
}

/** A task that has come so far. */
export async function taskIn(store: TestStore, standing: Standing, over: Partial<NewTask> = {}): Promise<StandingTask> {
  const { state, waitingOn, pull } = standing
  const id = await store.newTask({ requester: MAINTAINER, ...over })
  const pullNumber = pull === undefined ? null : ++pulls
  const patch = { branch: `supervise/${id}`, headSha: HEAD, pushedSha: pull === 'pushed' ? HEAD : null, pullNumber }
  const lease = await store.lease(id)
  const at = await store.walk(lease, state, { patch })
  if (state === 'INTAKE') await store.db.prisma.task.update({ where: { id }, data: patch })
  const event = state === 'REPORT' ? 'published' : state === 'EXECUTE' ? 'limited' : 'asked'
  if (waitingOn)
    await advance(store.db, lease, at, { event, reasonCode: 'wait_over', rest: { waitingOn, until: null } })
  return { id, lease, pullNumber: pullNumber ?? 0, issueNumber: (await store.task(id)).issueNumber }
}

/** Goes in by the door, and is applied to the task. @returns what the delivery's row keeps */
export async function happens(corridor: Corridor, happening: Happening, task?: StandingTask): Promise<string> {
  const reasonCode = await accept(corridor, `d${++sources}`, { kind: 'happening', happening })
  if (task) await applyCommands(corridor, task.lease)
  return reasonCode
}

export const source = (): string => `source:${++sources}`

export const issueChange = (
  issueNumber: number,
  change: 'closed' | 'deleted' | 'transferred',
  repository = REPOSITORY,
): Happening => ({
  kind: 'thread_changed',
  sourceKey: source(),
  repository,
  issueNumber,
  actor: MAINTAINER,
  change,
  notPlanned: false,
  at: AT,
})
