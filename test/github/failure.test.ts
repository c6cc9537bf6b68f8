import { describe, expect, test } from 'vitest'
import { GitHubError, isAnswer, toFailure, toGraphqlFailure } from '../../src/github/failure.ts'
import { OperatingError } from '../../src/task/errors.ts'

const NOW = new Date('2030-01-01T00:00:00Z')
const inSeconds = (s: number): Date => new Date(NOW.getTime() + s * 1000)

/** As Octokit throws it. */
const httpError = (status: number, data: unknown, headers: Record<string, string> = {}): Error =>
  Object.assign(new Error('as thrown'), {
    status,
    request: { body: 'the secret body', headers: { authorization: 'token ghs_secret' } },
    response: { status, headers, data },
  })

describe('every answer of GitHub has a class and a reason', () => {
  const said = (message: string) => ({ message })
  test.each([
    [500, said('oops'), {}, 'transient', 'github_unavailable', null],
    [502, '<html>Bad gateway</html>', {}, 'transient', 'github_unavailable', null],
    [503, said('later'), { 'retry-after': '9' }, 'transient', 'github_unavailable', 9],
    [408, said('slow'), {}, 'transient', 'github_unavailable', null],
    [429, said('slow down'), { 'retry-after': '7' }, 'transient', 'github_rate_limited', 7],
    [429, said('slow down'), {}, 'transient', 'github_rate_limited', 60],
    [
      429,
      said('slow down'),
      { 'retry-after': 'Tue, 01 Jan 2030 00:00:30 GMT' },
      'transient',
      'github_rate_limited',
      30,
    ],
    [403, said('You have exceeded a secondary rate limit.'), {}, 'transient', 'github_rate_limited', 60],
    [403, said('forbidden'), { 'retry-after': '0' }, 'transient', 'github_rate_limited', 1],
    [
      403,
      said('API rate limit exceeded'),
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1893456120' },
      'transient',
      'github_rate_limited',
      120,
    ],
    [
      403,
      said('API rate limit exceeded'),
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999' },
      'transient',
      'github_rate_limited',
      7200,
    ],
    [401, said('Bad credentials'), {}, 'configuration', 'github_login_failed', null],
    [403, said('This installation has been suspended'), {}, 'configuration', 'installation_suspended', null],
    [403, said('Unable to create comment because issue is locked.'), {}, 'configuration', 'conversation_locked', null],
    [403, said('Repository was archived so is read-only.'), {}, 'configuration', 'repository_archived', null],
    [403, said('Resource not accessible by integration'), {}, 'configuration', 'github_permission_missing', null],
    [
      422,
      said('The permissions requested are not granted to this installation.'),
      {},
      'configuration',
      'github_permission_missing',
      null,
    ],
    [403, said('Repository access blocked'), {}, 'configuration', 'repository_gone', null],
    [404, said('Not Found'), {}, 'configuration', 'repository_gone', null],
    [410, said('Issues are disabled for this repo'), {}, 'configuration', 'repository_gone', null],
    [451, said('DMCA'), {}, 'configuration', 'repository_gone', null],
    [403, said('Something else'), {}, 'configuration', 'github_refused', null],
    [422, said('Validation Failed'), {}, 'configuration', 'github_refused', null],
    [409, said('Conflict'), {}, 'configuration', 'github_refused', null],
  ] as const)('%i %j %j', (status, data, headers, failureClass, reasonCode, waitSeconds) => {
    const failure = toFailure(httpError(status, data, headers), 'POST /repos/acme/app/pulls', NOW)
    expect(failure).toMatchObject({ failureClass, reasonCode, status })
    expect(failure.retryAt).toEqual(waitSeconds === null ? null : inSeconds(waitSeconds))
    expect(failure.message).toContain('POST /repos/acme/app/pulls')
  })
})

test('the message has the reasons that GitHub lists, bounded, and nothing of the request', () => {
  const errors = [
    { message: 'No commits between main and x' },
    { field: 'base', code: 'invalid' },
    'text',
    { message: 'x'.repeat(999) },
  ]
  const failure = toFailure(httpError(422, { message: 'Validation Failed.', errors }), 'POST /x', NOW)
  expect(failure.message).toMatch(
    /^GitHub answered 422 to POST \/x: Validation Failed: No commits between main and x: base invalid: text: x+\.$/,
  )
  expect(failure).toMatchObject({
    details: [errors[0], { message: 'base invalid' }, { message: 'text' }, { message: 'x'.repeat(300) }].map(
      (e) => (e as { message: string }).message,
    ),
  })
  expect(failure.cause).toBeUndefined()
  expect(JSON.stringify(failure)).not.toContain('secret')
})

test('no answer at all is transient, and nobody knows whether it was done', () => {
  const octokits = Object.assign(new Error('connect ECONNREFUSED'), {
    status: 500,
    request: { body: 'the secret body' },
  })
  const failure = toFailure(octokits, 'POST /x', NOW)
  expect(failure).toMatchObject({ failureClass: 'transient', reasonCode: 'github_unavailable', status: null })
  expect(failure.message).toBe('GitHub did not answer POST /x: connect ECONNREFUSED')
})

test('an operating error stays what it is', () => {
  const error = new OperatingError('limit', 'budget_reached', 'x')
  expect(toFailure(error, 'POST /x')).toBe(error)
  expect(isAnswer(error, 404)).toBe(false)
})

test.each([
  ['FORBIDDEN', 'Resource not accessible by integration', 'github_permission_missing'],
  ['NOT_FOUND', 'Could not resolve to a node', 'repository_gone'],
  ['RATE_LIMITED', 'API rate limit exceeded', 'github_rate_limited'],
  ['UNPROCESSABLE', 'Draft pull requests are not supported', 'github_refused'],
])('GraphQL says %s: %s', (type, message, reasonCode) => {
  const error = Object.assign(new Error('graphql'), { errors: [{ type, message }], headers: {} })
  const failure = toGraphqlFailure(error, 'markReady', NOW)
  expect(failure).toBeInstanceOf(GitHubError)
  expect(failure).toMatchObject({ reasonCode })
  expect(failure.message).toContain(message)
})
