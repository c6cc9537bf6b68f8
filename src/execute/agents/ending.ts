import type { GatewayReport } from '../../gateway/gateway.ts'
import type { ProcessResult } from '../../process/run.ts'
import type { Ending } from '../../task/job.ts'
import { resultOfProcess } from '../run-result.ts'
import type { AgentSaid } from './run-agent.ts'

interface Facts {
  readonly result: ProcessResult
  readonly said: AgentSaid
  readonly report: GatewayReport
  /** Its program has no end of its own: it ends when the conversation does, with whatever code. */
  readonly isSpokenWith: boolean
  readonly isCancelled: boolean
}

/**
 * How a run of an agent ended. The agent's own exit codes and words are not enough: an interrupted Claude Code exits
 * with 0, a refused bill is a "success" that is an error, and Codex tells a status in prose. So it is completed only
 * when the last event says so and the program ended well (or was ended by us after that event); else what the gateway
 * saw at the wire says why.
 */
export function endingOf({ result, said, report, isSpokenWith, isCancelled }: Facts): {
  ended: Ending
  errors: string[]
} {
  if (isCancelled) return { ended: 'cancelled', errors: [] }
  if (report.cutBy === 'budget' || said.isOverBudget === true)
    return { ended: 'budget_limit', errors: ['stopped: the budget of the task is used up', ...withoutPrice(report)] }
  if (report.cutBy === 'calls') return { ended: 'output_limit', errors: ['stopped: it called the model too often'] }
  const isOwnEnd = result.ended === 'exited' || result.ended === 'signalled'
  const isEndedByUs = said.finished !== null && (result.ended === 'aborted' || (isSpokenWith && isOwnEnd))
  if (said.finished === 'well' && (isEndedByUs || (result.ended === 'exited' && result.exitCode === 0)))
    return { ended: 'completed', errors: [...said.errors] }
  const process = resultOfProcess(result)
  if (report.cutBy !== 'trouble' && !isEndedByUs && result.ended !== 'exited')
    return { ended: process.ended, errors: [...process.errors] }
  const errors = [...said.errors, ...(said.errors.length === 0 ? process.errors : [])]
  const { trouble } = report
  if (trouble !== null) {
    const words = `the provider of the model: ${trouble.message}`
    return { ended: ENDINGS[trouble.kind], errors: [words, ...errors] }
  }
  const isSilent = said.finished === null
  return { ended: 'failed', errors: isSilent ? ['it ended without its last event', ...errors] : errors }
}

const ENDINGS = {
  quota: 'quota_limit',
  account: 'unavailable',
  down: 'transient',
  refused: 'failed',
} as const satisfies Record<string, Ending>

const withoutPrice = ({ unpriced }: GatewayReport): string[] =>
  unpriced.length === 0
    ? []
    : [
        `the price of ${unpriced.join(', ')} is unknown and was taken for the dearest that is known; name it in \`prices\``,
      ]
