// Longer than other files: one row for each kind of delivery.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromDelivery } from '../../src/intake/from-delivery.ts'
import type { Intake } from '../../src/task/command.ts'
import { examplesOf, type Json, withValue } from './examples.ts'

const OPTIONS = { botUserId: 990_001, triggerLabel: 'supervise', aliases: false }
const PERSON = { id: 4_711, login: 'maria', type: 'User' }

const read = (event: string, payload: unknown, options = OPTIONS): Intake =>
  fromDelivery(event, 'delivery-1', payload, options)
const reason = (intake: Intake) => (intake.kind === 'ignored' ? intake.reasonCode : intake.kind)
const sentBy = (payload: Json, sender: Json, author: string): Json =>
  withValue(withValue(payload, 'sender', sender), author, sender)

function one(event: string, action: string): Json {
  const [payload] = examplesOf(event, action)
  if (payload === undefined) throw new Error(`no example of ${event}.${action}`)
  return payload
}

function comment(body: unknown, sender: Json = PERSON): Json {
  return sentBy(withValue(one('issue_comment', 'created'), 'comment.body', body), sender, 'comment.user')
}

function review(state: string, body: string | null, sender: Json = PERSON): Json {
  const payload = withValue(
    withValue(one('pull_request_review', 'submitted'), 'review.state', state),
    'review.body',
    body,
  )
  return sentBy(payload, sender, 'review.user')
}

describe('payloads that GitHub really sent', () => {
  test.each([
    ['issue_comment', 'created', 'happening'],
    ['issue_comment', 'edited', 'edited_comment'],
    ['issue_comment', 'deleted', 'event_not_handled'],
    ['issues', 'labeled', 'not_a_command'],
    ['issues', 'opened', 'event_not_handled'],
    ['pull_request', 'labeled', 'not_a_command'],
    ['pull_request', 'opened', 'happening'],
    ['pull_request', 'synchronize', 'happening'],
    ['pull_request', 'closed', 'happening'],
    ['pull_request_review', 'dismissed', 'happening'],
    ['pull_request_review_comment', 'created', 'not_a_command'],
    ['pull_request_review_comment', 'edited', 'edited_comment'],
    ['pull_request_review_comment', 'deleted', 'event_not_handled'],
    ['installation', 'created', 'happening'],
    ['installation', 'deleted', 'happening'],
    ['installation', 'suspend', 'happening'],
    ['installation', 'unsuspend', 'happening'],
    ['installation', 'new_permissions_accepted', 'event_not_handled'],
    ['installation_repositories', 'added', 'happening'],
    ['installation_repositories', 'removed', 'happening'],
    ['push', '', 'delivery_malformed'],
  ])('%s.%s → %s', (event, action, wanted) => {
    const examples = action === '' ? [{}] : examplesOf(event, action)
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(reason(read(event, example))).toBe(wanted)
  })

  test('pull_request_review.submitted: an empty comment says nothing, all else is told', () => {
    const examples = examplesOf('pull_request_review', 'submitted')
    expect(examples.length).toBeGreaterThan(1)
    for (const example of examples) {
      const { body, state } = example['review'] as Json
      const silent = state === 'commented' && (body ?? '') === ''
      expect(reason(read('pull_request_review', example))).toBe(silent ? 'not_a_command' : 'happening')
    }
  })
})

