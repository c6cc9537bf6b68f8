import { readFileSync } from 'node:fs'
import type { Classification, Risk, TaskType } from '../../src/task/task.ts'
import { classify } from '../../src/classify/classify.ts'

/** One invented issue, with what a careful maintainer would call it. */
export interface Labelled {
  readonly title: string
  readonly body: string
  readonly labels?: readonly string[]
  readonly type: TaskType
  readonly risk: Risk
  /** The types of the tasks that it holds, in order, where it holds several. */
  readonly several?: readonly TaskType[]
}

const FILE = new URL('../fixtures/classify/examples.jsonl', import.meta.url)

/**
 * The labelled set. Signals and calibration were tuned on `tuning`; every third example was held out, so that the figures
 * on `heldOut` say what is to be expected of issues that nobody has seen.
 */
export function labelled(): { tuning: readonly Labelled[]; heldOut: readonly Labelled[] } {
  const all = readFileSync(FILE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Labelled)
  return { tuning: all.filter((_, n) => n % 3 !== 2), heldOut: all.filter((_, n) => n % 3 === 2) }
}

export const classifyIssue = ({ title, body, labels = [] }: Pick<Labelled, 'title' | 'body' | 'labels'>): Classification =>
  classify({
    title,
    body,
    labels,
    request: '',
    isPullRequest: false,
    repositoryPrivate: true,
    mode: null,
    skillName: null,
    skills: [],
  })
