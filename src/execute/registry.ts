import type { BackendSettings } from '../settings/settings.ts'
import type { Capability } from '../task/capability.ts'
import type { JobType } from '../task/job.ts'
import type { Backend } from './backend.ts'
import { acp } from './backends/acp.ts'
import { claudeCode } from './backends/claude-code.ts'
import { codex } from './backends/codex.ts'
import { mcp } from './backends/mcp.ts'
import { reasoning } from './backends/reasoning.ts'
import { recorded } from './backends/recorded.ts'
import { script } from './backends/script.ts'
import { shell } from './backends/shell.ts'

export interface Selection {
  /** Names in order of preference; others follow in the order of the settings. */
  readonly prefer?: readonly string[]
  /** The one backend that requester or policy fixed; null = free choice. */
  readonly fixed?: string | null
  /** Names that were tried already, or must not be taken. */
  readonly exclude?: ReadonlySet<string>
}

export interface Registry {
  /** All of them, in the order of the settings, also those that cannot run. */
  list(): Backend[]
  get(name: string): Backend | null
  /**
   * The backend for a job, or null. Never one that lacks the capability or does not do this type of job, whatever was
   * preferred or fixed. Whether it is installed is asked by probing it; leave it out with `exclude` if it is not.
   */
  select(capability: Capability, jobType: JobType, selection: Selection): Backend | null
}

type Environment = Readonly<Record<string, string | undefined>>

/** @param environment where the variables stand that the settings name; nothing else of it is read */
export function createRegistry(
  backends: Readonly<Record<string, BackendSettings>>,
  environment: Environment = {},
): Registry {
  // A Map, because names are the operator's: `constructor` must be as absent as any other.
  const byName = new Map(
    Object.entries(backends).map(([name, settings]) => [name, create(name, settings, environment)]),
  )
  return {
    list: () => [...byName.values()],
    get: (name) => byName.get(name) ?? null,
    select(capability, jobType, { prefer = [], fixed = null, exclude = new Set() }) {
      const names = fixed === null ? new Set([...prefer, ...byName.keys()]) : new Set([fixed])
      for (const name of names) {
        const backend = byName.get(name)
        if (backend === undefined || exclude.has(name)) continue
        if (backend.capabilities.includes(capability) && backend.jobTypes.includes(jobType)) return backend
      }
      return null
    },
  }
}

/** One row per type; a type without a row does not compile. */
function create(name: string, settings: BackendSettings, environment: Environment): Backend {
  switch (settings.type) {
    case 'script':
      return script(name, settings)
    case 'shell':
      return shell(name, settings)
    case 'recorded':
      return recorded(name, settings)
    case 'claude-code':
      return claudeCode(environment)(name, settings)
    case 'codex':
      return codex(environment)(name, settings)
    case 'acp':
      return acp(environment)(name, settings)
    case 'mcp':
      return mcp(environment)(name, settings)
    case 'reasoning':
      return reasoning(environment)(name, settings)
  }
}
