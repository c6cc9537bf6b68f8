import { approvalsOf } from '../store/approvals.ts'
import { listArtifacts } from '../store/artifacts.ts'
import type { Database } from '../store/database.ts'
import { decisionsOf } from '../store/decisions.ts'
import { evidenceOf } from '../store/evidence.ts'
import { surfacesOf, transitionsOf } from '../store/history.ts'
import { jobsOf } from '../store/jobs.ts'
import { readTask } from '../store/tasks.ts'
import { requireTaskId } from './require-task-id.ts'
import { withStore } from './with-store.ts'

/** `supervisor show TASK`: the task with its transitions, jobs, evidence, approvals, artifacts and spending. */
export async function show(idOrEnd: string, options: { json?: true }): Promise<void> {
  const found = await withStore(async (db) => readAll(db, await requireTaskId(db, idOrEnd)))
  process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : forPeople(found))
}

async function readAll(db: Database, id: string) {
  const task = await readTask(db, id)
  if (!task) throw new Error(`task ${id} is gone`)
  const [transitions, jobs, evidence, approvals, decisions, artifacts, surfaces] = await Promise.all([
    transitionsOf(db, id),
    jobsOf(db, id),
    evidenceOf(db, id, task.round),
    approvalsOf(db, id),
    decisionsOf(db, id),
    listArtifacts(db, id),
    surfacesOf(db, id),
  ])
  return { task, transitions, jobs, evidence, approvals, decisions, artifacts, surfaces }
}

function forPeople({
  task,
  transitions,
  jobs,
  evidence,
  approvals,
  decisions,
  artifacts,
  surfaces,
}: Awaited<ReturnType<typeof readAll>>): string {
  const lines = [
    `${task.id}  ${task.state}${task.waitingOn === null ? '' : ` (waits for ${task.waitingOn})`}  ${task.reasonCode}`,
    `${task.repository.owner}/${task.repository.name}#${task.issueNumber}${task.pullNumber === null ? '' : ` → #${task.pullNumber}`}  ${plain(task.title)}`,
    `$${task.spentUsd.toFixed(2)} of $${task.budgetUsd.toFixed(2)} spent`,
    '',
    'Transitions',
    ...transitions.map(
      (t) => `  ${t.at.toISOString()}  ${t.from} × ${t.event} → ${t.to}  ${t.reasonCode}  by ${plain(t.actor)}`,
    ),
    'Decisions',
    ...decisions.map((d) => `  ${d.gate}  ${d.kind}  ${d.reasonCode}  by rule ${d.ruleId}`),
    ...(approvals.length === 0 ? [] : ['Approvals']),
    ...approvals.map(
      (a) => `  ${a.at.toISOString()}  ${a.gate}  ${a.decision}  by ${plain(a.actor.login)} (${a.source})`,
    ),
    'Jobs',
    ...jobs.map(
      (j) =>
        `  round ${j.round}  ${j.key}  ${j.status}  ${j.backend ?? ''}  ${j.attempts} attempts  ${j.result?.isolation ?? ''}`,
    ),
    'Evidence',
    ...evidence.map(
      (e) => `  ${e.verdict.padEnd(12)} ${plain(e.criterion)}  ${plain(e.command ?? '')}  ${e.reasonCode ?? ''}`,
    ),
    'Artifacts',
    ...artifacts.map((a) => `  ${a.kind}  ${a.name}  ${a.size} bytes  ${a.sha256.slice(0, 12)}`),
    'On GitHub',
    ...surfaces.map(
      (s) =>
        `  ${s.surface}  ${s.remoteId ?? ''}  ${s.givenUp ? `given up: ${plain(s.lastError ?? '')}` : s.waiting ? 'waiting' : 'sent'}`,
    ),
  ]
  return `${lines.join('\n')}\n`
}

/** Foreign text on a terminal: one line, no control characters. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ').slice(0, 200)
}
