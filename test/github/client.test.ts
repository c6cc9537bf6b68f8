// Longer than other files: every fault of one client, against the same server.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createComment } from '../../src/github/comments.ts'
import { PURPOSES, type Purpose } from '../../src/github/purposes.ts'
import { redactor } from '../../src/redact/redact.ts'
import { APP_ID, BOT_ID, type FakeGitHub, REPO, startFakeGitHub } from './fake-github.ts'

let fake: FakeGitHub
beforeEach(async () => {
  fake = await startFakeGitHub()
  fake.on('GET', /^\/repos\/acme\/app$/, () => ({ body: { id: REPO.id } }))
})
afterEach(() => fake.close())

const getRepository = async (github = fake.client()) => {
  const octokit = await github.octokit('read', REPO)
  return octokit.rest.repos.get({ owner: 'acme', repo: 'app' })
}

describe('tokens', () => {
  test.each(Object.keys(PURPOSES) as Purpose[])(
    'for %s: one repository, and the permissions of that purpose',
    async (purpose) => {
      const token = await fake.client().token(purpose, REPO)
      expect(token).toMatch(/^ghs_/)
      expect(fake.mints).toEqual([{ repository_ids: [REPO.id], permissions: PURPOSES[purpose] }])
      expect(fake.requests[0]?.authorization).toMatch(/^bearer eyJ/)
    },
  )

  test.each([40, 520])('of %i characters are sent whole and minted once', async (length) => {
    fake.token.length = length
    const github = fake.client()
    await Promise.all([getRepository(github), getRepository(github)])
    await getRepository(github)
    expect(fake.mints).toHaveLength(1)
    const sent = fake.to('GET', /^\/repos/).map(({ authorization }) => authorization)
    expect(sent).toHaveLength(3)
    for (const header of sent) expect(header).toMatch(new RegExp(`^token ghs_.{${length - 4}}$`))
  })

  test('that end too soon for what they are for are replaced', async () => {
    fake.token.livesMs = 2 * 60_000 // long enough for a request, too short for a push
    const github = fake.client()
    await getRepository(github)
    await getRepository(github)
    expect(fake.mints).toHaveLength(1)
    fake.token.livesMs = 3_600_000
    const first = await github.token('read', REPO)
    expect(fake.mints).toHaveLength(2)
    expect(await github.token('read', REPO)).toBe(first)
    expect(fake.mints).toHaveLength(2)
  })

  test('that GitHub no longer takes are replaced once, also for requests that run at the same time', async () => {
    const github = fake.client()
    await getRepository(github)
    const stale = fake.to('GET', /^\/repos/)[0]?.authorization
    fake.on('GET', /^\/repos\/acme\/app$/, ({ authorization }) =>
      authorization === stale ? { status: 401, body: { message: 'Bad credentials' } } : undefined,
    )
    const answers = await Promise.all([getRepository(github), getRepository(github), getRepository(github)])
    expect(answers.map(({ data }) => data.id)).toEqual([REPO.id, REPO.id, REPO.id])
    expect(fake.mints).toHaveLength(2)
  })

  test('are not asked for again and again: a second 401 is the answer', async () => {
    fake.on('GET', /^\/repos\/acme\/app$/, () => ({ status: 401, body: { message: 'Bad credentials' } }))
    await expect(getRepository()).rejects.toMatchObject({
      failureClass: 'configuration',
      reasonCode: 'github_login_failed',
    })
    expect(fake.to('GET', /^\/repos/)).toHaveLength(2)
  })

  test.each([
    ['another repository', { repositories: [REPO.id, 12], extra: {} }],
    ['a permission that was not asked for', { repositories: [REPO.id], extra: { administration: 'write' } }],
    ['more of one', { repositories: [REPO.id], extra: { contents: 'write' } }],
  ])('that reach further are not used: %s', async (_name, wider) => {
    Object.assign(fake.token, wider)
    await expect(getRepository()).rejects.toThrow('reaches further')
    expect(fake.to('GET', /^\/repos/)).toHaveLength(0)
  })

  test('of an installation that is gone, or lacks a permission, name that', async () => {
    fake.on('POST', /access_tokens$/, () => ({ status: 404, body: { message: 'Not Found' } }))
    await expect(getRepository()).rejects.toMatchObject({ reasonCode: 'repository_gone' })
    fake.on('POST', /access_tokens$/, () => ({
      status: 422,
      body: { message: 'The permissions requested are not granted to this installation.' },
    }))
    await expect(getRepository()).rejects.toMatchObject({ reasonCode: 'github_permission_missing' })
  })

  test('a key that cannot sign is named, and not quoted', async () => {
    const privateKey = '-----BEGIN RSA PRIVATE KEY-----\nbm90IGEga2V5\n-----END RSA PRIVATE KEY-----'
    const failure = await getRepository(fake.client({ privateKey })).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      reasonCode: 'github_login_failed',
      message: expect.stringContaining('PRIVATE_KEY'),
    })
    expect(String(failure)).not.toContain('bm90')
  })
})

