import { agentCandidate } from '../execute/agent-candidate.ts'
import { describeContract } from '../execute/contract.ts'
import { realProgram } from './real-programs.ts'

for (const type of ['claude-code', 'codex', 'acp'] as const) describeContract(agentCandidate(type, realProgram(type)))
