import { generateKeyPairSync } from 'node:crypto'
import nock from 'nock'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createGitHub } from '../../src/github/client.ts'
import { createComment } from '../../src/github/comments.ts'
import { OperatingError } from '../../src/task/errors.ts'
import { REPO } from './fake-github.ts'

/** What no server on loopback can do: a name that does not resolve, a certificate that is not to be trusted. */
const API = 'https://api.github.example'
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

test.each(['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'CERT_HAS_EXPIRED'])(
  '%s is trouble that may pass: the write comes back later, and it was sent once',
  async (code) => {
    let sent = 0
    nock(API)
      .post('/app/installations/7/access_tokens')
      .reply(201, {
        token: 'ghs_of_the_test',
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        permissions: { metadata: 'read', issues: 'write', pull_requests: 'write' },
        repositories: [{ id: REPO.id }],
        repository_selection: 'selected',
      })
    nock(API)
      .post('/repos/acme/app/issues/1/comments', () => {
        sent++
        return true
      })
      .times(5)
      .replyWithError(Object.assign(new Error(`the network said ${code}`), { code }))
    const github = createGitHub({
      appId: 1,
      privateKey,
      apiUrl: API,
      webUrl: 'https://github.example',
      redact: (text) => text,
      log: { warn: () => undefined },
    })
    const error = await createComment(github, REPO, 1, 'hello').catch((e: unknown) => e)
    expect(error).toBeInstanceOf(OperatingError)
    expect(error).toMatchObject({ failureClass: 'transient', reasonCode: 'github_unavailable' })
    expect(sent).toBe(1)
  },
)