describe('requests', () => {
  test('every text that is sent passes through redaction, however deep; addresses stay', async () => {
    const secret = 'hunter2-hunter2'
    const github = fake.client({ redact: redactor({ values: [secret] }) })
    fake.on('POST', /check-runs$/, () => ({ status: 201, body: { id: 1 } }))
    const octokit = await github.octokit('checks', REPO)
    await octokit.rest.checks.create({
      owner: 'acme',
      repo: 'app',
      name: 'n',
      head_sha: 'a'.repeat(40),
      external_id: '01J8ZQ4S9VX0N7M2K5T6R3W1YB',
      output: {
        title: secret,
        summary: `a ${secret} b`,
        annotations: [{ path: 'p', start_line: 1, end_line: 1, annotation_level: 'notice', message: secret }],
      },
    })
    const [{ body } = { body: {} }] = fake.to('POST', /check-runs$/)
    expect(JSON.stringify(body)).not.toContain('hunter2')
    expect(body).toMatchObject({
      head_sha: 'a'.repeat(40),
      external_id: '01J8ZQ4S9VX0N7M2K5T6R3W1YB',
      output: { summary: 'a [redacted] b' },
    })
  })

  test('are counted by route, tokens included', async () => {
    const github = fake.client()
    await getRepository(github)
    await getRepository(github)
    expect(github.calls()).toEqual({
      'GET /repos/{owner}/{repo}': 2,
      'POST /app/installations/{installation_id}/access_tokens': 1,
    })
  })

  test.each([
    ['no answer', { silent: true }],
    ['an answer that breaks off', { body: { id: REPO.id }, breaksOff: true }],
    ['a connection that is cut', { body: { id: REPO.id }, cut: true }],
    ["a proxy's page", { body: '<html>', headers: { 'content-type': 'text/html; charset=utf-8' } }],
  ])('that get no whole answer end within the time limit: %s', async (_name, reply) => {
    const github = fake.client({ timeoutMs: 300 })
    await github.token('read', REPO)
    fake.on('GET', /^\/repos\/acme\/app$/, () => reply)
    await expect(getRepository(github)).rejects.toMatchObject({
      failureClass: 'transient',
      reasonCode: 'github_unavailable',
      status: null,
    })
  })

  test.each([502, 403, 429])(
    "that fail with %i are sent once: repeating and waiting are the outbox's",
    async (status) => {
      fake.on('POST', /comments$/, () => ({
        status,
        body: { message: 'secondary rate limit' },
        headers: { 'retry-after': '3' },
      }))
      await expect(createComment(fake.client(), REPO, 5, 'x')).rejects.toMatchObject({
        failureClass: 'transient',
        status,
        retryAt: expect.any(Date),
      })
      expect(fake.to('POST', /comments$/)).toHaveLength(1)
    },
  )

  test('after a rate limit nothing of that installation is sent before its end, whatever asks for it', async () => {
    let limited = true
    fake.on('POST', /comments$/, () =>
      limited
        ? { status: 403, body: { message: 'secondary rate limit' }, headers: { 'retry-after': '1' } }
        : { status: 201, body: { id: 1 } },
    )
    const github = fake.client()
    const failure = await createComment(github, REPO, 5, 'x').catch((error: unknown) => error)
    expect(failure).toMatchObject({ reasonCode: 'github_rate_limited' })
    limited = false
    const { retryAt } = failure as { retryAt: Date }
    const sent = fake.requests.length
    const held = { failureClass: 'transient', reasonCode: 'github_rate_limited', retryAt }
    await expect(createComment(github, REPO, 5, 'x')).rejects.toMatchObject(held)
    await expect(getRepository(github)).rejects.toMatchObject(held)
    expect(fake.requests).toHaveLength(sent)
    expect(await createComment(github, { ...REPO, installationId: 8 }, 5, 'x'), 'another one goes on').toBe(1)

    await new Promise((resolve) => setTimeout(resolve, retryAt.getTime() - Date.now()))
    expect(await createComment(github, REPO, 5, 'x')).toBe(1)
  })

  test('a server that is not there is transient', async () => {
    const github = fake.client()
    await github.token('thread', REPO)
    await fake.close()
    await expect(createComment(github, REPO, 5, 'x')).rejects.toMatchObject({ failureClass: 'transient', status: null })
  })

  test.each([301, 307])('a renamed repository is followed with method and body (%i)', async (status) => {
    fake.on('POST', /^\/repos\/acme\/app\/issues\/5\/comments$/, () => ({
      status,
      headers: { location: `${fake.url}/repositories/${REPO.id}/issues/5/comments` },
    }))
    fake.on('POST', /^\/repositories\/11\/issues\/5\/comments$/, () => ({ status: 201, body: { id: 77 } }))
    expect(await createComment(fake.client(), REPO, 5, 'hello')).toBe(77)
    expect(fake.to('POST', /^\/repositories/)[0]?.body).toEqual({ body: 'hello' })
  })

  test.each([
    ['into another repository', () => `${fake.url}/repositories/12/issues/5/comments`],
    ['to another server', () => `${fake.url.replace('127.0.0.1', 'localhost')}/repositories/11/issues/5/comments`],
    ['in a circle', () => `${fake.url}/repositories/11/around`],
  ])('a redirect %s is not followed', async (_name, location) => {
    fake.on('POST', /comments$|around$/, () => ({ status: 307, headers: { location: location() } }))
    await expect(createComment(fake.client(), REPO, 5, 'x')).rejects.toThrow(/redirect/)
    expect(fake.to('POST', /comments$|around$/).length).toBeLessThanOrEqual(3)
    expect(fake.to('POST', /^\/repositories\/1[12]\/issues/)).toHaveLength(0)
  })
})

