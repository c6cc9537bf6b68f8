import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type LoopbackGitHub, startLoopbackGitHub } from '../../src/demo/loopback-github.ts'
import { addReaction } from '../../src/github/add-reaction.ts'
import { createCheck, findCheckByExternalId, updateCheck } from '../../src/github/checks.ts'
import { createGitHub, type GitHub } from '../../src/github/client.ts'
import { createComment, findCommentByMarker, removeComment, updateComment } from '../../src/github/comments.ts'
import { listComments, readIssue } from '../../src/github/issues.ts'
import { addLabels, removeLabel } from '../../src/github/labels.ts'
import { permissionOf } from '../../src/github/permission-of.ts'
import { createPull, findPullByHead, markReady, readPull, updatePull } from '../../src/github/pulls.ts'
import { requestReview } from '../../src/github/reviewers.ts'
import { CHECK_NAME } from '../../src/task/evidence.ts'
import type { RepositoryRef } from '../../src/task/task.ts'
import { checkRequest } from '../support/openapi.ts'

// Every request is checked against GitHub's own description of its API, and every call has the permissions of app.yml
// only, narrowed by its purpose.
let dir: string
let gh: LoopbackGitHub
let github: GitHub
let repo: RepositoryRef
let full: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'github-room-'))
  const app = parse(await readFile(new URL('../../app.yml', import.meta.url), 'utf8'))
  const manifest = { permissions: app.default_permissions, events: app.default_events }
  gh = await startLoopbackGitHub({ dir, webhookUrl: null, manifest, check: checkRequest })
  full = await gh.seedRepository({ name: 'app', files: { 'README.md': '# app\n' } })
  github = createGitHub({
    appId: gh.app.id,
    privateKey: gh.app.privateKey,
    apiUrl: gh.url,
    webUrl: gh.url,
    redact: (text) => text,
    log: { warn: () => undefined },
  })
  const { id } = (await gh.as(gh.owner).api('GET', `/repos/${full}`)) as { id: number }
  repo = {
    id,
    installationId: gh.app.installationId,
    owner: gh.owner,
    name: 'app',
    private: true,
    defaultBranch: 'main',
  }
})
afterAll(async () => {
  expect(gh.requests.flatMap(({ method, path, problems }) => problems.map((p) => `${method} ${path}: ${p}`))).toEqual(
    [],
  )
  expect(gh.unsupported).toEqual([])
  await gh.close()
  await rm(dir, { recursive: true, force: true })
})

test('people have the permission that the repository gives them', async () => {
  expect(await permissionOf(github, repo, 'maintainer')).toEqual({
    permission: 'write',
    roleName: 'write',
    userId: gh.userId('maintainer'),
  })
  expect(await permissionOf(github, repo, 'triager')).toMatchObject({ permission: 'read', roleName: 'triage' })
  expect(await permissionOf(github, repo, 'stranger')).toMatchObject({ permission: 'none' })
  expect(await permissionOf(github, repo, 'nobody-at-all')).toEqual({
    permission: 'none',
    roleName: null,
    userId: null,
  })
})

