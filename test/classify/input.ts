import type { ClassifyInput } from '../../src/classify/classify.ts'

/** A request about which nothing is known but what is said. */
export const inputOf = (input: Partial<ClassifyInput>): ClassifyInput => ({
  title: '',
  body: '',
  request: '',
  labels: [],
  isPullRequest: false,
  repositoryPrivate: true,
  mode: null,
  skillName: null,
  skills: [],
  ...input,
})
