import type { Move } from '../../store/advance.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import type { Tx } from '../../store/database.ts'
import { storeEvidence } from '../../store/evidence.ts'
import { jobsOf } from '../../store/jobs.ts'
import type { Evidence } from '../../task/evidence.ts'
import { NO_FORM } from '../../task/form.ts'
import { sha256 } from '../../task/hash.ts'
import type { Job } from '../../task/job.ts'
import type { Plan } from '../../task/plan.ts'
import { formEvidence } from '../../verify/answer/form-evidence.ts'
import { answerEvidence } from '../../verify/answer-evidence.ts'
import { judge } from '../../verify/judge.ts'
import { branchHead, listFilesAt } from '../../workspace/mirror.ts'
import { syncMirror } from '../git/sync-mirror.ts'
import { repairMove } from '../jobs/repair.ts'
import type { StepContext } from '../work/step.ts'

const MAX_FILES = 50_000

/** A result that is shown in the thread: it must be there, and have the form that the plan says (SPEC 9.7). */
export async function verifyAnswer(context: StepContext, plan: Plan): Promise<Move> {
  const { corridor, task, lease } = context
  const { answer, evidence, storeDocuments } = await lookAtAnswer(context, plan)
  const { verdict, reasonCode } = judge(evidence)
  const also: NonNullable<Move['also']> = async (tx) => {
    await storeEvidence(corridor.db, tx, lease, task.round, evidence)
    await storeArtifact(corridor.db, tx, task.id, { kind: 'answer', name: 'answer.md', content: answer })
    await storeDocuments(tx)
  }
  if (verdict === 'fail' && task.repairs < (task.settings ?? corridor.settings).limits.repairs)
    return { ...repairMove(evidence, reasonCode), also }
  return { event: 'judged', reasonCode, facts: { verdict, workflow: plan.workflow }, patch: { verdict }, also }
}

interface AnswerSeen {
  readonly answer: string
  readonly evidence: readonly Evidence[]
  /** What each step has left, kept as the documents of the workflow (SPEC 14.1). */
  readonly storeDocuments: (tx: Tx) => Promise<void>
}

/** What can be seen of a result in words, wherever it ends up. */
export async function lookAtAnswer(context: StepContext, plan: Plan): Promise<AnswerSeen> {
  const { corridor, task } = context
  const documents = await documentsOf(context, plan)
  const answer = documents.at(-1)?.text ?? ''
  const evidence = [
    ...answerEvidence(answer),
    ...ranToItsEnd(context, plan, documents.at(-1)?.job),
    ...formEvidence({
      answer,
      form: plan.form ?? NO_FORM,
      files: await filesOf(context),
      documents: documents.map((d) => d.name),
    }),
  ]
  const storeDocuments = async (tx: Tx): Promise<void> => {
    for (const { name, text, job } of documents)
      await storeArtifact(corridor.db, tx, task.id, { kind: 'document', name, content: text, jobId: job.id })
  }
  return { answer, evidence, storeDocuments }
}

interface Delivered {
  readonly name: string
  readonly text: string
  readonly job: Job
}

/** What each job of the plan has left, in its order; of a job that ran again, the newest. */
async function documentsOf({ corridor, task }: StepContext, plan: Plan): Promise<Delivered[]> {
  const done = (await jobsOf(corridor.db, task.id)).filter((j) => j.status === 'succeeded')
  return plan.jobs.flatMap((planned) => {
    const job = done.findLast((j) => j.key === planned.key)
    return job === undefined
      ? []
      : [{ name: planned.expectedArtifacts[0] ?? `${planned.key}.md`, text: job.result?.summary ?? '', job }]
  })
}

/** An operation that ran as a program has an exit code, which was seen here and not told; a tool has its server's answer. */
function ranToItsEnd({ corridor }: StepContext, { workflow }: Plan, job: Job | undefined): Evidence[] {
  const result = job?.result
  if (workflow !== 'ops' || !result) return []
  const common = { required: true, command: null, counts: null, excerpt: '', commit: null }
  const { exitCode, durationMs } = result
  if (job.capability === 'mcp') {
    // The call and its whole answer are the run's log, which is stored under this hash.
    const artifactHash = sha256(corridor.db.text(result.log))
    const criterion = 'The tool was called once, and its server told no error'
    return [
      { ...common, criterion, kind: 'output', exitCode, durationMs, artifactHash, verdict: 'pass', reasonCode: null },
    ]
  }
  if (exitCode === null) return []
  return [
    {
      ...common,
      criterion: 'What was run ended well',
      kind: 'exit_code',
      exitCode,
      durationMs,
      artifactHash: null,
      verdict: exitCode === 0 ? 'pass' : 'fail',
      reasonCode: exitCode === 0 ? null : 'command_failed',
    },
  ]
}

/** Paths at the commit whose settings hold for the task; null where the repository cannot be read just now. */
async function filesOf(context: StepContext): Promise<string[] | null> {
  const { corridor, task } = context
  try {
    const mirror = await syncMirror(context)
    const sha = task.settingsSha ?? (await branchHead(mirror, task.repository.defaultBranch))
    return sha === null ? [] : await listFilesAt(mirror, sha, MAX_FILES)
  } catch (error) {
    context.signal.throwIfAborted()
    corridor.log.warn({ err: error, task_id: task.id }, 'listing the repository for the links of an answer')
    return null
  }
}
