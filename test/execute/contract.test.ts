import { onTestFinished } from 'vitest'
import type { Backend } from '../../src/execute/backend.ts'
import { createRegistry } from '../../src/execute/registry.ts'
import type { BackendSettings, ScriptBackendSettings } from '../../src/settings/settings.ts'
import { bin, type Room } from '../process/run-support.ts'
import { type Says, startModelStub } from '../support/model-stub.ts'
import { agentCandidate } from './agent-candidate.ts'
import { type Candidate, describeContract } from './contract.ts'
import { writeRecording } from './execute-support.ts'

const registered = (settings: BackendSettings) => {
  const backend = createRegistry({ mine: settings }).get('mine')
  if (backend === null) throw new Error('no backend')
  return backend
}
const program = (type: string, of: Record<'works' | 'hangs' | 'floods' | 'looks', BackendSettings>): Candidate => ({
  type,
  capability: 'coding',
  isProcess: true,
  worksOnFiles: true,
  works: () => registered(of.works),
  hangs: () => registered(of.hangs),
  floods: () => registered(of.floods),
  looks: () => registered(of.looks),
})
const script = (name: string, env = {}): ScriptBackendSettings => ({
  type: 'script',
  command: [bin(name)],
  capabilities: ['coding'],
  env,
})
const shell = (run: string): BackendSettings => ({ type: 'shell', run, capabilities: ['coding'], env: {} })
const recorded = (room: Room, delayMs: number): BackendSettings => {
  const edits = [{ path: 'answer.txt', content: 'Do "this" and $(that)\n' }]
  const recording = writeRecording(room, { version: 1, rounds: [{ say: 'wrote it', edits, delayMs }] })
  return { type: 'recorded', recording, capabilities: ['coding'] }
}

const server = (tool: string): BackendSettings => ({
  type: 'mcp',
  command: [bin('mcp-like.mjs')],
  tools: [tool],
  capabilities: ['coding'],
  env: {},
  envFrom: [],
  network: [],
})

/** A model behind an API, asked in this process. */
const asked = (says: Says) => async (): Promise<Backend> => {
  const stub = await startModelStub(() => says)
  onTestFinished(() => stub.close())
  const place = { provider: 'anthropic', model: 'some-model', apiKeyEnv: 'MODEL_KEY', baseUrl: stub.url } as const
  const thinker: BackendSettings = { type: 'reasoning', ...place, capabilities: ['reasoning'] }
  const backend = createRegistry({ mine: thinker }, { MODEL_KEY: THINKER_KEY }).get('mine')
  if (backend === null) throw new Error('no backend')
  return backend
}
const THINKER_KEY = 'sk-fake-key-of-the-contract'

const CANDIDATES: readonly Candidate[] = [
  program('script', {
    works: script('agent.sh', { FOO: 'bar' }),
    hangs: script('hang.sh'),
    floods: script('flood.sh'),
    looks: { ...script('agent.sh'), command: ['/bin/sh', '-c', 'env > answer.txt'] },
  }),
  program('shell', {
    works: shell('cat > answer.txt; echo wrote it'),
    hangs: shell('trap "" TERM; sleep 3600; sleep 3600'),
    floods: shell('yes'),
    looks: shell('env > answer.txt'),
  }),
  program('mcp', { works: server('write'), hangs: server('hang'), floods: server('flood'), looks: server('look') }),
  {
    type: 'recorded',
    capability: 'coding',
    isProcess: false,
    worksOnFiles: true,
    works: ({ room }) => registered(recorded(room, 0)),
    hangs: ({ room }) => registered(recorded(room, 3_600_000)),
  },
  {
    type: 'reasoning',
    capability: 'reasoning',
    isProcess: false,
    worksOnFiles: false,
    works: asked({ text: 'I wrote it.' }),
    hangs: asked('nothing'),
    floods: asked({ text: 'x'.repeat(9_000_000) }),
    secret: { value: THINKER_KEY, make: asked({ status: 401, message: `no such key: ${THINKER_KEY}` }) },
  },
  // Stand-ins that speak as the real programs do; `npm run test:agents` holds the real ones to the same.
  agentCandidate('claude-code', bin('claude-like.mjs'), bin('flood.sh')),
  agentCandidate('codex', bin('codex-like.mjs'), bin('flood.sh')),
  agentCandidate('acp', bin('acp-like.mjs'), bin('flood.sh')),
]

for (const one of CANDIDATES) describeContract(one)
