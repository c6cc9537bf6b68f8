import { GitHubError } from '../../github/failure.ts'
import { isNeighbourSeen, type RemoteFile, readFileOfNeighbour } from '../../github/read-file.ts'
import type { Problem, RepositorySettings } from '../../settings/settings.ts'
import {
  forgetOrganisationFile,
  knownOrganisationFile,
  rememberOrganisationFile,
} from '../../store/organisation-files.ts'
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
  /** It was read before and cannot be read any more: `layer` is what it said last. */
  readonly isLost: boolean
}

const NONE: OrganisationSettings = { layer: null, sha: null, problems: [], isLost: false }

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
 * A file that was read once holds on when it can no longer be reached; only one that is seen to be gone holds no longer.
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
  { db, github }: Corridor,
  repository: RepositoryRef,
  noteUnseen: () => void,
): Promise<OrganisationSettings> {
  const { owner } = repository
  const name = `${owner}/${ORGANISATION_REPOSITORY}/${SETTINGS_FILE}`
  const before = await knownOrganisationFile(db, owner)
  const file = await present(github, repository, before !== null)
  if (file === 'unseen' && before === null) noteUnseen()
  if (file === 'unseen') return before === null ? NONE : { ...settingsIn(remoteOf(before), name), isLost: true }
  if (file === null) {
    if (before !== null) await forgetOrganisationFile(db, owner)
    return NONE
  }
  await rememberOrganisationFile(db, owner, { sha: file.sha, text: file.kind === 'text' ? file.text : null })
  return settingsIn(file, name)
}

/** Refusals that tell nothing of the file; what may pass, and what concerns the whole installation, is thrown on. */
const HIDDEN: readonly string[] = ['github_permission_missing', 'github_refused', 'repository_gone']

/** The file as it is now. One that was there before is missing only where its repository is seen to be without it. */
async function present(
  github: Corridor['github'],
  repository: RepositoryRef,
  wasThere: boolean,
): Promise<RemoteFile | 'unseen' | null> {
  try {
    const file = await readFileOfNeighbour(github, repository, ORGANISATION_REPOSITORY, SETTINGS_FILE)
    if (file !== null || !wasThere) return file
    return (await isNeighbourSeen(github, repository, ORGANISATION_REPOSITORY)) ? null : 'unseen'
  } catch (error) {
    if (wasThere && error instanceof GitHubError && HIDDEN.includes(error.reasonCode)) return 'unseen'
    throw error
  }
}

const remoteOf = ({ sha, text }: { sha: string; text: string | null }): RemoteFile =>
  text === null ? { kind: 'too_large', sha } : { kind: 'text', text, sha }

function settingsIn(file: RemoteFile, name: string): OrganisationSettings {
  const parsed = parseRemote(file, name)
  return {
    layer: parsed.ok ? parsed.value : null,
    sha: file.sha,
    problems: parsed.ok ? [] : parsed.problems,
    isLost: false,
  }
}
