import { parseRepositorySettings, tooLargeToRead } from '../../settings/parse.ts'
import type { Parsed, RepositorySettings, Settings } from '../../settings/settings.ts'
import { strictest, tighten } from '../../settings/tighten.ts'
import type { StoredTask, TaskInputs } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Mirror } from '../../workspace/mirror.ts'
import { branchHead, readFileAt } from '../../workspace/mirror.ts'
import type { Corridor } from '../corridor.ts'
import { organisationSettings } from './organisation-settings.ts'
import { problemLines, SETTINGS_FILE } from './settings-file.ts'

const MAX_BYTES = 1_000_000

export interface ReadSettings {
  readonly settings: Settings
  /** Commit of the default branch that was read; null for an empty repository. */
  readonly sha: string | null
  /** git's hash of the organisation's file; null where there is none. */
  readonly organisationSha: string | null
  /** What is wrong with the files, for people; where there is something, the strictest settings hold (SPEC 4.4). */
  readonly notes: TaskInputs['notes']
}

const BROKEN: readonly string[] = [
  'organisation_settings_unreachable',
  'organisation_settings_invalid',
  'repository_settings_invalid',
]
export const isSettingsNote = (reasonCode: string): boolean => BROKEN.includes(reasonCode)

/**
 * The settings that hold for a task: the operator's, tightened by the organisation's file, tightened by the repository's
 * (SPEC 12.1). Files count on default branches only, as they are at a recorded commit.
 */
export async function readSettings(corridor: Corridor, task: StoredTask, mirror: Mirror): Promise<ReadSettings> {
  const organisation = await organisationSettings(corridor, task.repository)
  const sha = await branchHead(mirror, task.repository.defaultBranch)
  const own: Parsed<RepositorySettings> = sha === null ? { ok: true, value: {} } : await readOwn(mirror, sha)
  const layers = [...(organisation.layer === null ? [] : [organisation.layer]), ...(own.ok ? [own.value] : [])]
  const notes: TaskInputs['notes'][number][] = []
  if (organisation.isLost)
    notes.push({ reasonCode: 'organisation_settings_unreachable', detail: `${task.repository.owner}/.github` })
  else if (organisation.problems.length > 0)
    notes.push({ reasonCode: 'organisation_settings_invalid', detail: problemLines(organisation.problems) })
  if (!own.ok) notes.push({ reasonCode: 'repository_settings_invalid', detail: problemLines(own.problems) })
  const settings = (notes.length === 0 ? tighten : strictest)(corridor.settings, ...layers)
  return { settings, sha, organisationSha: organisation.sha, notes }
}

async function readOwn(mirror: Mirror, sha: string): Promise<Parsed<RepositorySettings>> {
  try {
    const text = await readFileAt(mirror, sha, SETTINGS_FILE, MAX_BYTES)
    return text === null ? { ok: true, value: {} } : parseRepositorySettings(text, SETTINGS_FILE)
  } catch (error) {
    if (!(error instanceof OperatingError) || error.reasonCode !== 'too_many_bytes') throw error
    return { ok: false, problems: [tooLargeToRead(SETTINGS_FILE)] }
  }
}
