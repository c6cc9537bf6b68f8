import type { Capability } from '../task/capability.ts'
import type { ResultForm } from '../task/form.ts'
import type { PlannedJob } from '../task/plan.ts'
import type { Classification, TaskType, Workflow } from '../task/task.ts'
import { answerJobs } from './answer-steps.ts'
import { formCriteria } from './form.ts'

/** Goals of work on files, by type; one line each, words of our own only (SPEC 5.1: spec → plan → implement → finish). */
const CODE_GOALS: Readonly<Partial<Record<TaskType, string>>> = {
  bug_fix: 'Reproduce the fault with a failing test, mend its cause, keep every other test green',
  code_change: 'Design the smallest change that does what is asked, make it, and cover it with tests',
  refactor: 'Restructure the code as asked without changing what it does; keep every test green',
  workflow_automation: 'Build the automation as asked, with safe failure and a way to try it out',
  data_transformation: 'Transform the named files as asked, lose no record, and check the result by counts',
  writing: 'Outline, write and revise the named documents; change nothing but text',
}

interface JobsInput {
  readonly classification: Classification
  readonly onFiles: boolean
  /** A backend that the requester fixed. */
  readonly backend: string | null
  readonly timeMs: number
}

const REVIEW_MS = 900_000

/** The jobs of the plan: of work on files one executor, in rigorous mode with a reviewer after it (SPEC 8). */
export function jobsFor({ classification, onFiles, backend, timeMs }: JobsInput): readonly PlannedJob[] {
  const { type, workflow, mode } = classification
  const capability = mainCapability(classification, onFiles)
  if (!onFiles) return answerJobs({ workflow, mode, capability, backend, timeMs })
  const execute: PlannedJob = {
    key: 'implement',
    type: 'executor',
    capability,
    goal: CODE_GOALS[type] ?? 'Do what is asked, with the smallest change that does it',
    backend,
    dependsOn: [],
    parallelGroup: null,
    timeoutMs: timeMs,
    maxAttempts: 2,
    expectedArtifacts: ['diff'],
  }
  if (mode !== 'rigorous') return [execute]
  const review: PlannedJob = {
    key: 'review',
    type: 'reviewer',
    capability: 'review',
    goal: 'Review the change against the plan and its criteria',
    // Never the executor's fixed one: a second opinion comes from somewhere else, where there is somewhere else.
    backend: null,
    dependsOn: [execute.key],
    parallelGroup: null,
    timeoutMs: Math.min(timeMs, REVIEW_MS),
    maxAttempts: 2,
    expectedArtifacts: ['review'],
  }
  return [execute, review]
}

function mainCapability({ capabilities }: Classification, onFiles: boolean): Capability {
  if (onFiles) return 'coding'
  return capabilities.find((c) => c !== 'review') ?? 'reasoning'
}

/** What must be true at the end: said before the work, judged after it by what the supervisor collects itself. */
export function criteriaFor({
  classification,
  form,
  delivery,
}: {
  classification: Classification
  /** null: the result is a change of files that an agent makes. */
  form: ResultForm | null
  delivery?: { readonly path: string } | undefined
}): readonly string[] {
  if (form !== null)
    return [
      ...ANSWER_CRITERIA[classification.workflow],
      ...formCriteria(form),
      ...(delivery === undefined
        ? []
        : [
            `A pull request holds it as ${delivery.path}, and changes nothing else`,
            'Every required verification command exits with 0 on the commit that is pushed',
          ]),
    ]
  return [
    'The branch holds the change that was asked for, and at least one file differs from the base',
    ...(TYPE_CRITERIA[classification.type] ?? []),
    'Every required verification command exits with 0 on the commit that is pushed',
    'No test is deleted, skipped or weakened',
    'No file under .github/workflows/ is changed',
    ...(classification.mode === 'rigorous'
      ? ['A second agent has reviewed the change, or the report says that none did']
      : []),
  ]
}

const TYPE_CRITERIA: Readonly<Partial<Record<TaskType, readonly string[]>>> = {
  bug_fix: ['A test fails without the fix and passes with it, where the fault can be tested'],
  code_change: ['New behaviour is covered by tests, where it can be tested'],
  refactor: ['What the code does stays the same'],
  data_transformation: ['No record is lost or invented: counts before and after are stated'],
  writing: ['Only documents and comments are changed'],
}

const ANSWER_CRITERIA: Readonly<Record<Workflow, readonly string[]>> = {
  coding: ['There is an answer, and it is well formed'],
  research: ['There is a report, and it ends with a recommendation'],
  writing: ['There is a text, and it has the form that was asked for'],
  ops: ['There is a record of what was run and what came out', 'Nothing was run beyond what was asked'],
  general: ['There is an answer, and it is well formed'],
}
