import type { BackendSettings } from '../../settings/settings.ts'
import { JOB_TYPES } from '../../task/job.ts'
import type { BackendFactory } from '../backend.ts'
import { resultWithoutWork } from '../run-result.ts'

/** Stands for a configured backend of a type that this version cannot run: it is listed, and says why it does nothing. */
export const unavailable: BackendFactory<Pick<BackendSettings, 'type' | 'capabilities'>> = (name, settings) => {
  const reason = `the backend "${name}" has the type "${settings.type}", which this version of the supervisor cannot run; configure one of the types claude-code, codex, reasoning, script, shell, recorded`
  return {
    name,
    type: settings.type,
    version: null,
    capabilities: settings.capabilities,
    jobTypes: JOB_TYPES.filter((type) => type !== 'approval'),
    timeoutBehaviour: 'never runs',
    failureModes: [reason],
    securityConstraints: [],
    probe: async () => ({ available: false, reason }),
    run: async () => resultWithoutWork('unavailable', reason, { isolation: 'none', durationMs: 0 }),
  }
}
