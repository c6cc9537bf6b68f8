import { readFile } from '../../github/read-file.ts'
import type { Spelling } from '../../intake/spelling.ts'
import { tighten } from '../../settings/tighten.ts'
import { OperatingError } from '../../task/errors.ts'
import type { RepositoryRef } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'
import { organisationSettings } from '../settings/organisation-settings.ts'
import { parseRemote, SETTINGS_FILE } from '../settings/settings-file.ts'

/** An answer may be that old: who switches the short forms on waits no longer for them. */
const FRESH_MS = 60_000
const MAX_KNOWN = 1_000

const known = new WeakMap<Corridor, Map<number, { readonly at: number; readonly spelling: Promise<Spelling> }>>()

/**
 * Whether short forms count in a repository, and which label starts a task there: its own settings of now, over its
 * organisation's, asked of GitHub at most once a minute. What has no file, or a broken one, says nothing here.
 */
export async function spellingOf(corridor: Corridor, repository: RepositoryRef | null): Promise<Spelling> {
  if (repository === null) return operators(corridor)
  const cache = known.get(corridor) ?? new Map()
  known.set(corridor, cache)
  const found = cache.get(repository.id)
  if (found && performance.now() - found.at < FRESH_MS) return found.spelling
  const spelling = read(corridor, repository)
  cache.delete(repository.id)
  cache.set(repository.id, { at: performance.now(), spelling })
  const oldest = cache.keys().next()
  if (cache.size > MAX_KNOWN && !oldest.done) cache.delete(oldest.value)
  try {
    return await spelling
  } catch (error) {
    cache.delete(repository.id)
    throw error
  }
}

async function read(corridor: Corridor, repository: RepositoryRef): Promise<Spelling> {
  try {
    const { layer } = await organisationSettings(corridor, repository)
    const file = await readFile(corridor.github, repository, SETTINGS_FILE)
    const own = file === null ? null : parseRemote(file, SETTINGS_FILE)
    const { commands, labels } = tighten(corridor.settings, layer ?? {}, own?.ok ? own.value : {})
    return { aliases: commands.aliases, triggerLabel: labels.trigger }
  } catch (error) {
    // What may pass is asked again when the delivery comes again; the rest must not make the operator's words useless.
    if (error instanceof OperatingError && error.failureClass === 'transient') throw error
    corridor.log.warn({ err: error, repository_id: repository.id }, 'reading how commands are written')
    return operators(corridor)
  }
}

function operators({ settings }: Corridor): Spelling {
  return { aliases: settings.commands.aliases, triggerLabel: settings.labels.trigger }
}
