import type { Mode, Risk, TaskType } from '../task/task.ts'
import { MODES } from '../task/task.ts'

interface ModeInput {
  readonly type: TaskType
  readonly risk: Risk
  readonly changesFiles: boolean
  readonly repositoryPrivate: boolean
  readonly complexity: 'small' | 'medium' | 'large'
  readonly requested: Mode | null
}

/** SPEC 3.4. What a person asks for may only be stricter; a looser wish is ignored. */
export function modeFor(input: ModeInput): Mode {
  const own = ownMode(input)
  return input.requested !== null && MODES.indexOf(input.requested) > MODES.indexOf(own) ? input.requested : own
}

function ownMode({ type, risk, changesFiles, repositoryPrivate, complexity }: ModeInput): Mode {
  if (risk === 'high') return 'rigorous'
  if (changesFiles) return risk === 'low' && repositoryPrivate ? 'standard' : 'rigorous'
  const single = type === 'general_assistant' || type === 'decision_support' || type === 'ops_automation'
  return single && complexity === 'small' && risk === 'low' ? 'fast' : 'standard'
}
