import { join } from 'node:path'
import type { AgentBackendSettings } from '../../settings/settings.ts'
import { agentBackend } from '../agents/agent-backend.ts'
import { objectOf, textOf } from '../agents/json-lines.ts'
import type { AgentReader } from '../agents/run-agent.ts'
import type { BackendFactory, RunInput } from '../backend.ts'

/**
 * OpenAI's Codex, headless (measured with 0.169.0). Its own sandbox stays on inside ours, because it keeps the agent's
 * shell away from the way to the model, too. The repository's `.codex` is not trusted, and the operator's own
 * configuration is not there. The native program is started: killing npm's launcher would leave it alive.
 */
export const codex = (environment: Readonly<Record<string, string | undefined>>) =>
  agentBackend(environment, {
    hint: 'Install it (`npm install -g @openai/codex`)',
    wire: 'openai',
    version: ['--version'],
    sessions: '.codex/sessions',
    native: 'codex',
    failureModes: [
      'a limit of the provider parks the task until it ends; a refused key or bill is told to the operator',
      'it has no limit of turns of its own: time and budget end it',
    ],
    prepare: (settings, input) => (way) => ({
      args: [
        ...['exec', '--json', '--skip-git-repo-check', '-C', way.cwd],
        ...['--sandbox', input.grant.tools.includes('edit') ? 'workspace-write' : 'read-only'],
        ...(settings.model === undefined ? [] : ['--model', settings.model]),
        ...configuration(way.url, input).flatMap((line) => ['-c', line]),
        ...settings.command.slice(1),
        ...(input.sessionId === null ? ['-'] : ['resume', input.sessionId, '-']),
      ],
      env: { CODEX_HOME: join(way.home, '.codex'), SUPERVISOR_GATEWAY_TOKEN: way.token },
    }),
    reader: readCodex,
  }) satisfies BackendFactory<AgentBackendSettings>

const configuration = (url: string, { grant }: RunInput): string[] => [
  'model_provider="gateway"',
  `model_providers.gateway={name="gateway",base_url="${url}/v1",env_key="SUPERVISOR_GATEWAY_TOKEN",wire_api="responses",request_max_retries=2,stream_max_retries=2}`,
  'analytics.enabled=false',
  'check_for_update_on_startup=false',
  'web_search="disabled"',
  'approval_policy="never"',
  'sandbox_workspace_write.exclude_slash_tmp=true',
  // Its shell may use the network where the grant names hosts; ours holds it to them.
  `sandbox_workspace_write.network_access=${grant.network.length > 0}`,
  'shell_environment_policy.inherit="core"',
  'shell_environment_policy.exclude=["*KEY*","*TOKEN*","*SECRET*"]',
]

/** `codex exec --json`: one object a line. Unknown types are passed over, as new versions bring new ones. */
export function readCodex(emit: RunInput['emit']): AgentReader {
  let sessionId: string | null = null
  let finished: 'well' | 'badly' | null = null
  let summary = ''
  let error = ''
  return {
    line(line) {
      if (line['type'] === 'thread.started') sessionId = textOf(line['thread_id']) || sessionId
      else if (line['type'] === 'turn.completed') finished ??= 'well'
      else if (line['type'] === 'turn.failed') {
        finished = 'badly'
        error = textOf(objectOf(line['error'])['message']) || error
      } else if (line['type'] === 'error') error = textOf(line['message'])
      else if (line['type'] === 'item.started' || line['type'] === 'item.completed') item(line)
    },
    said: () => ({
      sessionId,
      finished,
      summary,
      errors: finished === 'well' || error === '' ? [] : [error.slice(0, 1_000)],
    }),
  }

  function item(line: Readonly<Record<string, unknown>>): void {
    const told = objectOf(line['item'])
    const type = textOf(told['type'])
    if (type === 'agent_message' && line['type'] === 'item.completed') {
      summary = textOf(told['text'])
      emit({ type: 'message', text: summary })
    } else if (line['type'] === 'item.started' && !/^(?:agent_message|reasoning|error)$/.test(type)) {
      emit({ type: 'tool', name: type })
    }
  }
}
