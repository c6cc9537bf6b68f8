import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyIdOf, opened, sealed } from '../../src/verify/bundle/envelope.ts'
import { statementOf } from '../../src/verify/bundle/statement.ts'
import { notRun } from '../../src/verify/not-run.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const statement = statementOf({
  repository: 'https://github.com/acme/app',
  commit: 'c0ffee',
  base: 'beef',
  taskId: '01T',
  round: 0,
  planHash: null,
  verdict: 'fail',
  reasonCode: 'verification_failed',
  evidence: [notRun('Review', 'review', 'review_not_run', 'c0ffee')],
  at: new Date(0),
})
const bundle = sealed(statement, privateKey)
const change = (over: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(bundle), ...over })
const payloadOf = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64')

test('what the key has signed opens with its public half, and names commit, verdict and evidence', () => {
  const result = opened(bundle, publicKey)
  expect(result).toMatchObject({ isSigned: true, keyId: keyIdOf(createPublicKey(privateKey)) })
  expect(result.isSigned && result.statement).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { gitCommit: 'c0ffee' } }],
    predicate: { verdict: 'fail', evidence: [{ criterion: 'Review', verdict: 'not_run' }] },
  })
})

test.each([
  [
    'another verdict',
    change({ payload: payloadOf({ ...statement, predicate: { verdict: 'pass' } }) }),
    /changed after/,
  ],
  ['another kind of payload', change({ payloadType: 'text/plain' }), /payload is not/],
  ['no signature', change({ signatures: [] }), /no DSSE envelope/],
  ['a signature of somebody else', sealed(statement, generateKeyPairSync('ed25519').privateKey), /names another key/],
  ['no JSON', 'nonsense', /no DSSE envelope/],
])('%s is refused', (_, text, why) => {
  expect(opened(text, publicKey)).toMatchObject({ isSigned: false, why: expect.stringMatching(why) })
})
