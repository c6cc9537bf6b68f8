import type { Backend } from '../../execute/backend.ts'
import { type OpenBreaker, openBreaker, REASON_OF } from '../../store/breakers.ts'
import { OperatingError } from '../../task/errors.ts'
import type { PassedOver } from '../../task/job.ts'
import type { PlannedJob } from '../../task/plan.ts'
import type { StepContext } from '../work/step.ts'

/** A backend that was passed over, and its own words for it. */
export interface Passed extends PassedOver {
  readonly message: string
}

export type Choice =
  | { readonly backend: Backend; readonly passed: readonly Passed[] }
  | { readonly backend: null; readonly why: OperatingError }

interface Wanted {
  readonly planned: Pick<PlannedJob, 'capability' | 'type' | 'backend'>
  /** Those that were tried for this job already. */
  readonly passed?: readonly Passed[]
  /** Those that must not be taken whatever they could do. */
  readonly without?: readonly string[]
}

/**
 * The preferred backend that can do the job, is there, and is not known to be down (SPEC 6.3). Only those that have the
 * capability are ever asked; who is passed over is told. Where all that is left rests, the job waits for the first that
 * comes back; one that merely could not start is tried all the same, because waiting does not mend that.
 */
export async function chooseBackend(
  { corridor, task }: Pick<StepContext, 'corridor' | 'task'>,
  { planned, passed = [], without = [] }: Wanted,
): Promise<Choice> {
  const found: Passed[] = [...passed]
  const resting: { backend: Backend; breaker: OpenBreaker }[] = []
  const exclude = new Set([...without, ...passed.map((p) => p.backend)])
  const prefer = (task.settings ?? corridor.settings).prefer[planned.capability] ?? []
  const next = (): Backend | null =>
    corridor.registry.select(planned.capability, planned.type, { prefer, fixed: planned.backend, exclude })
  for (let backend = next(); backend !== null; backend = next()) {
    exclude.add(backend.name)
    const probe = await backend.probe()
    const breaker = probe.available ? await openBreaker(corridor.db, backend.name) : null
    if (probe.available && breaker === null) return { backend, passed: found }
    const reasonCode = breaker === null ? 'backend_unavailable' : REASON_OF[breaker.cause]
    const message = probe.available ? (breaker?.lastError ?? '') : probe.reason
    found.push({ backend: backend.name, reasonCode, message: `${backend.name}: ${message}` })
    if (breaker) resting.push({ backend, breaker })
  }
  const returning = resting.filter((r) => r.breaker.cause !== 'unavailable')
  const first = returning.toSorted((a, b) => a.breaker.until.getTime() - b.breaker.until.getTime())[0]
  if (first) return { backend: null, why: waitFor(first.backend, first.breaker) }
  const [stuck] = resting
  if (stuck) return { backend: stuck.backend, passed: found.filter((p) => p.backend !== stuck.backend.name) }
  return { backend: null, why: nobody(planned, found) }
}

function waitFor({ name }: Backend, { cause, until, lastError }: OpenBreaker): OperatingError {
  const reasonCode = cause === 'quota' ? 'quota_reached' : 'backend_down'
  return new OperatingError('transient', reasonCode, `${name}: ${lastError}`, { retryAt: until })
}

function nobody({ capability }: Wanted['planned'], found: readonly Passed[]): OperatingError {
  if (found.length === 0)
    return new OperatingError(
      'configuration',
      'no_backend_for_capability',
      `no configured backend has the capability ${capability}`,
    )
  return new OperatingError('configuration', 'backend_unavailable', found.map((p) => p.message).join('; '))
}
