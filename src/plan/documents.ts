import { z } from 'zod'
import type { Plan } from '../task/plan.ts'
import type { Mode } from '../task/task.ts'
import { grantLines } from './prompt-text.ts'

/** A document of the plan; its text may be a model's, and is then untrusted like all its words. */
export interface PlanDocument {
  readonly name: string
  readonly text: string
}

const text = z.string().trim().min(1).max(12_000)

/**
 * What a model is asked to write before work on files, by mode: nothing for a single step, everything where care is wanted
 * (SPEC 5.1: brainstorm → design → spec → plan).
 */
export const DRAFTS = {
  fast: null,
  standard: z.object({ spec: text, plan: text }),
  rigorous: z.object({ brainstorm: text, design: text, spec: text, plan: text }),
} as const satisfies Record<Mode, z.ZodType | null>

/** A model's drafts as documents, in the order of the workflow. */
export const draftDocuments = (drafts: Readonly<Record<string, string>>): readonly PlanDocument[] =>
  ['brainstorm', 'design', 'spec', 'plan'].flatMap((name) => {
    const draft = drafts[name]
    return draft === undefined ? [] : [{ name: `${name}.md`, text: draft }]
  })

/** The plan as a page for people, made of nothing but its data. */
export function planDocument(plan: Plan): PlanDocument {
  const { commands, setup } = plan.verification
  const lines = [
    '# Plan',
    '',
    `${plan.type}, ${plan.risk} risk, ${plan.mode}, workflow ${plan.workflow}${plan.skill === null ? '' : `, skill ${plan.skill}`}.`,
    '',
    '## Steps',
    '',
    ...plan.jobs.map((job, i) => {
      const after = job.dependsOn.length === 0 ? '' : `, after ${job.dependsOn.join(', ')}`
      return `${i + 1}. \`${job.key}\` (${job.type}, ${job.capability}${after}): ${job.goal}. Leaves ${job.expectedArtifacts.join(', ')}.`
    }),
    '',
    '## What must be true at the end',
    '',
    ...plan.criteria.map((c) => `- ${c}`),
    ...(setup === null ? [] : [`- Set up with \`${setup.replace(/[\s`]+/g, ' ')}\``]),
    ...commands.map((c) => `- \`${c.run.replace(/[\s`]+/g, ' ')}\` exits with 0${c.required ? '' : ' (not required)'}`),
    '',
    '## Grant',
    '',
    ...grantLines(plan.grant, plan.grant.timeMs),
    '',
  ]
  return { name: plan.documents === undefined ? 'plan.md' : 'plan-as-data.md', text: lines.join('\n') }
}
