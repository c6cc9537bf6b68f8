import { describe, expect, test } from 'vitest'
import { classify } from '../../src/classify/classify.ts'
import type { ResultPlace } from '../../src/settings/settings.ts'
import type { Classification } from '../../src/task/task.ts'

const asked = (request: string, results: ResultPlace = 'comment'): Classification =>
  classify({
    title: '',
    body: '',
    request,
    labels: [],
    isPullRequest: false,
    repositoryPrivate: true,
    mode: null,
    skillName: null,
    results,
    skills: [],
  })

const IN_THREAD = 'in the thread'
const NO_PATH = 'a path of ours'

describe('where a result in words goes', () => {
  test.each([
    ['Compare three queue libraries', IN_THREAD],
    ['Compare three queue libraries and open a pull request with the result', NO_PATH],
    ['Research the state of the art of CRDT libraries, as a PR', NO_PATH],
    ['Write a blog post about version 2, in a pull request', NO_PATH],
    ['Compare three queue libraries and put the report into `docs/research/queues.md`', 'docs/research/queues.md'],
    ['Write a blog post about version 2 and save it as content/posts/v2.md', 'content/posts/v2.md'],
    ['Decide between Postgres and MySQL and record it in docs/adr/0007-database.md', 'docs/adr/0007-database.md'],
    ['Turn the table in this issue into data/prices.json', 'data/prices.json'],
    ['Compare the libraries in a new file in this repository', NO_PATH],
    ['Compare the libraries; do not open a pull request', IN_THREAD],
    ['Research why the pull request template is ignored', IN_THREAD],
    ['Research how other tools handle a PR with conflicts', IN_THREAD],
    ['Summarise the findings of docs/old.md in at most 200 words', IN_THREAD],
    // A path that is none, or that nobody may write to by asking, is no place.
    ['Decide between tabs and spaces, put the decision into ../../etc/passwd.md', IN_THREAD],
    ['Decide between tabs and spaces, put the decision into /etc/passwd.md', IN_THREAD],
    ['Compare queue libraries, put it in .github/workflows/x.md', IN_THREAD],
    ['Compare queue libraries, put it in .claude/agents/x.md', IN_THREAD],
  ])('%s', (request, where) => {
    const { delivery } = asked(request)
    expect(delivery === undefined ? IN_THREAD : (delivery.path ?? NO_PATH)).toBe(where)
  })

  test.each([
    ['Compare three queue libraries', NO_PATH],
    ['Compare three queue libraries, and answer here', IN_THREAD],
    ['Compare three queue libraries. Just a comment, please.', IN_THREAD],
    ['Why is the sky blue?', IN_THREAD],
    ['Restart the staging server', IN_THREAD],
  ])('where the settings say pull_request: %s', (request, where) => {
    const { delivery } = asked(request, 'pull_request')
    expect(delivery === undefined ? IN_THREAD : (delivery.path ?? NO_PATH)).toBe(where)
  })

  test.each([
    'Fix the crash in src/app.ts and open a pull request',
    'Update README.md and open a PR',
    'Convert data/in.csv into data/out.json',
  ])('work on files of the repository is an agent’s, not delivered: %s', (request) => {
    expect(asked(request)).toMatchObject({ capabilities: ['coding'] })
    expect(asked(request).delivery).toBeUndefined()
  })

  test('a file is a commit: it is worked on as carefully as one', () => {
    expect(asked('Which of both names is better, and why? Decide.').mode).toBe('fast')
    expect(asked('Which of both names is better, and why? Decide, and open a pull request with it.').mode).toBe(
      'standard',
    )
  })
})
