import { describe, expect, test } from 'vitest'
import { fromDelivery } from '../../src/intake/from-delivery.ts'
import type { Intake } from '../../src/task/command.ts'
import { examplesOf, type Json, withValue } from './examples.ts'

const BOT = 990_001
const OPTIONS = { botUserId: BOT, triggerLabel: 'supervise', aliases: false }
const PERSON = { id: 4_711, login: 'maria', type: 'User' }
const TASK = '01JD3V5K8Z9QYF2M4N6P7R8S9T'

const read = (event: string, payload: Json): Intake => fromDelivery(event, 'delivery-1', payload, OPTIONS)
const reason = (intake: Intake) => (intake.kind === 'ignored' ? intake.reasonCode : intake.kind)
const said = (event: string, payload: Json) => {
  const intake = read(event, payload)
  return intake.kind === 'happening' ? intake.happening : intake
}
function one(event: string, action: string, sender: Json = PERSON): Json {
  const [payload] = examplesOf(event, action)
  if (payload === undefined) throw new Error(`no example of ${event}.${action}`)
  return withValue(payload, 'sender', sender)
}

describe('a button of a check run', () => {
  const pressed = (identifier: string, externalId: unknown = TASK): Json =>
    withValue(
      withValue(one('check_run', 'requested_action'), 'check_run.external_id', externalId),
      'requested_action.identifier',
      identifier,
    )

  test.each(['approve', 'retry', 'discard'])('%s carries who pressed it on which run, once', (action) => {
    const payload = pressed(action)
    const run = payload['check_run'] as Json
    expect(said('check_run', payload)).toMatchObject({
      kind: 'check_action',
      sourceKey: 'check_action:delivery-1',
      actor: PERSON,
      appId: (run['app'] as Json)['id'],
      headSha: run['head_sha'],
      externalId: TASK,
      action,
    })
  })

  test('that we do not have, on a run that is none of ours, or pressed by a bot, is nothing', () => {
    expect(reason(read('check_run', pressed('self_destruct')))).toBe('event_not_handled')
    expect(reason(read('check_run', pressed('approve', 'https://example.com/1')))).toBe('event_not_handled')
    const bot = { id: 5, login: 'helper[bot]', type: 'Bot' }
    expect(reason(read('check_run', withValue(pressed('approve'), 'sender', bot)))).toBe('actor_is_bot')
  })
})

test('Re-run names the run, Re-run all only the commit', () => {
  const run = withValue(one('check_run', 'rerequested'), 'check_run.external_id', TASK)
  expect(said('check_run', run)).toMatchObject({ kind: 'check_rerequested', externalId: TASK, actor: PERSON })
  for (const example of examplesOf('check_suite', 'rerequested')) {
    expect(said('check_suite', withValue(example, 'sender', PERSON))).toMatchObject({
      kind: 'check_rerequested',
      externalId: null,
      headSha: (example['check_suite'] as Json)['head_sha'],
    })
  }
})

test('a push onto a pull request is told whoever made it, but for ourselves', () => {
  const payload = one('pull_request', 'synchronize')
  expect(said('pull_request', payload)).toMatchObject({
    kind: 'pull_request_synchronized',
    after: payload['after'],
    actor: PERSON,
  })
  const other = { id: 5, login: 'helper[bot]', type: 'Bot' }
  expect(reason(read('pull_request', withValue(payload, 'sender', other)))).toBe('happening')
  const ours = { id: BOT, login: 'supervisor[bot]', type: 'Bot' }
  expect(read('pull_request', withValue(payload, 'sender', ours))).toMatchObject({
    happening: { kind: 'pull_request_head', headSha: payload['after'] },
  })
})

test('a pull request with another base is told, whoever pointed it there, but for ourselves', () => {
  const changes = { base: { ref: { from: 'main' }, sha: { from: 'a'.repeat(40) } } }
  const payload: Json = { ...one('pull_request', 'synchronize'), action: 'edited', changes }
  expect(said('pull_request', payload)).toMatchObject({
    kind: 'pull_request_base_changed',
    sourceKey: 'pull_request_base_changed:delivery-1',
    pullNumber: (payload['pull_request'] as Json)['number'],
    actor: PERSON,
  })
  const ours = { id: BOT, login: 'supervisor[bot]', type: 'Bot' }
  expect(reason(read('pull_request', withValue(payload, 'sender', ours)))).toBe('actor_is_ourselves')
})

test('a pull request that is opened has a head, a fork’s and our own too', () => {
  for (const example of examplesOf('pull_request', 'opened')) {
    const { number, head } = example['pull_request'] as { number: number; head: Json }
    const wanted = { kind: 'pull_request_head', pullNumber: number, headSha: head['sha'] }
    expect(said('pull_request', example)).toMatchObject(wanted)
    const ours = { id: BOT, login: 'supervisor[bot]', type: 'Bot' }
    const payload = withValue(withValue(example, 'sender', ours), 'pull_request.head.repo', null)
    expect(read('pull_request', payload)).toMatchObject({ happening: wanted })
    expect(reason(read('pull_request', withValue(example, 'pull_request.head.sha', '../x')))).toBe('delivery_malformed')
  }
})

describe('an edited issue', () => {
  test('is told with its whole text, where that has changed', () => {
    for (const example of examplesOf('issues', 'edited')) {
      const issue = example['issue'] as Json
      const changes = { body: { from: 'before' } }
      expect(said('issues', withValue(withValue(example, 'sender', PERSON), 'changes', changes))).toMatchObject({
        kind: 'issue_edited',
        issueNumber: issue['number'],
        title: issue['title'],
      })
      expect(reason(read('issues', withValue(example, 'changes', {})))).toBe('event_not_handled')
    }
  })

  test('by ourselves is no news', () => {
    const ours = { id: BOT, login: 'supervisor[bot]', type: 'Bot' }
    const payload = withValue(one('issues', 'edited', ours), 'changes', { title: { from: 'before' } })
    expect(reason(read('issues', payload))).toBe('actor_is_ourselves')
  })
})
