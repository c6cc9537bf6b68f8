import type { Job } from '../../task/job.ts'
import type { Plan, PlannedJob } from '../../task/plan.ts'
import { situationOf } from '../situation.ts'
import type { TaskView } from '../view.ts'
import { approvalsAt, SOURCES } from './approvals.ts'
import { folded } from './folded.ts'
import { count, durationText, list, money, tokensText } from './format.ts'
import { code, link, login, plain } from './safe.ts'

const MAX_STEPS = 20

/** The plan as it is put before the approver: numbered, with all that it may do. */
export function planForApproval(plan: Plan): string {
  const steps = [
    ...plan.jobs.slice(0, MAX_STEPS).map((job, i, all) => goal(job) + besideStep(all, i)),
    `Verify ${verifyGoal(plan)}`,
  ].map((text, i) => `${i + 1}. ${text}`)
  return [steps.join('\n'), sentBack(plan), grantLine(plan), criteria(plan)].filter((s) => s !== '').join('\n\n')
}

/** What the person wrote who sent the last plan back: it goes to the agent with the plan. */
function sentBack({ changeRequest }: Plan): string {
  const text = changeRequest === null ? '' : plain(changeRequest, 500)
  return text === '' ? '' : `**Sent back with:** ${text}`
}

/** The same plan as a checklist of what has happened; only facts of stored rows tick a box. */
export function checklist(view: TaskView): string {
  const { plan } = view
  if (plan === null) return ''
  const lines = [
    ...approvalLines(view, 'execute'),
    ...plan.jobs.slice(0, MAX_STEPS).map((planned) => jobLine(view, planned)),
  ]
  if (plan.jobs.length > MAX_STEPS) lines.push(`- [ ] ${plan.jobs.length - MAX_STEPS} more steps`)
  if (plan.baseSha !== null || plan.verification.commands.length > 0) lines.push(verifyLine(view, plan))
  lines.push(...approvalLines(view, 'publish'))
  if (plan.baseSha !== null) lines.push(pullLine(view))
  lines.push(...approvalLines(view, 'result'))
  return lines.join('\n')
}

/** The checklist behind one line that says how far it went. */
export function foldedSteps(view: TaskView): string {
  const steps = checklist(view)
  if (steps === '') return ''
  const [ticked, open] = ['- [x]', '- [ ]'].map((box) => steps.split('\n').filter((s) => s.startsWith(box)).length)
  const all = (ticked ?? 0) + (open ?? 0)
  const told = open === 0 && all > 1 ? 'All ' : open === 0 ? '' : `${ticked} of `
  return folded(`${told}${count(all, 'step')}`, steps)
}

function approvalLines(view: TaskView, gate: keyof typeof APPROVED): string[] {
  const given = approvalsAt(view, gate).slice(0, 5)
  return given.map((a) => `- [x] ${APPROVED[gate]} approved by ${login(a.login)} (${SOURCES[a.source]})`)
}

const APPROVED = { execute: 'Plan', publish: 'Push', result: 'Result' } as const

function jobLine(view: TaskView, planned: PlannedJob): string {
  const job = view.jobs.findLast((j) => j.key === planned.key)
  if (job === undefined || job.status === 'queued') return `- [ ] ${goal(planned)}`
  const facts = [whoDoesIt(job), ...jobFacts(view, job)].filter((s) => s !== '')
  const told = facts.length === 0 ? '' : ` (${facts.join(', ')})`
  const now = job.status === 'running' ? '**Now:** ' : ''
  return `- [${job.status === 'succeeded' ? 'x' : ' '}] ${now}${plain(planned.goal, 200) || 'A step'}${told}`
}

const MAX_PASSED = 3

/** The backend; and who was to do it before, so that nobody is replaced silently. */
function whoDoesIt({ backend, passedOver = [] }: Job): string {
  if (backend === null) return ''
  const before = passedOver.slice(-MAX_PASSED).map((p) => `${code(p.backend, 60)}, which ${PASSED_WORDS[p.reasonCode]}`)
  return `${code(backend, 60)}${before.length === 0 ? '' : ` instead of ${list(before)}`}`
}

