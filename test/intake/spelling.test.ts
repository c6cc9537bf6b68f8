import { describe, expect, test } from 'vitest'
import { spelledBy } from '../../src/intake/spelling.ts'

const SENDER = { id: 1, login: 'maintainer', type: 'User' }
const ON_REPOSITORY = {
  sender: SENDER,
  installation: { id: 70 },
  repository: { id: 7, name: 'app', private: true, default_branch: 'main', owner: { login: 'acme' } },
}
const label = (over: object = {}) => ({ ...ON_REPOSITORY, action: 'labeled', label: { name: 'robot' }, ...over })
const comment = (body: unknown, over: object = {}) => ({
  ...ON_REPOSITORY,
  action: 'created',
  comment: { body },
  ...over,
})

describe('the settings of the repository are asked for', () => {
  test.each([
    ['a label on an issue', 'issues', label()],
    ['a label on a pull request', 'pull_request', label()],
    ['a short form', 'issue_comment', comment('/tasks')],
    ['a short form with an answer', 'issue_comment', comment('/clarify the second one\nplease')],
    ['one behind a quote', 'issue_comment', comment('> /help\n\n/approve')],
    ['one on a line', 'pull_request_review_comment', comment('/cancel')],
    ['one in a review', 'pull_request_review', { ...ON_REPOSITORY, action: 'submitted', review: { body: '/approve' } }],
  ])('%s', (_name, event, payload) => {
    expect(spelledBy(event, payload)).toMatchObject({ id: 7, owner: 'acme', name: 'app', installationId: 70 })
  })
})

describe('they are not', () => {
  test.each([
    ['an ordinary comment', 'issue_comment', comment('Looks good.')],
    ['a command in its long form', 'issue_comment', comment('/supervise approve')],
    ['a short form that nobody can switch on', 'issue_comment', comment('/retest')],
    ['one in a quote', 'issue_comment', comment('> /approve')],
    ['one in code', 'issue_comment', comment('    /approve')],
    ['a bot', 'issue_comment', comment('/approve', { sender: { ...SENDER, type: 'Bot' } })],
    ['a label that a bot put', 'issues', label({ sender: { ...SENDER, type: 'Bot' } })],
    ['a label that was taken off', 'issues', label({ action: 'unlabeled' })],
    ['a comment that is no text', 'issue_comment', comment(7)],
    ['a payload without a repository', 'issues', label({ repository: null })],
    ['a payload that is none', 'issues', null],
    ['another event', 'push', ON_REPOSITORY],
  ])('%s', (_name, event, payload) => {
    expect(spelledBy(event, payload)).toBeNull()
  })
})
