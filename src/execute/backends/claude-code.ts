import { randomUUID } from 'node:crypto'
import type { AgentBackendSettings } from '../../settings/settings.ts'
import { agentBackend } from '../agents/agent-backend.ts'
import { listOf, objectOf, textOf } from '../agents/json-lines.ts'
import type { AgentReader } from '../agents/run-agent.ts'
import type { BackendFactory, RunInput } from '../backend.ts'

/** What a grant's tools are called there. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  read: ['Read', 'Glob', 'Grep', 'LS', 'TodoWrite', 'Task', 'Agent'],
  edit: ['Edit', 'MultiEdit', 'Write', 'NotebookEdit'],
  shell: ['Bash', 'BashOutput', 'KillShell'],
}

/**
 * Anthropic's Claude Code, headless (measured with 2.1.330). No settings, hooks, servers or skills of the repository
 * are loaded: `--setting-sources ""` and `--strict-mcp-config`. Whatever the grant does not name is denied without a
 * question. Costs are counted at the gateway: what the CLI tells is summed up over a session's runs.
 */
export const claudeCode = (environment: Readonly<Record<string, string | undefined>>) =>
  agentBackend(environment, {
    hint: 'Install it (`npm install -g @anthropic-ai/claude-code`)',
    wire: 'anthropic',
    version: ['--version'],
    sessions: '.claude/projects',
    failureModes: [
      'a limit of the provider parks the task until it ends; a refused key or bill is told to the operator',
      'tools that the grant does not name are denied, which the agent is told',
    ],
    prepare: (settings, input) => (way) => ({
      args: [
        ...['--print', '--verbose', '--output-format', 'stream-json'],
        ...['--setting-sources', '', '--strict-mcp-config', '--disable-slash-commands'],
        ...['--permission-mode', 'dontAsk', '--allowedTools', toolsOf(input).join(',')],
        ...['--disallowedTools', 'WebFetch,WebSearch'],
        ...(input.sessionId === null ? ['--session-id', randomUUID()] : ['--resume', input.sessionId]),
        ...(settings.model === undefined ? [] : ['--model', settings.model]),
        ...settings.command.slice(1),
      ],
      env: {
        ANTHROPIC_BASE_URL: way.url,
        ANTHROPIC_API_KEY: way.token,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        CLAUDE_CODE_MAX_RETRIES: '2',
        DISABLE_AUTOUPDATER: '1',
        ...(way.isBoxed ? { IS_SANDBOX: '1' } : {}),
      },
    }),
    reader: readClaude,
  }) satisfies BackendFactory<AgentBackendSettings>

const toolsOf = ({ grant }: RunInput): string[] => grant.tools.flatMap((tool) => TOOLS[tool] ?? [])

/** `--output-format stream-json`: one object a line. Unknown types are passed over, as new versions bring new ones. */
export function readClaude(emit: RunInput['emit']): AgentReader {
  let sessionId: string | null = null
  let finished: 'well' | 'badly' | null = null
  let summary = ''
  let errors: string[] = []
  const denied = new Map<string, number>()
  return {
    line(line) {
      sessionId = textOf(line['session_id']) || sessionId
      if (line['type'] === 'assistant') {
        for (const block of listOf(objectOf(line['message'])['content'])) {
          if (block['type'] === 'text') emit({ type: 'message', text: textOf(block['text']) })
          if (block['type'] === 'tool_use') emit({ type: 'tool', name: textOf(block['name']) })
        }
      } else if (line['type'] === 'system' && line['subtype'] === 'permission_denied') {
        const tool = textOf(line['tool_name'])
        if (denied.size < 20 || denied.has(tool)) denied.set(tool, (denied.get(tool) ?? 0) + 1)
      } else if (line['type'] === 'result') {
        finished = line['is_error'] === false && line['subtype'] === 'success' ? 'well' : 'badly'
        summary = textOf(line['result'])
        errors = finished === 'well' ? [] : failureOf(line)
      }
    },
    said: () => ({
      sessionId,
      finished,
      summary,
      errors: [...errors, ...[...denied].map(([tool, times]) => `the tool ${tool} was denied ${times} times`)],
    }),
  }
}

function failureOf(line: Readonly<Record<string, unknown>>): string[] {
  const told = Array.isArray(line['errors']) ? line['errors'].filter((e) => typeof e === 'string').slice(0, 5) : []
  return [textOf(line['subtype']), textOf(line['result']), ...told]
    .filter((text) => text !== '' && text !== 'success')
    .map((text) => text.slice(0, 1_000))
}
