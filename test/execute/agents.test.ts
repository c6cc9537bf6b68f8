import { bin } from '../process/run-support.ts'
import { describeAgent } from './agent-behaviour.ts'

// Stand-ins that speak as the real programs do; `npm run test:agents` holds the real ones to the same.
describeAgent('claude-code', bin('claude-like.mjs'))
describeAgent('codex', bin('codex-like.mjs'))
describeAgent('acp', bin('acp-like.mjs'))
