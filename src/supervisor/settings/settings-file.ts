import type { RemoteFile } from '../../github/read-file.ts'
import { parseRepositorySettings, tooLargeToRead } from '../../settings/parse.ts'
import type { Parsed, Problem, RepositorySettings } from '../../settings/settings.ts'

/** In every repository, and as the base of all of them in the owner's `.github` (SPEC 12.1). */
export const SETTINGS_FILE = '.github/supervisor.yml'
export const ORGANISATION_REPOSITORY = '.github'

/** What a file that GitHub gave out says. @param name how people know it, for the problems */
export function parseRemote(file: RemoteFile, name: string): Parsed<RepositorySettings> {
  if (file.kind === 'too_large') return { ok: false, problems: [tooLargeToRead(name)] }
  return parseRepositorySettings(file.text, name)
}

const MAX_DETAIL = 2_000

/** One line each, as compilers write them: `.github/supervisor.yml:3: automation: must be one of …`. */
export function problemLines(problems: readonly Problem[]): string {
  return problems
    .map((p) => `${p.file}:${p.line}: ${p.key === '' ? '' : `${p.key}: `}${p.message}`)
    .join('\n')
    .slice(0, MAX_DETAIL)
}
