import { constants, statSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { BASE_PATH } from '../../process/base-path.ts'
import type { ScriptBackendSettings } from '../../settings/settings.ts'
import type { BackendFactory, Probe } from '../backend.ts'
import { PROGRAM_CONTRACT, PROGRAM_JOB_TYPES, runProgram } from './run-program.ts'

/**
 * Any program of the operator's: prompt on stdin, cwd = worktree, exit code 0 = it finished.
 *
 * A program given by a relative path is the operator's, found from where the supervisor was started, never a file of
 * the repository that it is let loose on. Files that the command names by absolute path are shown in the sandbox one
 * by one (not their folders, which may be somebody's home); whatever else it needs goes into `sandboxPaths`.
 */
export const script: BackendFactory<ScriptBackendSettings> = (name, settings) => {
  const [program, ...args] = settings.command
  const argv = [program.includes('/') ? resolve(program) : program, ...args] as const
  return {
    name,
    type: settings.type,
    version: null,
    capabilities: settings.capabilities,
    jobTypes: PROGRAM_JOB_TYPES,
    ...PROGRAM_CONTRACT,
    probe: () => findProgram(name, argv[0], settings.env['PATH'] ?? BASE_PATH),
    run: (input) =>
      runProgram({ argv, env: settings.env, idleMs: settings.idleMs, files: argv.filter(isFileOfHost) }, input),
  }
}

export async function findProgram(name: string, program: string, path: string): Promise<Probe> {
  const places = isAbsolute(program) ? [program] : path.split(':').map((directory) => join(directory, program))
  for (const place of places) {
    if (isFileOfHost(place) && (await isExecutable(place))) return { available: true, version: null }
  }
  const where = isAbsolute(program) ? 'it is not there, or not executable' : `it is in none of ${path}`
  return {
    available: false,
    reason: `the backend "${name}" runs ${program}: ${where}. Install it, or correct backends.${name}.command`,
  }
}

export const isFileOfHost = (path: string): boolean =>
  isAbsolute(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
