import type { Evidence } from '../task/evidence.ts'
import type { Task } from '../task/task.ts'
import { checkTable, tally } from './text/evidence-table.ts'
import { money } from './text/format.ts'
import { plain } from './text/safe.ts'

/** `verification.md`: what was looked at on the commit and what was seen, as a page that is kept with the task. */
export const verificationDocument = (evidence: readonly Evidence[]): string =>
  `# Verification\n\n${tally(evidence)}\n\n${checkTable(evidence)}\n`

/** `finish.md`: what came of the task. */
export function finishDocument(task: Task): string {
  const lines = [
    `# ${plain(task.title, 200)}`,
    '',
    `- Verdict: ${task.verdict ?? 'none'}`,
    ...(task.headSha === null ? [] : [`- Commit: ${task.headSha}`]),
    ...(task.pullNumber === null ? [] : [`- Pull request: ${task.pullNumber}`]),
    `- Repairs: ${task.repairs}, follow-ups: ${task.followUps}`,
    `- Told cost: ${money(task.spentUsd)} of ${money(task.budgetUsd)}`,
    '',
  ]
  return lines.join('\n')
}
