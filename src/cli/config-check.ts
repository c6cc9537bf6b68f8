import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { ConfigError, problemsText, settingsFile } from '../config.ts'
import { parseOperatorSettings, parseRepositorySettings } from '../settings/parse.ts'

const KINDS = ['operator', 'repository'] as const

/**
 * `supervisor config check [FILE]`: whether a settings file can be read; throws ConfigError with every mistake at its line.
 * A file that is called `supervisor.yml` is a repository's, or an organisation's; all others are the operator's.
 */
export function configCheck(named: string | undefined, options: { as?: string }): void {
  const file = named ?? settingsFile()
  if (!existsSync(file)) throw new ConfigError(`${file} does not exist`)
  const wanted = options.as ?? (/^supervisor\.ya?ml$/.test(basename(file)) ? 'repository' : 'operator')
  const kind = KINDS.find((one) => one === wanted)
  if (!kind) throw new ConfigError(`--as must be one of ${KINDS.join(', ')}`)
  const parse = kind === 'operator' ? parseOperatorSettings : parseRepositorySettings
  const parsed = parse(readFileSync(file, 'utf8'), file)
  if (!parsed.ok) throw new ConfigError(problemsText(parsed.problems))
  const whose = kind === 'operator' ? 'the operator’s' : 'a repository’s or an organisation’s'
  process.stdout.write(`${file} is in order (read as ${whose} settings).\n`)
}
