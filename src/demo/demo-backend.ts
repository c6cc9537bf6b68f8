import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Config } from '../config.ts'
import type { BackendSettings } from '../settings/settings.ts'
import type { ModelStub } from './model-stub/model-stub.ts'

/** Agents that the demo knows without a configuration: what their program is called, and a model with a price. */
const AGENTS = {
  'claude-code': { program: 'claude', model: 'claude-sonnet-5-5', key: 'ANTHROPIC_API_KEY', version: '' },
  codex: { program: 'codex', model: 'gpt-5.4', key: 'OPENAI_API_KEY', version: '/v1' },
} as const
const CAPABILITIES = ['coding'] as const

export interface DemoBackend {
  readonly name: string
  readonly settings: BackendSettings
  /** Variables that the backend takes its key from; nothing else of the environment goes into the demo. */
  readonly environment: Readonly<Record<string, string>>
}

/**
 * What works in the demo: the recorded run; a backend of the operator's configuration; or, without one, an agent that is
 * installed here. With a stub the agent is real and its model is not: its key is none, and nothing leaves this machine.
 */
export function demoBackend(
  wanted: string | undefined,
  operator: Config,
  recording: string,
  stub: ModelStub | null,
): DemoBackend {
  if (wanted === undefined)
    return { name: 'recorded', settings: { type: 'recorded', recording, capabilities: CAPABILITIES }, environment: {} }
  const own = operator.settings.backends[wanted]
  const settings = own ?? installed(wanted, operator)
  if (settings === null) {
    const names = [...new Set([...Object.keys(operator.settings.backends), ...Object.keys(AGENTS)])]
    throw new Error(
      `no backend named ${JSON.stringify(wanted)} in supervisor.config.yml, nor an agent of that name; there are: ${names.join(', ')}`,
    )
  }
  if (stub !== null) return { name: wanted, ...withStub(wanted, settings, stub) }
  const variable = 'apiKeyEnv' in settings ? settings.apiKeyEnv : undefined
  const key = variable === undefined ? undefined : operator.environment[variable]
  return { name: wanted, settings, environment: variable && key ? { [variable]: key } : {} }
}

function withStub(name: string, settings: BackendSettings, stub: ModelStub): Omit<DemoBackend, 'name'> {
  if (settings.type !== 'claude-code' && settings.type !== 'codex')
    throw new Error(
      `--model-stub is for agents (${Object.keys(AGENTS).join(', ')}); "${name}" is of type ${settings.type}`,
    )
  const { model, version } = AGENTS[settings.type]
  const apiKeyEnv = 'DEMO_MODEL_KEY'
  return {
    settings: { ...settings, model, apiKeyEnv, baseUrl: `${stub.url}${version}` },
    environment: { [apiKeyEnv]: 'sk-of-the-demo-that-opens-nothing' },
  }
}

/** Whoever tries the demo has the agent in the PATH of their shell; the service looks there for nothing. */
function installed(name: string, { environment }: Config): BackendSettings | null {
  if (name !== 'claude-code' && name !== 'codex') return null
  const { program, key } = AGENTS[name]
  const found = (environment['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find((file) => existsSync(file))
  return { type: name, command: [found ?? program], capabilities: CAPABILITIES, env: {}, apiKeyEnv: key }
}
