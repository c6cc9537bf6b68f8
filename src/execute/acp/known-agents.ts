import type { WireName } from '../../gateway/gateway.ts'
import type { AgentPrepared, AgentWay } from '../agents/run-agent.ts'

/** How one agent's own program is pointed at the gateway. What is not here is told by `env` and `provider`. */
export interface KnownAgent {
  readonly hint: string
  readonly wire: WireName
  /** Directory below HOME that holds its sessions. */
  readonly sessions: string
  /** Whether it can do without the name of a model. */
  readonly needsModel: boolean
  readonly prepare: (way: AgentWay, model: string) => Omit<AgentPrepared, 'args'>
}

/** By the name of the program. Measured with the versions that test/agents installs. */
const KNOWN: Readonly<Record<string, KnownAgent>> = {
  opencode: {
    hint: 'Install it (`npm install -g opencode-ai`)',
    wire: 'openai',
    sessions: '.local/share/opencode',
    needsModel: true,
    prepare: ({ url, token }, model) => ({
      env: {
        OPENCODE_CONFIG_CONTENT: JSON.stringify({
          autoupdate: false,
          share: 'disabled',
          enabled_providers: ['gateway'],
          model: `gateway/${model}`,
          small_model: `gateway/${model}`,
          provider: {
            gateway: {
              npm: '@ai-sdk/openai-compatible',
              name: 'gateway',
              options: { baseURL: `${url}/v1`, apiKey: token },
              models: { [model]: { name: model, tool_call: true } },
            },
          },
          // A title for a list that nobody sees would be a call of its own.
          agent: { title: { disable: true } },
          // It asks, and the grant answers.
          permission: { edit: 'ask', bash: 'ask', webfetch: 'ask' },
        }),
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
        OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      },
    }),
  },
}

/** @param program as the operator's `command` names it */
export function knownAgent(program: string): KnownAgent | null {
  const name = program.slice(program.lastIndexOf('/') + 1)
  return Object.hasOwn(KNOWN, name) ? (KNOWN[name] ?? null) : null
}