describe('a comment', () => {
  test('carries who said what, where, once', () => {
    const payload = comment('/supervise fix the login --mode fast')
    const intake = read('issue_comment', payload)
    const { issue, comment: own, repository } = payload as Record<'issue' | 'comment' | 'repository', Json>
    expect(intake).toEqual({
      kind: 'command',
      command: {
        sourceKey: `comment:${own['id']}`,
        place: {
          repository: {
            id: repository['id'],
            installationId: 7,
            owner: 'Codertocat',
            name: 'Hello-World',
            private: false,
            defaultBranch: 'master',
          },
          issueNumber: issue['number'],
          isPullRequest: false,
          commentId: own['id'],
          commentKind: 'issue_comment',
        },
        actor: PERSON,
        parsed: { kind: 'verb', verb: 'run', argument: 'fix the login', flags: { mode: 'fast' } },
        title: issue['title'],
        body: issue['body'],
        issueAuthor: { id: 21_031_067, login: 'Codertocat', type: 'User' },
        labels: (issue['labels'] as Json[]).map((label) => label['name']),
        at: '2019-05-15T15:20:21.000Z',
        location: null,
      },
    })
  })

  test('says the same whatever delivers it', () => {
    const payload = comment('/supervise fix the login')
    expect(fromDelivery('issue_comment', 'other', payload, OPTIONS)).toEqual(read('issue_comment', payload))
  })

  test('on a pull request is on a pull request', () => {
    const payload = withValue(comment('/supervise status'), 'issue.pull_request', { url: 'https://api.github.com/x' })
    expect(read('issue_comment', payload)).toMatchObject({ command: { place: { isPullRequest: true } } })
  })

  test.each([
    ['an issue without a description', 'issue.body', null, { body: '' }],
    [
      'an issue of a deleted account',
      'issue.user',
      null,
      { issueAuthor: { id: 10_137, login: 'ghost', type: 'User' } },
    ],
    ['a NUL in the title', 'issue.title', 'a\0b', { title: 'ab' }],
    ['half a surrogate pair in the text', 'issue.body', 'a\ud800b', { body: 'a\ufffdb' }],
    ['an endless text', 'issue.body', 'x'.repeat(200_000), { body: 'x'.repeat(65_536) }],
    ['a time with a zone', 'comment.created_at', '2024-05-01T12:00:00+02:00', { at: '2024-05-01T10:00:00.000Z' }],
  ])('%s is taken', (_, path, value, wanted) => {
    expect(read('issue_comment', withValue(comment('/supervise status'), path, value))).toMatchObject({
      command: wanted,
    })
  })

  test.each([
    ['comment', 'comment.id', '12'],
    ['comment id of zero', 'comment.id', 0],
    ['installation', 'installation', undefined],
    ['sender', 'sender', null],
    ['sender that is not the author', 'sender', { id: 5, login: 'eve', type: 'User' }],
    ['login', 'sender.login', 'a b'],
    ['name of a repository', 'repository.name', '../x'],
    ['dot as a name', 'repository.name', '..'],
    ['owner', 'repository.owner', { login: 'a/b' }],
    ['issue number', 'issue.number', 1.5],
    ['time', 'comment.created_at', 'yesterday'],
    ['body', 'comment.body', { text: '/supervise' }],
  ])('with a bad %s is malformed', (_, path, value) => {
    expect(reason(read('issue_comment', withValue(comment('/supervise status'), path, value)))).toBe(
      'delivery_malformed',
    )
  })

  test.each([
    ['a bot', { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' }, 'actor_is_bot'],
    ['a kind of account that we do not know', { id: 3, login: 'old', type: 'Mannequin' }, 'actor_is_bot'],
    ['ourselves', { id: OPTIONS.botUserId, login: 'supervisor[bot]', type: 'Bot' }, 'actor_is_ourselves'],
    ['ourselves under another name', { id: OPTIONS.botUserId, login: 'renamed', type: 'User' }, 'actor_is_ourselves'],
    ['a person named like a bot', { id: 999, login: 'renovate', type: 'User' }, 'command'],
  ])('of %s: %s → %s', (_, sender, wanted) => {
    expect(reason(read('issue_comment', comment('/supervise fix the login', sender)))).toBe(wanted)
  })

  test('of somebody is not judged by the association that the payload claims', () => {
    for (const claim of ['NONE', 'OWNER']) {
      const payload = withValue(comment('/supervise fix the login'), 'comment.author_association', claim)
      expect(JSON.stringify(read('issue_comment', payload))).not.toContain(claim)
    }
  })

  test('that was edited or deleted commands nothing', () => {
    const payload = comment('/supervise fix the login')
    expect(reason(read('issue_comment', { ...payload, action: 'edited' }))).toBe('edited_comment')
    expect(reason(read('issue_comment', { ...payload, action: 'deleted' }))).toBe('event_not_handled')
  })

  test('with a mistake is a command that starts nothing, so that it can be answered', () => {
    expect(read('issue_comment', comment('/supervise statsu'))).toMatchObject({
      command: { parsed: { kind: 'mistake', reasonCode: 'unknown_verb' } },
    })
  })

  test('in a short form counts only where that is switched on', () => {
    expect(read('issue_comment', comment('/approve'))).toMatchObject({ happening: { kind: 'plain_reply' } })
    expect(reason(read('issue_comment', comment('/approve'), { ...OPTIONS, aliases: true }))).toBe('command')
  })
})

describe('a label', () => {
  const labeled = (event: 'issues' | 'pull_request', name: string, sender: Json = PERSON) =>
    withValue(withValue(one(event, 'labeled'), 'label', { name }), 'sender', sender)

  test.each([
    ['supervise', {}],
    ['Supervise', {}],
    ['supervise:rigorous', { mode: 'rigorous' }],
    ['supervise: fast', { mode: 'fast' }],
    ['supervise:release-notes', { skill: 'release-notes' }],
  ])('%s starts a task', (name, flags) => {
    for (const event of ['issues', 'pull_request'] as const) {
      expect(read(event, labeled(event, name))).toMatchObject({
        kind: 'command',
        command: {
          sourceKey: 'label:delivery-1',
          parsed: { kind: 'verb', verb: 'run', argument: '', flags },
          place: { isPullRequest: event === 'pull_request', commentId: null, commentKind: 'label' },
          actor: PERSON,
        },
      })
    }
  })

  test.each(['bug', 'supervised', 'supervise/x', 'supervise:', 'supervise:../x', 'xsupervise', ''])(
    '%j is another label',
    (name) => {
      expect(reason(read('issues', labeled('issues', name)))).toBe('not_a_command')
    },
  )

  test('has the name that the repository chose', () => {
    const options = { ...OPTIONS, triggerLabel: 'Bot Go' }
    expect(reason(read('issues', labeled('issues', 'bot go'), options))).toBe('command')
    expect(reason(read('issues', labeled('issues', 'supervise'), options))).toBe('not_a_command')
  })

  test('that only shows a state is no command, whatever the trigger is called', () => {
    const options = { ...OPTIONS, triggerLabel: 'supervisor' }
    expect(reason(read('issues', labeled('issues', 'Supervisor:done'), options))).toBe('not_a_command')
    expect(reason(read('issues', labeled('issues', 'supervisor:fast'), options))).toBe('command')
  })

  test('put again is another command', () => {
    const keys = ['a', 'b'].map((id) => {
      const intake = fromDelivery('issues', id, labeled('issues', 'supervise'), OPTIONS)
      return intake.kind === 'command' && intake.command.sourceKey
    })
    expect(keys).toEqual(['label:a', 'label:b'])
  })

  test('put by a bot or by ourselves starts nothing', () => {
    expect(reason(read('issues', labeled('issues', 'supervise', { ...PERSON, type: 'Bot' })))).toBe('actor_is_bot')
    expect(reason(read('issues', labeled('issues', 'supervise', { ...PERSON, id: OPTIONS.botUserId })))).toBe(
      'actor_is_ourselves',
    )
  })
})

describe('a pull request', () => {
  test.each([
    ['approved', null, 'approve'],
    ['APPROVED', 'good', 'approve'],
    ['changes_requested', 'rename it', 'request_changes'],
    ['commented', 'a thought', 'comment'],
  ])('review %s', (state, body, verdict) => {
    expect(read('pull_request_review', review(state, body))).toMatchObject({
      kind: 'happening',
      happening: {
        kind: 'review_submitted',
        verdict,
        body: body ?? '',
        actor: PERSON,
        commitId: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
    })
  })

  test('review whose commit is gone approves no commit', () => {
    const payload = withValue(review('approved', ''), 'review.commit_id', null)
    expect(read('pull_request_review', payload)).toMatchObject({ happening: { commitId: '' } })
  })

  test.each([
    ['commented', ' \n', 'not_a_command'],
    ['pending', 'x', 'event_not_handled'],
  ])('review %s with %j → %s', (state, body, wanted) => {
    expect(reason(read('pull_request_review', review(state, body)))).toBe(wanted)
  })

  test('review of a bot neither approves nor commands', () => {
    const bot = { id: 3, login: 'reviewer[bot]', type: 'Bot' }
    for (const body of ['', '/supervise approve'])
      expect(reason(read('pull_request_review', review('approved', body, bot)))).toBe('actor_is_bot')
  })

  test('review or review comment whose sender is not its author is malformed', () => {
    const eve = { id: 5, login: 'eve', type: 'User' }
    expect(reason(read('pull_request_review', withValue(review('approved', ''), 'sender', eve)))).toBe(
      'delivery_malformed',
    )
    const inline = withValue(one('pull_request_review_comment', 'created'), 'sender', eve)
    expect(reason(read('pull_request_review_comment', inline))).toBe('delivery_malformed')
  })

  test('review whose body is a command is that command', () => {
    const intake = read('pull_request_review', review('commented', '/supervise retry'))
    expect(intake).toMatchObject({
      kind: 'command',
      command: { parsed: { verb: 'retry' }, place: { isPullRequest: true, commentId: null, commentKind: 'review' } },
    })
  })

  test('review comment brings its file, line and hunk', () => {
    const payload = sentBy(
      withValue(one('pull_request_review_comment', 'created'), 'comment.body', '/supervise rename this one'),
      PERSON,
      'comment.user',
    )
    const own = payload['comment'] as Json
    expect(read('pull_request_review_comment', payload)).toMatchObject({
      command: {
        sourceKey: `review_comment:${own['id']}`,
        place: { isPullRequest: true, commentId: own['id'], commentKind: 'review_comment' },
        location: { path: own['path'], line: own['line'] ?? own['original_line'] ?? null, hunk: own['diff_hunk'] },
      },
    })
  })

  test('dismissed review opens the gate again, whoever dismisses it', () => {
    const payload = withValue(one('pull_request_review', 'dismissed'), 'sender', {
      id: 3,
      login: 'rules[bot]',
      type: 'Bot',
    })
    expect(read('pull_request_review', payload)).toMatchObject({
      happening: { kind: 'review_dismissed', reviewId: (payload['review'] as Json)['id'] },
    })
  })

  test.each([true, false])('closed, merged: %s, by whomever', (merged) => {
    const payload = withValue(withValue(one('pull_request', 'closed'), 'pull_request.merged', merged), 'sender', {
      id: OPTIONS.botUserId,
      login: 'us[bot]',
      type: 'Bot',
    })
    expect(read('pull_request', payload)).toMatchObject({ happening: { kind: 'pull_request_closed', merged } })
  })
})

describe('an installation', () => {
  test.each([
    ['installation', 'created', 'created'],
    ['installation', 'deleted', 'deleted'],
    ['installation', 'suspend', 'suspended'],
    ['installation', 'unsuspend', 'unsuspended'],
    ['installation_repositories', 'added', 'repositories_changed'],
    ['installation_repositories', 'removed', 'repositories_changed'],
  ])('%s.%s', (event, action, change) => {
    const payload = one(event, action)
    const own = payload['installation'] as Json
    expect(read(event, payload)).toMatchObject({
      happening: { installationId: own['id'], change, account: { id: (own['account'] as Json)['id'] } },
    })
  })

  test('of an enterprise has its slug for a name', () => {
    const payload = withValue(one('installation', 'created'), 'installation.account', { id: 5, slug: 'acme-inc' })
    expect(read('installation', payload)).toMatchObject({
      happening: { account: { id: 5, login: 'acme-inc', type: 'Organization' } },
    })
  })
})

test('no JSON makes it throw', () => {
  const events = [
    'issue_comment',
    'issues',
    'pull_request',
    'pull_request_review',
    'pull_request_review_comment',
    'installation',
    'constructor',
  ]
  const actions = ['created', 'edited', 'labeled', 'closed', 'submitted', 'dismissed', 'added', '__proto__']
  fc.assert(
    fc.property(fc.constantFrom(...events), fc.constantFrom(...actions), fc.jsonValue(), (event, action, value) => {
      expect(read(event, value).kind).toBe('ignored')
      const body =
        value !== null && typeof value === 'object' && !Array.isArray(value)
          ? { ...value, action }
          : { action, issue: value, comment: value, sender: value }
      expect(read(event, body).kind).toBe('ignored')
    }),
  )
})

test('no value in a real payload makes it throw', () => {
  const payload = comment('/supervise fix the login')
  const paths = [
    'comment',
    'comment.body',
    'comment.user',
    'issue',
    'issue.labels',
    'issue.user',
    'repository',
    'repository.owner',
    'sender',
    'installation',
    'action',
  ]
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
      expect(['command', 'happening', 'ignored']).toContain(read('issue_comment', withValue(payload, path, value)).kind)
    }),
  )
})