test('a conversation: comment, marker, reaction, labels', async () => {
  const { number } = await gh.as('maintainer').issue(full, 'Title', 'Body')
  const asked = await gh.as('maintainer').comment(full, number, '/supervise <!-- m -->')
  expect(await readIssue(github, repo, number)).toMatchObject({
    title: 'Title',
    body: 'Body',
    isPullRequest: false,
    author: { login: 'maintainer' },
  })
  expect(await addReaction(github, repo, { commentId: asked.id, commentKind: 'issue_comment', content: 'eyes' })).toBe(
    true,
  )
  expect(await addReaction(github, repo, { commentId: asked.id, commentKind: 'issue_comment', content: 'eyes' })).toBe(
    true,
  )
  expect(await gh.view.reactions(full, asked.id)).toHaveLength(1)

  expect(await findCommentByMarker(github, repo, number, '<!-- m -->')).toBeNull() // a person wrote it
  const id = await createComment(github, repo, number, 'first <!-- m -->')
  expect(await findCommentByMarker(github, repo, number, '<!-- m -->')).toBe(id)
  expect(await updateComment(github, repo, id, 'second <!-- m -->')).toBe(true)
  expect((await listComments(github, repo, number, 50)).map(({ body, author }) => [author.type, body])).toEqual([
    ['User', '/supervise <!-- m -->'],
    ['Bot', 'second <!-- m -->'],
  ])
  expect(await removeComment(github, repo, id)).toBe(true)
  expect(await removeComment(github, repo, id)).toBe(false)

  await addLabels(github, repo, number, ['supervise'])
  expect(await removeLabel(github, repo, number, 'supervise')).toBe(true)
  expect(await removeLabel(github, repo, number, 'supervise')).toBe(false)
})

test('a pull request: draft, found by its branch, edited, ready, review, check run', async () => {
  const head = 'supervise/1-title-x'
  const wanted = { title: 'Title', body: 'Body', head, base: 'main', draft: true }
  const headSha = await gh.as('maintainer').push({ repo: full, branch: head, from: 'main', files: { 'a.txt': 'a\n' } })
  const made = await createPull(github, repo, wanted)
  if (made.kind !== 'created') throw new Error(`it is ${made.kind}`)
  expect(made).toMatchObject({ draft: true, headSha, authorId: (await github.botUser()).id, headRepositoryId: repo.id })
  expect(await createPull(github, repo, wanted)).toEqual({ kind: 'exists' })
  expect(await createPull(github, repo, { ...wanted, head: 'main' })).toMatchObject({ kind: 'refused' })
  expect(await findPullByHead(github, repo, head)).toMatchObject({ number: made.number, state: 'open' })
  expect(await findPullByHead(github, repo, 'supervise/other')).toBeNull()
  await updatePull(github, repo, made.number, { title: 'New title', body: 'New body' })
  await markReady(github, repo, made.nodeId)
  expect(await readPull(github, repo, made.number)).toMatchObject({ title: 'New title', draft: false, merged: false })
  expect(await requestReview(github, repo, made.number, 'reviewer')).toEqual({ kind: 'requested' })
  expect(await requestReview(github, repo, made.number, 'stranger')).toMatchObject({ kind: 'refused' })

  const check = {
    title: 't',
    summary: 's',
    text: 'x',
    actions: [{ label: 'Approve', description: 'd', identifier: 'approve' }],
  }
  const run = { name: CHECK_NAME, headSha, externalId: 'TASK' } as const
  const id = await createCheck(github, repo, {
    ...run,
    ...check,
    status: 'in_progress',
    conclusion: null,
  })
  expect(await findCheckByExternalId(github, repo, run)).toBe(id)
  expect(await findCheckByExternalId(github, repo, { ...run, externalId: 'OTHER' })).toBeNull()
  await updateCheck(github, repo, id, { ...check, status: 'completed', conclusion: 'success' })
  expect(await gh.view.checkRuns(full, headSha)).toMatchObject([
    { name: 'Supervisor verification', status: 'completed', conclusion: 'success' },
  ])
})

test('a token of one repository does not open another one of the same installation', async () => {
  const other = await gh.seedRepository({ name: 'other', files: { 'README.md': '# other\n' } })
  const octokit = await github.octokit('read', repo)
  await expect(octokit.rest.repos.get({ owner: gh.owner, repo: other.split('/')[1] ?? '' })).rejects.toMatchObject({
    reasonCode: 'repository_gone',
  })
})

test('after an hour tokens are replaced without anybody noticing', async () => {
  const { number } = await gh.as('maintainer').issue(full, 'Later', '')
  await readIssue(github, repo, number)
  gh.passTime(61 * 60_000)
  expect(await readIssue(github, repo, number)).toMatchObject({ title: 'Later' })
})
