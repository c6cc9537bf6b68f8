import { onTestFinished } from 'vitest'
import { type ModelStub, startModelStub } from '../../src/demo/model-stub/model-stub.ts'
import type { Asked, Reply } from '../../src/demo/model-stub/shape.ts'
import type { Backend } from '../../src/execute/backend.ts'
import { createRegistry } from '../../src/execute/registry.ts'
import type { AgentBackendSettings } from '../../src/settings/settings.ts'
import type { Candidate } from './contract.ts'

export type AgentType = 'claude-code' | 'codex' | 'acp'

/** What must be found nowhere that an agent, or a reader of our records, can look. */
export const AGENT_KEY = 'sk-fake-key-that-no-agent-may-see'
/** With a price in the table. */
export const AGENT_MODELS = { 'claude-code': 'claude-sonnet-5-5', codex: 'gpt-5.4', acp: 'gpt-5.4' } as const
/** Does the job of the contract: what the prompt says, as a file. */
export const WRITES_ANSWER = `printf '%s\\n' 'Do "this" and $(that)' > answer.txt`

export interface AgentAtWork {
  readonly backend: Backend
  readonly stub: ModelStub
}

/** An agent's program and a model on loopback that answers as told. */
export async function startAgent(
  type: AgentType,
  program: string,
  reply: (asked: Asked, count: number) => Reply,
  more: Partial<AgentBackendSettings> = {},
): Promise<AgentAtWork> {
  const stub = await startModelStub(reply)
  onTestFinished(() => stub.close())
  const settings: AgentBackendSettings = {
    type,
    command: type === 'acp' && program.endsWith('opencode') ? [program, 'acp'] : [program],
    capabilities: ['coding'],
    // An agent of the protocol that nobody knows is told by its operator where its model is.
    ...(type === 'acp' && isStandIn(program)
      ? { provider: 'openai-compatible', env: { MODEL_URL: '{gateway}/v1', MODEL_KEY: '{token}', MODEL: '{model}' } }
      : { env: {} }),
    model: AGENT_MODELS[type],
    apiKeyEnv: 'THE_KEY',
    baseUrl: type === 'claude-code' ? stub.url : `${stub.url}/v1`,
    ...more,
  }
  const backend = createRegistry({ mine: settings }, { THE_KEY: AGENT_KEY }).get('mine')
  if (backend === null) throw new Error('no backend')
  return { backend, stub }
}

const isStandIn = (program: string): boolean => program.endsWith('acp-like.mjs')

/** Runs the commands one after the other, each when the one before has come back, and then says so. */
export const playing =
  (commands: readonly string[], say = 'I wrote it.') =>
  ({ body }: Asked): Reply => {
    const done = resultsIn(body)
    const run = commands[done]
    return run === undefined ? { say } : { run }
  }

/** How many results of tools a conversation holds so far. */
function resultsIn(body: Asked['body']): number {
  const all = JSON.stringify(body['messages'] ?? body['input'] ?? [])
  return all.match(/"type":"(?:tool_result|function_call_output)"|"role":"tool"/g)?.length ?? 0
}

/** @param flood a program that prints without end, where the agent's own cannot be brought to it */
export const agentCandidate = (type: AgentType, program: string, flood?: string): Candidate => {
  const answering = (reply: (asked: Asked, count: number) => Reply) => async () =>
    (await startAgent(type, program, reply)).backend
  return {
    type,
    capability: 'coding',
    isProcess: true,
    worksOnFiles: true,
    works: answering(playing([WRITES_ANSWER])),
    hangs: answering(() => 'silence'),
    looks: answering(playing(['env > answer.txt'])),
    ...(flood === undefined ? {} : { floods: async () => (await startAgent(type, flood, playing([]))).backend }),
    spends: answering(() => ({ run: 'true', usage: { input: 10_000, output: 1_000 } })),
    secret: { value: AGENT_KEY, make: answering(() => ({ status: 401, message: `no such key: ${AGENT_KEY}` })) },
  }
}
