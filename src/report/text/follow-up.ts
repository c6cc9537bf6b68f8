import type { TaskView } from '../view.ts'
import { list, shortSha } from './format.ts'
import { login } from './safe.ts'

const FINAL: readonly string[] = ['DONE', 'FAILED', 'CANCELLED']

/** What became of the changes that people asked for: heard, not to be done any more, or done without a change. */
export function followUp(view: TaskView): string {
  return [unchanged(view), heard(view)].filter((s) => s !== '').join(' ')
}

function heard({ task, changesHeard = [] }: TaskView): string {
  if (changesHeard.length === 0) return ''
  const by = `asked for by ${list([...new Set(changesHeard)].map(login), 5)}`
  if (FINAL.includes(task.state))
    return `**Not worked on:** the changes ${by}, because the task ended first. To have them: \`/supervise <request>\`.`
  if (task.reasonCode === 'changes_heard')
    return `**Heard:** changes ${by}. The work on them begins in a few seconds; what is added until then joins the same round.`
  return `**Heard:** changes ${by}. They are the next round, when this one has ended.`
}

function unchanged({ task, agentSummary }: TaskView): string {
  if (task.reasonCode !== 'follow_up_without_change') return ''
  const commit = task.headSha === null ? 'the commit' : `commit \`${shortSha(task.headSha)}\``
  const why =
    agentSummary === null || agentSummary.trim() === ''
      ? ' The agent did not say why.'
      : ' What the agent says about it stands below.'
  return `**Nothing was changed** in the last round: the agent left every file as it was, and ${commit} keeps its evidence.${why}`
}
