import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { PURPOSES } from '../../src/github/purposes.ts'

const manifest = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8'))

test('app.yml grants exactly what some purpose asks for, and no more', () => {
  const union: Record<string, string> = {}
  for (const permissions of Object.values(PURPOSES)) {
    for (const [name, level] of Object.entries(permissions)) if (union[name] !== 'write') union[name] = level
  }
  expect(manifest.default_permissions).toEqual(union)
  expect(union).toEqual({
    metadata: 'read',
    contents: 'write',
    issues: 'write',
    pull_requests: 'write',
    checks: 'write',
    statuses: 'read',
    actions: 'read',
  })
})

test('app.yml subscribes to what the program handles; installation events come without being asked for', () => {
  expect(manifest.default_events).toEqual([
    'issues',
    'issue_comment',
    'pull_request',
    'pull_request_review',
    'pull_request_review_comment',
    'pull_request_review_thread',
    'check_run',
    'check_suite',
    'status',
    'push',
    'repository',
  ])
})

test('only the purposes that push, turn a draft ready or merge may write contents', () => {
  const writers = Object.entries(PURPOSES).filter(([, p]) => 'contents' in p && p.contents === 'write')
  expect(writers.map(([name]) => name)).toEqual(['push', 'ready', 'merge'])
})
