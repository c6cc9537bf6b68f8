import type { WireName } from '../../gateway/gateway.ts'
import type { AgentBackendSettings } from '../../settings/settings.ts'
import { acpSession } from '../acp/acp-session.ts'
import { type KnownAgent, knownAgent } from '../acp/known-agents.ts'
import { shakeHands } from '../acp/shake-hands.ts'
import { type AgentKind, agentBackend } from '../agents/agent-backend.ts'
import type { AgentWay } from '../agents/run-agent.ts'
import type { BackendFactory } from '../backend.ts'

/**
 * Any agent that speaks the Agent Client Protocol over its input and output. What it asks leave for is answered from the
 * grant; its model is reached through the gateway where it can be pointed there: agents that we know are, others by the
 * operator's `provider` and by `{gateway}`, `{token}` and `{model}` in its `env`.
 */
export const acp =
  (environment: Readonly<Record<string, string | undefined>>): BackendFactory<AgentBackendSettings> =>
  (name, settings) =>
    agentBackend(environment, kindOf(settings))(name, settings)

function kindOf(settings: AgentBackendSettings): AgentKind {
  const known = knownAgent(settings.command[0])
  const wire = wireOf(settings, known)
  return {
    hint: known?.hint ?? 'Install it',
    wire,
    missing: missingIn(settings, known, wire),
    version: (found, { command, env }) => shakeHands(found, command.slice(1), withWay(env, NO_WAY, settings.model)),
    failed:
      'does not start, or does not speak the Agent Client Protocol (it may want an argument for it, such as --acp)',
    sessions: known?.sessions ?? '.acp',
    ...(wire === null ? { note: WITHOUT_MODEL } : {}),
    failureModes: [
      'it is done when it says that its turn came to its end; its exit code says nothing in this protocol',
      'what the grant does not name is denied, which the agent is told',
      'an agent that cannot load its session begins anew',
    ],
    prepare:
      ({ command, model = '' }) =>
      (way) => {
        const own = known === null || wire === null ? { env: {} } : known.prepare(way, model)
        return { ...own, args: command.slice(1), env: { ...own.env, ...withWay(settings.env, way, model) } }
      },
    reader: acpSession,
  }
}

const WIRES = { anthropic: 'anthropic', 'openai-compatible': 'openai' } as const satisfies Record<string, WireName>

/** Where a provider is named, or the agent is known to us, its calls pass the gateway. */
function wireOf({ provider }: AgentBackendSettings, known: KnownAgent | null): WireName | null {
  return provider === undefined ? (known?.wire ?? null) : WIRES[provider]
}

function missingIn({ model, apiKeyEnv }: AgentBackendSettings, known: KnownAgent | null, wire: WireName | null) {
  if (known?.needsModel === true && model === undefined) return 'it needs the name of a model: set `model`'
  if (wire !== null && apiKeyEnv === undefined)
    return 'its model is reached through the gateway, which needs the key: set `apiKeyEnv` to the variable where it stands'
  return null
}

const WITHOUT_MODEL =
  'its model is not reached through the gateway: no `provider` is named. What it takes is its own word, and its key stands where it can read it'

const NO_WAY: Pick<AgentWay, 'url' | 'token'> = { url: 'http://127.0.0.1:1', token: 'none' }

function withWay(
  env: Readonly<Record<string, string>>,
  { url, token }: Pick<AgentWay, 'url' | 'token'>,
  model = '',
): Record<string, string> {
  const values: Readonly<Record<string, string>> = { '{gateway}': url, '{token}': token, '{model}': model }
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value.replace(/\{(?:gateway|token|model)\}/g, (word) => values[word] ?? word),
    ]),
  )
}
