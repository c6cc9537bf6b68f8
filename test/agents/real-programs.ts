import { join } from 'node:path'
import { inject } from 'vitest'
import type { AgentType } from '../execute/agent-candidate.ts'

const LAUNCHERS = { 'claude-code': 'claude', codex: 'codex', acp: 'opencode' } as const satisfies Record<
  AgentType,
  string
>

/** As npm installs them for their users. */
export const realProgram = (type: AgentType): string => join(inject('agents'), 'node_modules', '.bin', LAUNCHERS[type])
