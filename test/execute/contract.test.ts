import { createRegistry } from '../../src/execute/registry.ts'
import type { BackendSettings } from '../../src/settings/settings.ts'
import { bin, type Room } from '../process/run-support.ts'
import { agentCandidate } from './agent-candidate.ts'
import { type Candidate, describeContract } from './contract.ts'
import { type Bench, writeRecording } from './execute-support.ts'

const registered = (settings: BackendSettings) => {
  const backend = createRegistry({ mine: settings }).get('mine')
  if (backend === null) throw new Error('no backend')
  return backend
}
const candidate = (
  type: string,
  works: (bench: Bench) => BackendSettings,
  hangs: (bench: Bench) => BackendSettings,
): Candidate => ({
  type,
  works: (bench) => registered(works(bench)),
  hangs: (bench) => registered(hangs(bench)),
  isProcess: type !== 'recorded',
})
const script = (name: string, env = {}): BackendSettings => ({
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

const CANDIDATES: readonly Candidate[] = [
  candidate(
    'script',
    () => script('agent.sh', { FOO: 'bar' }),
    () => script('hang.sh'),
  ),
  candidate(
    'shell',
    () => shell('cat > answer.txt; echo wrote it'),
    () => shell('trap "" TERM; sleep 3600; sleep 3600'),
  ),
  candidate(
    'recorded',
    ({ room }) => recorded(room, 0),
    ({ room }) => recorded(room, 3_600_000),
  ),
  candidate(
    'mcp',
    () => server('write'),
    () => server('hang'),
  ),
  // Stand-ins that speak as the real programs do; `npm run test:agents` holds the real ones to the same.
  agentCandidate('claude-code', bin('claude-like.mjs')),
  agentCandidate('codex', bin('codex-like.mjs')),
  agentCandidate('acp', bin('acp-like.mjs')),
]

for (const one of CANDIDATES) describeContract(one)
