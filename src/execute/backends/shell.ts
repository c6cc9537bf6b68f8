import type { ShellBackendSettings } from '../../settings/settings.ts'
import type { BackendFactory } from '../backend.ts'
import { PROGRAM_CONTRACT, PROGRAM_JOB_TYPES, runProgram } from './run-program.ts'

/**
 * The operator's one line, given to /bin/sh as a constant argument: nothing of the task is ever put into it. The
 * prompt comes on stdin and the job's facts in SUPERVISOR_… variables.
 */
export const shell: BackendFactory<ShellBackendSettings> = (name, settings) => ({
  name,
  type: settings.type,
  version: null,
  capabilities: settings.capabilities,
  jobTypes: PROGRAM_JOB_TYPES,
  ...PROGRAM_CONTRACT,
  // POSIX systems have /bin/sh; whether the line itself works, only running it can tell.
  probe: async () => ({ available: true, version: null }),
  run: (input) =>
    runProgram({ argv: ['/bin/sh', '-c', settings.run], env: settings.env, idleMs: settings.idleMs, files: [] }, input),
})