describe('who we are', () => {
  test('is asked for once, as the App', async () => {
    const github = fake.client()
    expect(await Promise.all([github.botUser(), github.botUser()])).toEqual([
      { id: BOT_ID, login: 'supervisor[bot]' },
      { id: BOT_ID, login: 'supervisor[bot]' },
    ])
    expect(await github.slug()).toBe('supervisor')
    expect(github.calls()).toEqual({ 'GET /app': 1, 'GET /users/{username}': 1 })
    expect(fake.to('GET', /^\/app$/)[0]?.authorization).toMatch(/^bearer eyJ/)
  })

  test('is asked for with a token where the server shows strangers nothing, and again after a failure', async () => {
    fake.on('GET', /^\/app\/installations/, () => ({ body: [{ id: 7 }] }))
    fake.on('GET', /^\/users\//, ({ authorization }) =>
      authorization === '' ? { status: 401, body: { message: 'Requires authentication' } } : undefined,
    )
    expect((await fake.client().botUser()).id).toBe(BOT_ID)
    expect(fake.mints).toEqual([{ permissions: { metadata: 'read' } }])

    let down = true
    fake.on('GET', /^\/app$/, () => (down ? { status: 503, body: {} } : undefined))
    const github = fake.client()
    await expect(github.botUser()).rejects.toMatchObject({ failureClass: 'transient' })
    down = false
    expect((await github.botUser()).id).toBe(BOT_ID)
  })

  test('a key that GitHub does not know is not tried twice', async () => {
    fake.on('GET', /^\/app$/, () => ({ status: 401, body: { message: 'A JSON web token could not be decoded' } }))
    await expect(fake.client().slug()).rejects.toThrow(/APP_ID and PRIVATE_KEY/)
    expect(fake.to('GET', /^\/app$/)).toHaveLength(1)
  })

  test('the client of the App itself signs with the key and has no token of an installation', async () => {
    fake.on('GET', /^\/app\/hook\/deliveries/, () => ({ body: [] }))
    await fake.client().asApp().rest.apps.listWebhookDeliveries({ per_page: 100 })
    expect(fake.to('GET', /deliveries/)[0]?.authorization).toMatch(/^bearer eyJ/)
    expect(fake.mints).toHaveLength(0)
  })
})

test('addresses hold names and nothing else', () => {
  const github = fake.client()
  expect(github.appId).toBe(APP_ID)
  expect(github.remoteUrl(REPO)).toBe('https://github.com/acme/app.git')
  expect(github.webUrl(REPO)).toBe('https://github.com/acme/app')
  expect(github.noreplyHost).toBe('users.noreply.github.com')
  for (const name of ['..', 'a/b', 'a?b', 'a b', '', '-x\n'])
    expect(() => github.remoteUrl({ ...REPO, name })).toThrow('not a name')
})
