import { NO_FORM, type ResultForm } from '../task/form.ts'
import type { Classification } from '../task/task.ts'
import type { Skill } from './skills.ts'

/**
 * The form that a result in words must have: what its kind of work wants, what the pack adds, and what the request itself
 * says in so many words. Each can only add demands.
 */
export function formFor(
  classification: Pick<Classification, 'type'>,
  skill: Skill | null,
  request: string,
): ResultForm {
  const { type } = classification
  const pack = skill?.form ?? NO_FORM
  const words = [pack.maxWords, wordsAskedFor(request)].filter((n) => n !== null)
  return {
    sections: pack.sections,
    maxWords: words.length === 0 ? null : Math.min(...words),
    sources: pack.sources || type === 'research',
    decision: pack.decision || type === 'decision_support',
    data: pack.data || type === 'data_transformation',
    documents: pack.documents,
  }
}

/** `in at most 200 words`, `no more than 1,000 words`, `under 50 words`; null = the request sets no limit. */
function wordsAskedFor(request: string): number | null {
  const limit =
    /\b(?:at most|no more than|not more than|max(?:imum)?(?: of)?|up to|under|below|within|less than|fewer than)\s+(\d{1,3}(?:,\d{3})|\d{2,5})\s+words\b/i
  const found = limit.exec(request.slice(0, 20_000))?.[1]
  return found === undefined ? null : Number(found.replace(',', ''))
}

/** The form in sentences: for people in the plan, for agents in the prompt. */
export function formCriteria(form: ResultForm): readonly string[] {
  return [
    ...form.documents.map((name) => `${name} is delivered`),
    ...(form.sections.length > 0 ? [`It has the sections ${form.sections.join(', ')}`] : []),
    ...(form.maxWords === null ? [] : [`It has at most ${form.maxWords} words`]),
    ...(form.sources ? ['It names its sources, and those in the repository exist'] : []),
    ...(form.decision ? ['It compares two options or more by criteria, and recommends one'] : []),
    ...(form.data ? ['The data stand in one fenced block, and it says how many records there are after the work'] : []),
  ]
}
