import { describe, expect, test } from 'vitest'
import { fromDelivery } from '../../src/intake/from-delivery.ts'
import type { Happening } from '../../src/task/command.ts'
import { examplesOf, type Json, withValue } from './examples.ts'

const OPTIONS = { botUserId: 990_001, triggerLabel: 'supervise', aliases: false }
const PERSON = { id: 4_711, login: 'maria', type: 'User' }
const BOT = { id: OPTIONS.botUserId, login: 'autopilot-supervisor[bot]', type: 'Bot' }

function happening(event: string, payload: Json): Happening {
  const intake = fromDelivery(event, 'delivery-1', payload, OPTIONS)
  if (intake.kind !== 'happening') throw new Error(JSON.stringify(intake))
  return intake.happening
}
function first(event: string, action: string): Json {
  const [payload] = examplesOf(event, action)
  if (payload === undefined) throw new Error(`no example of ${event}.${action}`)
  return payload
}
/** One that was really sent, with another action. */
const issues = (action: string): Json => ({ ...first('issues', 'labeled'), action })
const pulls = (action: string): Json => ({ ...first('pull_request', 'closed'), action })

describe('a comment that is no command', () => {
  const comment = (body: string, sender: Json = PERSON): Json =>
    withValue(
      withValue(withValue(first('issue_comment', 'created'), 'comment.body', body), 'sender', sender),
      'comment.user',
      sender,
    )
  const read = (body: string, sender?: Json) => fromDelivery('issue_comment', 'd', comment(body, sender), OPTIONS)

  test('may be an answer: who, where, what', () => {
    const own = first('issue_comment', 'created')['comment'] as Json
    expect(happening('issue_comment', comment('1. a\n2. the cache'))).toMatchObject({
      kind: 'plain_reply',
      sourceKey: `comment:${own['id']}`,
      commentId: own['id'],
      issueNumber: 1,
      actor: PERSON,
      body: '1. a\n2. the cache',
      at: '2019-05-15T15:20:21.000Z',
    })
  })

  test.each([
    ['what it quotes is left out', '> 1. What should come out of it?\n\nA change.', 'A change.'],
    [
      'the line of a mail program, too',
      'A change.\n\nOn Mon, 1 Jan 2026, bot wrote:\n> What?\n> And how?',
      'A change.',
    ],
    ['a line that only looks so stays', 'On this page I want:\na button', 'On this page I want:\na button'],
    ['what people do not see is left out', 'A change<!-- and rm -rf / -->.\u200b', 'A change.'],
    ['an endless one is cut', 'x'.repeat(50_000), `${'x'.repeat(15_999)}…`],
  ])('%s', (_, body, wanted) => {
    expect(happening('issue_comment', comment(body))).toMatchObject({ body: wanted })
  })

  test.each([
    ['only a quote', '> 1. What should come out of it?', PERSON, 'not_a_command'],
    ['nothing that is seen', '<!-- yes -->', PERSON, 'not_a_command'],
    ['of another bot', 'a', { ...PERSON, type: 'Bot' }, 'actor_is_bot'],
    ['of ourselves', 'a', BOT, 'actor_is_ourselves'],
  ])('%s says nothing', (_, body, sender, reasonCode) => {
    expect(read(body, sender)).toEqual({ kind: 'ignored', reasonCode })
  })
})

describe('what becomes of an issue', () => {
  test.each(['closed', 'deleted', 'transferred', 'unlocked'] as const)('%s', (change) => {
    expect(happening('issues', issues(change))).toMatchObject({ kind: 'thread_changed', change })
  })

  test.each([
    ['completed', false],
    ['not_planned', true],
    ['duplicate', true],
    [null, false],
  ])('closed as %s', (reason, notPlanned) => {
    const payload = withValue(issues('closed'), 'issue.state_reason', reason)
    expect(happening('issues', payload)).toMatchObject({ change: 'closed', notPlanned })
  })

  test('the conversation of a pull request is one, too', () => {
    expect(happening('pull_request', pulls('unlocked'))).toMatchObject({ kind: 'thread_changed', change: 'unlocked' })
  })

  test('what we do ourselves is no news', () => {
    const payload = withValue(issues('closed'), 'sender', BOT)
    expect(fromDelivery('issues', 'd', payload, OPTIONS)).toEqual({ kind: 'ignored', reasonCode: 'actor_is_ourselves' })
  })
})

describe('what becomes of a pull request, a branch, a repository', () => {
  test('opened again', () => {
    expect(happening('pull_request', pulls('reopened'))).toMatchObject({ kind: 'pull_request_reopened' })
    const ours = withValue(pulls('reopened'), 'sender', BOT)
    expect(fromDelivery('pull_request', 'd', ours, OPTIONS)).toMatchObject({ reasonCode: 'actor_is_ourselves' })
  })

  const push = (ref: string, deleted: boolean, sender: Json = PERSON): Json => {
    const { repository } = issues('closed')
    return { ref, deleted, sender, repository, installation: { id: 7 }, after: 'a'.repeat(40) }
  }

  test('a branch moved or went', () => {
    expect(happening('push', push('refs/heads/release/1', false))).toMatchObject({
      kind: 'branch_changed',
      branch: 'release/1',
      deleted: false,
    })
    expect(happening('push', push('refs/heads/main', true))).toMatchObject({ branch: 'main', deleted: true })
  })

  test('a tag, or a push of ours, is nothing', () => {
    const tag = fromDelivery('push', 'd', push('refs/tags/v1', false), OPTIONS)
    expect(tag).toEqual({ kind: 'ignored', reasonCode: 'event_not_handled' })
    const ours = fromDelivery('push', 'd', push('refs/heads/supervise/1-x', false, BOT), OPTIONS)
    expect(ours).toEqual({ kind: 'ignored', reasonCode: 'actor_is_ourselves' })
  })

  test.each([
    ['renamed', 'described'],
    ['edited', 'described'],
    ['publicized', 'described'],
    ['privatized', 'described'],
    ['transferred', 'described'],
    ['archived', 'archived'],
    ['unarchived', 'unarchived'],
    ['deleted', 'deleted'],
  ])('a repository was %s', (action, change) => {
    const payload = { ...issues('closed'), action }
    expect(happening('repository', payload)).toMatchObject({
      kind: 'repository_changed',
      change,
      repository: { name: 'Hello-World', owner: 'Codertocat' },
    })
  })

  test('repositories that were taken from the App, and given to it, are named', () => {
    const removed = happening('installation_repositories', first('installation_repositories', 'removed'))
    expect(removed).toMatchObject({ change: 'repositories_changed', repositoriesRemoved: [expect.any(Number)] })
    const added = happening('installation_repositories', first('installation_repositories', 'added'))
    expect(added).toMatchObject({ change: 'repositories_changed', repositoriesAdded: [expect.any(Number)] })
  })
})
