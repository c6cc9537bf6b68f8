import { readFileOfNeighbour } from '../../github/read-file.ts'
import type { Problem, RepositorySettings } from '../../settings/settings.ts'
import type { RepositoryRef } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'
import { ORGANISATION_REPOSITORY, parseRemote, SETTINGS_FILE } from './settings-file.ts'

export interface OrganisationSettings {
  /** What its file tightens; null = there is none that can be read. */
  readonly layer: RepositorySettings | null
  /** git's hash of the file's content; null = there is none. */
  readonly sha: string | null
  /** What is wrong with it. */
  readonly problems: readonly Problem[]
}

const NONE: OrganisationSettings = { layer: null, sha: null, problems: [] }

/** An answer may be that old. That the App does not see the repository changes rarely, and costs a request to learn. */
const FRESH_MS = 60_000
const UNSEEN_FRESH_MS = 10 * 60_000
const MAX_KNOWN = 1_000

interface Known {
  readonly at: number
  freshMs: number
  readonly answer: Promise<OrganisationSettings>
}

const known = new WeakMap<Corridor, Map<string, Known>>()

/**
 * The settings that hold for all repositories of an owner, from the default branch of its repository `.github`, as far as
 * the App is installed on that: else there are none. Rejects where GitHub does not answer: what tightens is not left out.
 */
export async function organisationSettings(
  corridor: Corridor,
  repository: RepositoryRef,
): Promise<OrganisationSettings> {
  // There the file is the repository's own.
  if (repository.name.toLowerCase() === ORGANISATION_REPOSITORY) return NONE
  const cache = known.get(corridor) ?? new Map<string, Known>()
  known.set(corridor, cache)
  const key = `${repository.installationId}:${repository.owner.toLowerCase()}`
  const found = cache.get(key)
  if (found && performance.now() - found.at < found.freshMs) return found.answer
  const entry: Known = {
    at: performance.now(),
    freshMs: FRESH_MS,
    answer: read(corridor, repository, () => {
      entry.freshMs = UNSEEN_FRESH_MS
    }),
  }
  cache.delete(key)
  cache.set(key, entry)
  const oldest = cache.keys().next()
  if (cache.size > MAX_KNOWN && !oldest.done) cache.delete(oldest.value)
  try {
    return await entry.answer
  } catch (error) {
    if (cache.get(key) === entry) cache.delete(key)
    throw error
  }
}

async function read(
  { github }: Corridor,
  repository: RepositoryRef,
  noteUnseen: () => void,
): Promise<OrganisationSettings> {
  const file = await readFileOfNeighbour(github, repository, ORGANISATION_REPOSITORY, SETTINGS_FILE)
  if (file === 'unseen') noteUnseen()
  if (file === null || file === 'unseen') return NONE
  const parsed = parseRemote(file, `${repository.owner}/${ORGANISATION_REPOSITORY}/${SETTINGS_FILE}`)
  if (parsed.ok) return { layer: parsed.value, sha: file.sha, problems: [] }
  return { layer: null, sha: file.sha, problems: parsed.problems }
}
