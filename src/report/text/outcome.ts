import { type Situation, situationOf } from '../situation.ts'
import type { TaskView } from '../view.ts'
import { approvalsAt } from './approvals.ts'
import { count, list, shortSha } from './format.ts'
import { questionLines } from './questions.ts'
import { wordsFor } from './reasons.ts'
import { code, fence, plain } from './safe.ts'

/** The sentence that says what came of it, or what is asked. Empty where the headline says it all. */
export function outcome(view: TaskView): string {
  const write = SENTENCES[situationOf(view)]
  return write === undefined ? '' : write(view)
}

const SENTENCES: Partial<Record<Situation, (view: TaskView) => string>> = {
  clarify: questionLines,
  held: reason,
  held_back: reason,
  refused: reason,
  cancelled: reason,
  failed: (view) => [reason(view), detail(view)].filter((s) => s !== '').join('\n\n'),
  retry: detail,
  on_hold: (view) => [reason(view), detail(view)].filter((s) => s !== '').join('\n\n'),
  paused: (view) => [reason(view), detail(view)].filter((s) => s !== '').join('\n\n'),
  done: (view) => {
    const { task } = view
    if (task.reasonCode === 'answer_given' || task.headSha === null) return 'The answer is below.'
    if (task.outcome === 'accepted') return 'The pull request was merged.'
    if (view.merging === true) return 'The result was approved. It is merged as soon as GitHub lets it be.'
    if (task.verdict === 'pass') return 'The result was approved. Merging is left to you.'
    return approvalsAt(view, 'result').length === 0
      ? reason(view)
      : 'The result was approved, although not everything required could be shown. Merging is left to you.'
  },
  verified: passed,
  approve_result: passed,
  inconclusive: notShown,
  not_conclusive: notShown,
  unverified: failed,
  not_verified: failed,
  no_change: () => 'Verification failed: a change was asked for, and no file was changed. Nothing was pushed.',
}

function reason({ task }: Pick<TaskView, 'task'>): string {
  const { happened, why } = wordsFor(task.reasonCode)
  return [happened, why].filter((s) => s !== null).join(' ')
}

function detail(view: TaskView): string {
  return view.detail === undefined || view.detail === null || view.detail.trim() === '' ? '' : fence(view.detail, 1_500)
}

function passed({ task, plan }: TaskView): string {
  if (task.headSha === null) return ''
  const told = `Every required criterion passed on commit \`${shortSha(task.headSha)}\`, run by the supervisor itself.`
  return plan?.delivery === undefined ? told : `${told} The result is ${code(plan.delivery.path, 160)} there.`
}

function failed(view: TaskView): string {
  const bad = view.evidence.filter((e) => e.required && e.verdict === 'fail')
  const [only] = bad
  const tests = bad.length === 1 ? (only?.counts ?? null) : null
  const names = list(
    bad.map((e) => (e.command === null ? plain(e.criterion, 100) : code(e.command, 100))),
    4,
  )
  const where = view.task.headSha === null ? '' : ` on commit \`${shortSha(view.task.headSha)}\``
  const what =
    tests !== null && tests.failed > 0
      ? `${names}: ${tests.failed} of ${count(tests.passed + tests.failed, only?.kind === 'ci' ? 'check' : 'test')} failed`
      : `${names} failed`
  const first = bad.length === 0 ? `${wordsFor(view.task.reasonCode).happened}` : `${what}${where}.`
  const rounds = view.task.repairs
  const repairs =
    rounds === 0 ? '' : ` ${rounds === 1 ? 'One repair round' : `${rounds} repair rounds`} did not mend it.`
  const claim =
    view.agentSummary === null || view.agentSummary.trim() === ''
      ? ''
      : " The agent's own summary is a claim; the supervisor ran the checks itself."
  return `${first}${repairs}${claim}`
}

function notShown(view: TaskView): string {
  const open = view.evidence.filter((e) => e.required && e.verdict !== 'pass')
  const why = [...new Set(open.map((e) => e.reasonCode ?? 'verification_inconclusive'))].slice(0, 4).map((c) => {
    const { happened, next } = wordsFor(c)
    return next === null ? happened : `${happened} ${next}`
  })
  return why.length === 0 ? reason(view) : `Not everything required could be shown. ${why.join(' ')}`
}
