import { randomBytes } from 'node:crypto'
import type { ClassifyInput } from '../../classify/classify.ts'
import { classify } from '../../classify/classify.ts'
import { type AskedOpinion, OPINION, wantsOpinion } from '../../classify/opinion.ts'
import { opinionPrompt } from '../../plan/opinion-prompt.ts'
import { hashOf } from '../../task/hash.ts'
import type { StepContext } from '../work/step.ts'
import { askInForm } from './ask-in-form.ts'

const TIMEOUT_MS = 60_000

/** Asks a model what kind of task this is, where the signals are not sure and a model is configured; else null. */
export async function askOpinion(context: StepContext, input: ClassifyInput): Promise<AskedOpinion | null> {
  if (!wantsOpinion(classify(input), input.told)) return null
  const { title, body, request } = input
  const answer = await askInForm(context, {
    key: `classify-${hashOf({ title, body, request }).slice(0, 12)}`,
    goal: 'Say what kind of work is asked for, and how risky it is',
    prompt: opinionPrompt({ title, body, request, delimiter: randomBytes(9).toString('hex') }),
    form: OPINION,
    timeoutMs: TIMEOUT_MS,
  })
  if (answer.kind === 'off') return null
  return answer.kind === 'missing' ? answer : { kind: 'given', by: answer.by, opinion: answer.value }
}