const PASSED_WORDS = {
  backend_unavailable: 'cannot run',
  backend_down: 'does not answer',
  quota_reached: 'has no quota left',
} as const

function jobFacts({ now }: TaskView, job: Job): string[] {
  if (job.status === 'failed') return ['failed']
  if (job.status === 'cancelled') return ['stopped']
  if (job.status === 'running') {
    // In whole minutes, so that the text changes at most once a minute.
    const minutes = job.startedAt === null ? 0 : Math.floor((now.getTime() - job.startedAt.getTime()) / 60_000)
    return minutes < 1 ? [] : [durationText(minutes * 60_000)]
  }
  if (job.result === null) return []
  const { durationMs, tokensIn, tokensOut, costUsd } = job.result
  const tokens = tokensIn + tokensOut
  return [durationText(durationMs), tokens === 0 ? '' : tokensText(tokens), costUsd === null ? '' : money(costUsd)]
}

function verifyLine(view: TaskView, plan: Plan): string {
  const what = verifyGoal(plan)
  if (situationOf(view) === 'verifying') return `- [ ] **Now:** Verify ${what}`
  // A verdict of an earlier round does not tick the box of this one; without a change no command was run.
  const again = view.jobs.some((j) => j.status === 'running' || j.status === 'queued')
  const verdict = again || situationOf(view) === 'no_change' ? null : view.task.verdict
  return `- [${verdict === 'pass' ? 'x' : ' '}] ${verdict === null || verdict === 'pass' ? '' : VERDICTS[verdict]}Verify ${what}`
}

const VERDICTS = { fail: '**Failed:** ', inconclusive: '**Inconclusive:** ' } as const

function pullLine({ task, links }: TaskView): string {
  if (task.pullNumber === null) return '- [ ] Pull request'
  return `- [x] Pull request ${link(`#${task.pullNumber}`, links.pull)}${task.verdict === 'pass' ? '' : ' (draft)'}`
}

function goal(planned: PlannedJob): string {
  return `${plain(planned.goal, 200) || 'A step'}${planned.backend === null ? '' : ` (${code(planned.backend, 60)})`}`
}

/** Steps of one group need not wait for each other. */
function besideStep(jobs: readonly PlannedJob[], at: number): string {
  const group = jobs[at]?.parallelGroup ?? null
  const first = group === null ? at : jobs.findIndex((j) => j.parallelGroup === group)
  return first === at ? '' : `, at the same time as step ${first + 1}`
}

function verifyGoal({ verification, baseSha }: Plan): string {
  const commands = verification.commands.map((c) => `${code(c.run, 100)}${c.required ? '' : ' (optional)'}`)
  if (commands.length > 0) return list(commands, 8)
  return baseSha === null ? 'the answer' : 'by hand: no command is known that could do it'
}

function grantLine({ grant }: Plan): string {
  const paths =
    grant.paths.length === 0
      ? 'Changes no files'
      : grant.paths.includes('**')
        ? 'May change any file that is not protected'
        : `May change ${list(
            grant.paths.map((p) => code(p, 80)),
            8,
          )}`
  const network =
    grant.network.length === 0
      ? 'No network'
      : `Network: ${list(
          grant.network.map((h) => code(h, 80)),
          8,
        )}`
  return `${paths}. Budget ${money(grant.budgetUsd)} and ${durationText(grant.timeMs)}. ${network}.`
}

function criteria({ criteria: all }: Plan): string {
  if (all.length === 0) return ''
  const shown = all.slice(0, 12).map((c) => `- ${plain(c, 200) || '–'}`)
  const rest = all.length > 12 ? [`- ${count(all.length - 12, 'more')}`] : []
  return ['**Accepted when**', ...shown, ...rest].join('\n')
}
