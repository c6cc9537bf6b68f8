import { readFileSync } from 'node:fs'
import { classify } from '../../src/classify/classify.ts'
import type { Classification, Risk, TaskType } from '../../src/task/task.ts'

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

/**
 * The labelled sets. Signals and calibration were tuned on `tuning`. `heldOut` was written after the last tuning and is
 * never tuned on: its figures say what is to be expected of issues that nobody has seen. Who tunes on it writes a new one.
 */
export const labelled = (): { tuning: readonly Labelled[]; heldOut: readonly Labelled[] } => ({
  tuning: read('tuning'),
  heldOut: read('held-out'),
})

const read = (name: string): readonly Labelled[] =>
  readFileSync(new URL(`../fixtures/classify/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Labelled)

export const classifyIssue = ({
  title,
  body,
  labels = [],
}: Pick<Labelled, 'title' | 'body' | 'labels'>): Classification =>
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
