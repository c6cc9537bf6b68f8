import { randomBytes } from 'node:crypto'
import { DRAFTS, draftDocuments, type PlanDocument } from '../../plan/documents.ts'
import { draftsPrompt } from '../../plan/drafts-prompt.ts'
import { hashOf } from '../../task/hash.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Mode } from '../../task/task.ts'
import { listFilesAt, type Mirror, readFileAt } from '../../workspace/mirror.ts'
import { readSnapshot } from '../read-snapshot.ts'
import type { StepContext } from '../work/step.ts'
import { askInForm } from './ask-in-form.ts'

const TIMEOUT_MS = 180_000
const MAX_FILES = 5_000
const MAX_NAMED = 5
const MAX_FILE_BYTES = 60_000

export interface Drafts {
  readonly documents: readonly PlanDocument[]
  /** Why a model that is configured wrote none; null = it wrote them, or there is none. */
  readonly missing: { readonly by: string; readonly why: ReasonCode } | null
}

/**
 * Has a model think a change through before an agent makes it, where a model is configured and the mode wants it. Without
 * one, or without an answer, the plan stands by its data alone.
 */
export async function askDrafts(
  context: StepContext,
  base: { readonly mirror: Mirror; readonly sha: string; readonly mode: Mode },
): Promise<Drafts> {
  const { corridor, task } = context
  const form = DRAFTS[base.mode]
  if (form === null || !corridor.registry.list().some((b) => b.answersInForm === true))
    return { documents: [], missing: null }
  const snapshot = await readSnapshot(corridor, task)
  const files = await listFilesAt(base.mirror, base.sha, MAX_FILES)
  const wanted = `${snapshot.request}\n${snapshot.title}\n${snapshot.body}`
  const named: { path: string; text: string }[] = []
  for (const path of files.filter((f) => wanted.includes(f)).slice(0, MAX_NAMED)) {
    const text = await readFileAt(base.mirror, base.sha, path, MAX_FILE_BYTES).catch(() => null)
    if (text !== null) named.push({ path, text })
  }
  const { clarifications } = task.inputs
  const changeRequest = task.feedback
  const answer = await askInForm(context, {
    key: `plan-${hashOf([task.snapshotHash, clarifications, changeRequest, base.sha, base.mode]).slice(0, 12)}`,
    goal: 'Think the change through before it is made',
    prompt: draftsPrompt({
      snapshot,
      clarifications,
      changeRequest,
      files,
      named,
      documents: Object.keys(form.shape),
      delimiter: randomBytes(9).toString('hex'),
    }),
    form,
    timeoutMs: TIMEOUT_MS,
  })
  if (answer.kind === 'given') return { documents: draftDocuments(answer.value), missing: null }
  return { documents: [], missing: answer.kind === 'missing' ? answer : null }
}
