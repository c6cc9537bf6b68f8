import type { Capability } from '../task/capability.ts'
import type { JobType } from '../task/job.ts'
import type { PlannedJob } from '../task/plan.ts'
import type { Mode, Workflow } from '../task/task.ts'

interface AnswerStep {
  readonly key: string
  readonly type: JobType
  /** One line, words of our own. */
  readonly goal: string
  /** The document that the step leaves; the last step's result is the answer itself. */
  readonly document: string
  /** Steps of one group need nothing of each other, and may run at the same time; absent = alone. */
  readonly group?: string
}

const GATHER: AnswerStep = {
  key: 'gather',
  type: 'research',
  goal: 'Gather the sources and what each of them says; decide nothing yet',
  document: 'sources.md',
}
/** Beside the first, so that what speaks against is looked for by somebody who has not yet found what speaks for. */
const OBJECT: AnswerStep = {
  key: 'object',
  type: 'research',
  goal: 'Gather what speaks against the answers that suggest themselves, and who says so; decide nothing yet',
  document: 'objections.md',
}
const COMPARE: AnswerStep = {
  key: 'compare',
  type: 'research',
  goal: 'Compare what was gathered by the same criteria for every option',
  document: 'comparison.md',
}
const RESEARCH: AnswerStep = {
  key: 'research',
  type: 'executor',
  goal: 'Gather sources, compare them, summarise what they say, and recommend',
  document: 'conclusion.md',
}
const OUTLINE: AnswerStep = {
  key: 'outline',
  type: 'document',
  goal: 'Outline the text: who reads it, what for, and in which order it says what',
  document: 'outline.md',
}
const DRAFT: AnswerStep = {
  key: 'draft',
  type: 'document',
  goal: 'Write the whole text once, after the outline',
  document: 'draft.md',
}
const WRITE: AnswerStep = {
  key: 'write',
  type: 'executor',
  goal: 'Outline, draft, revise and polish the text',
  document: 'revision.md',
}

/**
 * The steps of SPEC 5.1 for results in words: the mode decides how many of them are jobs of their own. An operation is one
 * job in every mode: the operator's program may be one that must not run twice.
 */
const STEPS: Readonly<Record<Workflow, Readonly<Record<Mode, readonly AnswerStep[]>>>> = {
  research: {
    fast: [RESEARCH],
    standard: [GATHER, { ...RESEARCH, goal: 'Compare what was gathered, summarise it, and recommend' }],
    rigorous: [
      { ...GATHER, group: 'gather' },
      { ...OBJECT, group: 'gather' },
      COMPARE,
      { ...RESEARCH, goal: 'Summarise the comparison, and recommend' },
    ],
  },
  writing: {
    fast: [WRITE],
    standard: [OUTLINE, { ...WRITE, goal: 'Draft, revise and polish the text, after the outline' }],
    rigorous: [OUTLINE, DRAFT, { ...WRITE, goal: 'Revise the draft for truth, and polish it' }],
  },
  ops: always({
    key: 'operate',
    type: 'executor',
    goal: 'Inspect the present state, write down the run plan, carry it out, and show what came out',
    document: 'record.md',
  }),
  general: always({
    key: 'answer',
    type: 'executor',
    goal: 'Answer the question, or do the one thing that is asked',
    document: 'answer.md',
  }),
  coding: always({
    key: 'answer',
    type: 'executor',
    goal: 'Do what is asked, with the smallest change that does it',
    document: 'answer.md',
  }),
}

function always(step: AnswerStep): Readonly<Record<Mode, readonly AnswerStep[]>> {
  return { fast: [step], standard: [step], rigorous: [step] }
}

/** The jobs of a plan without files: each reads what the ones before it have left. */
export function answerJobs(input: {
  readonly workflow: Workflow
  readonly mode: Mode
  readonly capability: Capability
  readonly backend: string | null
  readonly timeMs: number
}): readonly PlannedJob[] {
  const steps = STEPS[input.workflow][input.mode]
  return steps.map(({ key, type, goal, document, group }, i) => ({
    key,
    type,
    capability: input.capability,
    goal,
    backend: input.backend,
    dependsOn: steps
      .slice(0, i)
      .filter((step) => group === undefined || step.group !== group)
      .map((step) => step.key),
    parallelGroup: group ?? null,
    timeoutMs: input.timeMs,
    // What a tool has done outside is not undone by doing it again.
    maxAttempts: input.capability === 'mcp' ? 1 : 2,
    expectedArtifacts: [document],
  }))
}
