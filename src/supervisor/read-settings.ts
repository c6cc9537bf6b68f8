import { parseRepositorySettings } from '../settings/parse.ts'
import type { Settings } from '../settings/settings.ts'
import { strictest, tighten } from '../settings/tighten.ts'
import type { StoredTask } from '../store/tasks.ts'
import type { Mirror } from '../workspace/mirror.ts'
import { branchHead, readFileAt } from '../workspace/mirror.ts'
import type { Corridor } from './corridor.ts'

export const SETTINGS_FILE = '.github/supervisor.yml'
/** One more than the parser takes, so that a file that is too large is refused by it, with its reason. */
const MAX_BYTES = 65_537

export interface ReadSettings {
  readonly settings: Settings
  /** Commit of the default branch that was read; null for an empty repository. */
  readonly sha: string | null
  /** What is wrong with the file, in words; then the strictest settings hold (SPEC 4.4). */
  readonly problem: string | null
}

/** The repository's settings: from its default branch only, at a recorded commit, and only ever tighter than ours. */
export async function readSettings(corridor: Corridor, task: StoredTask, mirror: Mirror): Promise<ReadSettings> {
  const sha = await branchHead(mirror, task.repository.defaultBranch)
  const text = sha === null ? null : await readFileAt(mirror, sha, SETTINGS_FILE, MAX_BYTES)
  if (text === null) return { settings: tighten(corridor.settings), sha, problem: null }
  const parsed = parseRepositorySettings(text, SETTINGS_FILE)
  if (parsed.ok) return { settings: tighten(corridor.settings, parsed.value), sha, problem: null }
  const problem = parsed.problems
    .map((p) => `${p.file}:${p.line}: ${p.key === '' ? '' : `${p.key}: `}${p.message}`)
    .join('\n')
  return { settings: strictest(corridor.settings), sha, problem: problem.slice(0, 2_000) }
}
