import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseRepositorySettings } from '../../settings/parse.ts'
import { OperatingError } from '../../task/errors.ts'
import type { VerificationPlan, VerifyCommand } from '../../task/plan.ts'
import { detectVerification } from '../../verify/detect/detect.ts'
import { listFilesAt, type Mirror, readFileAt } from '../../workspace/mirror.ts'
import type { VerifyOptions } from '../verify.ts'
import type { Programs } from './program-path.ts'

const MAX_FILES = 100_000
const MAX_BYTES = 1_000_000

/** What must pass: the flags, else the base's `.github/supervisor.yml`, else what is detected on the base (SPEC 9.1). */
export async function chooseVerification(
  mirror: Mirror,
  base: string,
  options: VerifyOptions,
  programs: Programs,
): Promise<{ verification: VerificationPlan; chosenBy: string }> {
  const read = (path: string) => readFileAt(mirror, base, path, MAX_BYTES)
  const detected = await detectVerification(await listFilesAt(mirror, base, MAX_FILES), read)
  const file = '.github/supervisor.yml'
  const text = await read(file)
  const settings = text === null ? null : parseRepositorySettings(text, file)
  if (settings !== null && !settings.ok) {
    const [problem] = settings.problems
    throw new OperatingError(
      'configuration',
      'repository_settings_invalid',
      `${file} of the base: ${problem?.key ?? ''} ${problem?.message ?? ''}`,
    )
  }
  const own = settings?.ok ? settings.value : null
  const commands = options.command?.map((run, index) => ({
    name: options.command?.length === 1 ? 'Tests' : `Command ${index + 1}`,
    run,
    timeoutMs: 10 * 60_000,
    required: true,
  }))
  const timeoutMs = options.timeout === undefined ? null : durationOf(options.timeout)
  const chosen = commands ?? own?.verify ?? detected.commands.map((one) => withProgram(one, programs))
  const ownSetup = own?.verify === undefined || own.verify === null ? detected.setup : null
  return {
    chosenBy:
      commands !== undefined ? 'the command line' : own?.verify ? `${file} of the base` : 'detected on the base',
    verification: {
      ...detected,
      ...(own?.headers === undefined ? {} : { headers: own.headers }),
      setup: options.setup ?? own?.setup ?? ownSetup,
      commands: chosen.map((one) => ({ ...one, timeoutMs: timeoutMs ?? one.timeoutMs })),
      source: commands !== undefined || own?.verify ? 'repository' : detected.source,
    },
  }
}

/** A script of a package.json runs under npm as well, where its own package manager is not on this machine. */
function withProgram(command: VerifyCommand, { path }: Programs): VerifyCommand {
  const [, name] = /^(pnpm|yarn|bun)(?: run)? test$/.exec(command.run) ?? []
  const isThere = name === undefined || path.split(':').some((dir) => existsSync(join(dir, name)))
  return isThere ? command : { ...command, run: 'npm test' }
}

function durationOf(text: string): number {
  const [, number, unit] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? []
  if (number === undefined)
    throw new OperatingError('configuration', 'invalid_flag_value', '--timeout takes a number with s, m or h: 90s, 10m')
  return Number(number) * (unit === 's' ? 1_000 : unit === 'm' ? 60_000 : 3_600_000)
}
