import { describeAgent } from '../execute/agent-behaviour.ts'
import { realProgram } from './real-programs.ts'

describeAgent('claude-code', realProgram('claude-code'))
describeAgent('codex', realProgram('codex'))
describeAgent('acp', realProgram('acp'))
