import { expect, test } from 'vitest'
import { checkRequest } from '../support/openapi.ts'

test('what GitHub understands has no problems', () => {
  expect([
    checkRequest('POST', '/repos/o/r/issues/1/comments', { body: 'x' }, ''),
    checkRequest('GET', '/repos/o/r/contents/a/b/c.txt', null, '?ref=main'),
    checkRequest('GET', '/repos/o/r/commits/main/check-runs', null, '?filter=all&per_page=100'),
    checkRequest('POST', '/app/installations/7/access_tokens', { permissions: { contents: 'read' } }, ''),
    checkRequest('PATCH', '/repos/o/r/check-runs/1', { status: 'completed', conclusion: 'failure' }, ''),
    checkRequest('GET', '/repos/o/r/rules/branches/supervise%2F1-x', null, ''),
  ]).toEqual([[], [], [], [], [], []])
})

test('a wrong key, value, query or path is found', () => {
  expect(checkRequest('POST', '/repos/o/r/issues/1/comments', { bdy: 'x' }, '')).toEqual([
    "body must have required property 'body'",
    'body has the unknown key bdy',
  ])
  expect(checkRequest('POST', '/repos/o/r/issues/comments/1/reactions', { content: 'up' }, '')).toHaveLength(1)
  expect(checkRequest('GET', '/repos/o/r/pulls', null, '?state=shut&per_pag=1')).toEqual([
    'query/state must be equal to one of the allowed values',
    'query has the unknown key per_pag',
  ])
  expect(checkRequest('POST', '/repos/o/r/issue', {}, '')).toEqual(['GitHub has no operation POST /repos/o/r/issue'])
})
