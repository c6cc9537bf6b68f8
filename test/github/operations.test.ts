// Longer than other files: one test for each call that the app makes.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addReaction } from '../../src/github/add-reaction.ts'
import { countAnnotations, createCheck, findCheckByExternalId, updateCheck } from '../../src/github/checks.ts'
import type { GitHub } from '../../src/github/client.ts'
import { createComment, findCommentByMarker, removeComment, updateComment } from '../../src/github/comments.ts'
import { listComments, readIssue } from '../../src/github/issues.ts'
import { addLabels, ensureLabel, removeLabel } from '../../src/github/labels.ts'
import { mergePull } from '../../src/github/merge-pull.ts'
import { permissionOf } from '../../src/github/permission-of.ts'
import { changeOfFile } from '../../src/github/pull-files.ts'
import { createPull, findPullByHead, markReady, readPull, updatePull } from '../../src/github/pulls.ts'
import { readFile, readFileOfNeighbour } from '../../src/github/read-file.ts'
import { listReviewComments } from '../../src/github/review-comments.ts'
import { requestReview } from '../../src/github/reviewers.ts'
import { CHECK_NAME } from '../../src/task/evidence.ts'
import { APP_ID, BOT_ID, type FakeGitHub, REPO, startFakeGitHub } from './fake-github.ts'

let fake: FakeGitHub
let github: GitHub
beforeEach(async () => {
  fake = await startFakeGitHub()
  github = fake.client()
})
afterEach(() => fake.close())

const validation = (message: string) => ({
  status: 422,
  body: { message: 'Validation Failed', errors: [{ resource: 'PullRequest', code: 'custom', message }] },
})
const user = (id: number, type = 'User') => ({ id, login: `u${id}`, type })

describe('the permission of a person', () => {
  const answering = (body: unknown, status = 200) =>
    fake.on('GET', /collaborators\/ann\/permission$/, () => ({ status, body }))

  test.each([
    ['admin', 'admin', { permission: 'admin', roleName: 'admin' }],
    ['write', 'maintain', { permission: 'write', roleName: 'maintain' }],
    ['read', 'triage', { permission: 'read', roleName: 'triage' }],
    ['none', 'none', { permission: 'none', roleName: 'none' }],
    ['push', 'push', { permission: 'none', roleName: 'push' }], // no word of GitHub's: it gives nothing
  ])('%s as %s', async (permission, role_name, expected) => {
    answering({ permission, role_name, user: user(5) })
    expect(await permissionOf(github, REPO, 'ann')).toEqual({ ...expected, userId: 5 })
  })

  test('a custom role that is built on triage counts as triage', async () => {
    answering({
      permission: 'read',
      role_name: 'Community manager',
      user: { ...user(5), permissions: { triage: true, push: false } },
    })
    expect(await permissionOf(github, REPO, 'ann')).toMatchObject({ permission: 'read', roleName: 'triage' })
  })

  test('nobody by that name may do nothing', async () => {
    expect(await permissionOf(github, REPO, 'ann')).toEqual({ permission: 'none', roleName: null, userId: null })
  })

  test('trouble is not taken for "none"', async () => {
    answering({ message: 'oops' }, 500)
    await expect(permissionOf(github, REPO, 'ann')).rejects.toMatchObject({ failureClass: 'transient' })
  })
})

describe('comments', () => {
  test('are written, changed and removed; a deleted one is told', async () => {
    fake.on('POST', /\/issues\/5\/comments$/, ({ body }) => ({ status: 201, body: { id: 70, ...body } }))
    fake.on('PATCH', /\/issues\/comments\/70$/, () => ({ body: { id: 70 } }))
    fake.on('DELETE', /\/issues\/comments\/70$/, () => ({ status: 204 }))
    expect(await createComment(github, REPO, 5, 'text')).toBe(70)
    expect(await updateComment(github, REPO, 70, 'new')).toBe(true)
    expect(await updateComment(github, REPO, 71, 'new')).toBe(false)
    expect(await removeComment(github, REPO, 70)).toBe(true)
    expect(await removeComment(github, REPO, 71)).toBe(false)
    expect(fake.to('PATCH', /./)[0]?.body).toEqual({ body: 'new' })
  })

  test("with our marker are found on any page, and a stranger's copy of it is not ours", async () => {
    const marker = '<!-- supervise:task=X -->'
    const pages = [
      [
        { id: 1, user: user(4), body: marker },
        { id: 2, user: null, body: marker },
        { id: 3, user: user(BOT_ID, 'Bot'), body: 'other' },
      ],
      [
        { id: 4, user: user(BOT_ID, 'Bot'), body: `text\n${marker}` },
        { id: 5, user: user(BOT_ID, 'Bot'), body: marker },
      ],
    ]
    fake.on('GET', /\/issues\/5\/comments\?/, ({ path }) => {
      const page = Number(/[?&]page=(\d+)/.exec(path)?.[1] ?? 1)
      const next = `<${fake.url}/repos/acme/app/issues/5/comments?per_page=100&page=2>; rel="next"`
      return { body: pages[page - 1], headers: page === 1 ? { link: next } : {} }
    })
    expect(await findCommentByMarker(github, REPO, 5, marker)).toBe(4)
    expect(await findCommentByMarker(github, REPO, 5, '<!-- none -->')).toBeNull()
  })

  test('the newest are read from the end, without minimised ones', async () => {
    const comment = (id: number) => ({
      id,
      user: id === 250 ? null : user(id),
      body: `c${id}`,
      created_at: `t${id}`,
      updated_at: `t${id}`,
      minimized: id === 245 ? { reason: 'spam' } : null,
    })
    fake.on('GET', /\/issues\/5\/comments\?/, ({ path }) => {
      const page = Number(/[?&]page=(\d+)/.exec(path)?.[1])
      const ids = Array.from({ length: page === 3 ? 50 : 100 }, (_, i) => (page - 1) * 100 + i + 1)
      return {
        body: ids.map(comment),
        headers: { link: `<${fake.url}/x?page=2>; rel="next", <${fake.url}/x?per_page=100&page=3>; rel="last"` },
      }
    })
    const ids = async (newest: number) => (await listComments(github, REPO, 5, newest)).map(({ id }) => id)
    expect(await ids(50)).toEqual(Array.from({ length: 50 }, (_, i) => 201 + i).filter((id) => id !== 245))
    expect(fake.to('GET', /comments/)).toHaveLength(2)
    expect((await ids(60))[0]).toBe(191)
    expect((await listComments(github, REPO, 5, 1))[0]?.author).toEqual({ id: 10_137, login: 'ghost', type: 'User' })
  })
})

test('an issue is read, and a pull request is told from it', async () => {
  fake.on('GET', /\/issues\/5$/, () => ({
    body: {
      number: 5,
      title: 't',
      body: null,
      state: 'open',
      locked: true,
      labels: ['a', { name: 'b' }, { name: null }],
      user: user(3, 'Bot'),
      pull_request: { url: 'x' },
    },
  }))
  expect(await readIssue(github, REPO, 5)).toEqual({
    number: 5,
    title: 't',
    body: '',
    state: 'open',
    locked: true,
    labels: ['a', 'b'],
    isPullRequest: true,
    author: { id: 3, login: 'u3', type: 'Bot' },
  })
  await expect(readIssue(github, REPO, 6)).rejects.toMatchObject({ reasonCode: 'repository_gone' })
})

describe('pull requests', () => {
  const data = (number: number, more: object = {}) => ({
    number,
    node_id: `PR_${number}`,
    html_url: `https://github.com/acme/app/pull/${number}`,
    state: 'open',
    merged_at: null,
    draft: true,
    title: 't',
    body: null,
    user: user(BOT_ID, 'Bot'),
    head: { ref: 'supervise/1-x', sha: 'h', repo: { id: REPO.id } },
    base: { ref: 'main', sha: 'b', repo: { id: REPO.id } },
    ...more,
  })
  const wanted = { title: 't', body: 'b', head: 'supervise/1-x', base: 'main', draft: true }

  test('are opened', async () => {
    fake.on('POST', /\/pulls$/, () => ({ status: 201, body: data(9) }))
    expect(await createPull(github, REPO, wanted)).toMatchObject({
      kind: 'created',
      number: 9,
      nodeId: 'PR_9',
      draft: true,
      authorId: BOT_ID,
      merged: false,
    })
    expect(fake.to('POST', /\/pulls$/)[0]?.body).toEqual(wanted)
  })

  test.each([
    [validation('A pull request already exists for acme:supervise/1-x.'), { kind: 'exists' }],
    [
      { status: 422, body: { message: 'Draft pull requests are not supported in this repository.' } },
      { kind: 'drafts_unsupported' },
    ],
    [
      validation('No commits between main and supervise/1-x'),
      { kind: 'refused', message: 'No commits between main and supervise/1-x' },
    ],
  ])("what GitHub's validation says is a value: %j", async (reply, expected) => {
    fake.on('POST', /\/pulls$/, () => reply)
    expect(await createPull(github, REPO, wanted)).toEqual(expected)
  })

  test('an archived repository is a failure, not a value', async () => {
    fake.on('POST', /\/pulls$/, () => ({ status: 403, body: { message: 'Repository was archived so is read-only.' } }))
    await expect(createPull(github, REPO, wanted)).rejects.toMatchObject({ reasonCode: 'repository_archived' })
  })

  test('of a branch are found by it: the open one first, never one of another repository', async () => {
    const elsewhere = { head: { ref: 'supervise/1-x', sha: 'h', repo: { id: 99 } } }
    let listed = [data(13, elsewhere), data(12, { state: 'closed', merged_at: 'then' }), data(11)]
    fake.on('GET', /\/pulls\?/, () => ({ body: listed }))
    expect(await findPullByHead(github, REPO, 'supervise/1-x')).toMatchObject({ number: 11 })
    expect(new URL(fake.to('GET', /\/pulls\?/)[0]?.path ?? '', fake.url).searchParams.get('head')).toBe(
      'acme:supervise/1-x',
    )
    listed = listed.slice(0, 2)
    expect(await findPullByHead(github, REPO, 'supervise/1-x')).toMatchObject({
      number: 12,
      state: 'closed',
      merged: true,
    })
    listed = []
    expect(await findPullByHead(github, REPO, 'supervise/1-x')).toBeNull()
  })

  test('are read and edited', async () => {
    fake.on('GET', /\/pulls\/9$/, () => ({
      body: data(9, { merged: true, state: 'closed', head: { ref: 'x', sha: 'h', repo: null } }),
    }))
    fake.on('PATCH', /\/pulls\/9$/, () => ({ body: data(9) }))
    expect(await readPull(github, REPO, 9)).toMatchObject({ merged: true, headRepositoryId: null, baseBranch: 'main' })
    await updatePull(github, REPO, 9, { title: 'new', body: 'text' })
    expect(fake.to('PATCH', /./)[0]?.body).toEqual({ title: 'new', body: 'text' })
  })

  test('are turned ready by GraphQL, with both permissions that it needs', async () => {
    fake.on('POST', /^\/graphql$/, () => ({
      body: { data: { markPullRequestReadyForReview: { pullRequest: { isDraft: false } } } },
    }))
    await markReady(github, REPO, 'PR_9')
    expect(fake.mints).toEqual([
      expect.objectContaining({ permissions: { metadata: 'read', contents: 'write', pull_requests: 'write' } }),
    ])
    const [sent] = fake.to('POST', /^\/graphql$/)
    expect(sent?.body).toMatchObject({
      variables: { pull: 'PR_9' },
      query: expect.stringContaining('markPullRequestReadyForReview'),
    })
  })

  test('GraphQL\'s refusals come with status 200 and are failures all the same; "not a draft" is none', async () => {
    const refusing = (type: string, message: string) =>
      fake.on('POST', /^\/graphql$/, () => ({ body: { data: null, errors: [{ type, message }] } }))
    refusing('FORBIDDEN', 'Resource not accessible by integration')
    await expect(markReady(github, REPO, 'PR_9')).rejects.toMatchObject({ reasonCode: 'github_permission_missing' })
    refusing('UNPROCESSABLE', 'Pull request is not in draft state')
    await markReady(github, REPO, 'PR_9')
  })

  test('a person who cannot review is a note, not a failure', async () => {
    fake.on('POST', /requested_reviewers$/, ({ body }) =>
      (body['reviewers'] as string[])[0] === 'ann'
        ? { status: 201, body: data(9) }
        : validation('Reviews may only be requested from collaborators.'),
    )
    expect(await requestReview(github, REPO, 9, 'ann')).toEqual({ kind: 'requested' })
    expect(await requestReview(github, REPO, 9, 'eve')).toEqual({
      kind: 'refused',
      message: 'Reviews may only be requested from collaborators.',
    })
  })
})

describe('merging', () => {
  const words = { sha: 'head', title: 't (#9)', message: 'm' }
  const refusing = (message: string, status = 405) => ({ status, body: { message } })

  test('is at the approved head, in the first way that the repository allows', async () => {
    fake.on('PUT', /\/pulls\/9\/merge$/, ({ body }) =>
      body['merge_method'] === 'squash'
        ? { body: { sha: 'x', merged: true, message: '' } }
        : refusing('Merge commits are not allowed on this repository.'),
    )
    expect(await mergePull(github, REPO, 9, words)).toEqual({ kind: 'merged' })
    const sent = { sha: 'head', commit_title: 't (#9)', commit_message: 'm' }
    expect(fake.to('PUT', /merge$/).map(({ body }) => body)).toEqual([
      { ...sent, merge_method: 'merge' },
      { ...sent, merge_method: 'squash' },
    ])
  })

  test.each([
    [405, 'Required status check "build" is expected.'],
    [405, 'Changes must be made through the merge queue'],
    [409, 'Head branch was modified. Review and try the merge again.'],
  ])('a rule, a queue or another head is taken as it is: %s %s', async (status, message) => {
    fake.on('PUT', /merge$/, () => refusing(message, status))
    const done = await mergePull(github, REPO, 9, words)
    expect(done).toMatchObject({ kind: 'refused', message: expect.stringContaining(message.slice(0, 20)) })
    expect(fake.to('PUT', /merge$/)).toHaveLength(1)
  })

  test('a limit is no refusal', async () => {
    fake.on('PUT', /merge$/, () => ({ status: 403, body: { message: 'You have exceeded a secondary rate limit' } }))
    await expect(mergePull(github, REPO, 9, words)).rejects.toMatchObject({ failureClass: 'transient' })
  })
})

describe('check runs', () => {
  const content = {
    status: 'completed',
    conclusion: 'action_required',
    title: 't',
    summary: 's',
    text: 'x',
    actions: [{ label: 'l', description: 'd', identifier: 'approve' }],
  } as const

  test('have our one name, the task as external id, and buttons only when completed', async () => {
    fake.on('POST', /check-runs$/, () => ({ status: 201, body: { id: 3 } }))
    fake.on('PATCH', /check-runs\/3$/, () => ({ body: { id: 3 } }))
    const id = await createCheck(github, REPO, {
      name: CHECK_NAME,
      headSha: 'sha',
      externalId: 'TASK',
      ...content,
      status: 'in_progress',
      conclusion: null,
    })
    await updateCheck(github, REPO, id, content)
    expect(fake.to('POST', /check-runs$/)[0]?.body).toEqual({
      name: 'Supervisor verification',
      head_sha: 'sha',
      external_id: 'TASK',
      status: 'in_progress',
      output: { title: 't', summary: 's', text: 'x' },
    })
    expect(fake.to('PATCH', /./)[0]?.body).toEqual({
      status: 'completed',
      conclusion: 'action_required',
      output: { title: 't', summary: 's', text: 'x' },
      actions: content.actions,
    })
  })

  test('carry at most 50 annotations, each at its line', async () => {
    fake.on('POST', /check-runs$/, () => ({ status: 201, body: { id: 3 } }))
    const annotations = Array.from({ length: 60 }, (_, i) => ({
      path: 'a.yml',
      line: i + 1,
      level: 'failure' as const,
      title: 't',
      message: 'm',
    }))
    await createCheck(github, REPO, {
      name: 'Supervisor settings',
      headSha: 'sha',
      externalId: 'settings',
      ...content,
      actions: [],
      annotations,
    })
    const [sent] = fake.to('POST', /check-runs$/).map(({ body }) => body['output'] as { annotations: object[] })
    expect(sent?.annotations).toHaveLength(50)
    expect(sent?.annotations[6]).toEqual({
      path: 'a.yml',
      start_line: 7,
      end_line: 7,
      annotation_level: 'failure',
      title: 't',
      message: 'm',
    })
  })

  test('get their annotations with an update where they have none', async () => {
    fake.on('PATCH', /check-runs\/3$/, () => ({ body: { id: 3 } }))
    fake.on('GET', /check-runs\/3$/, () => ({ body: { id: 3, output: { annotations_count: 2 } } }))
    expect(await countAnnotations(github, REPO, 3)).toBe(2)
    await updateCheck(github, REPO, 3, content, [{ path: 'a.ts', line: 4, level: 'warning', title: 't', message: 'm' }])
    expect(fake.to('PATCH', /./)[0]?.body).toMatchObject({
      output: { annotations: [{ path: 'a.ts', start_line: 4, annotation_level: 'warning' }] },
    })
  })

  test('are found again by external id, and only those of this App', async () => {
    const run = (id: number, external_id: string, app: number | null) => ({
      id,
      external_id,
      app: app === null ? null : { id: app },
    })
    const ofTask = { name: CHECK_NAME, headSha: 'sha', externalId: 'TASK' } as const
    fake.on('GET', /\/commits\/sha\/check-runs\?/, () => ({
      body: {
        total_count: 4,
        check_runs: [run(1, 'TASK', 5), run(2, 'TASK', null), run(4, 'TASK', APP_ID), run(3, 'OTHER', APP_ID)],
      },
    }))
    expect(await findCheckByExternalId(github, REPO, ofTask)).toBe(4)
    expect(await findCheckByExternalId(github, REPO, { ...ofTask, externalId: 'NONE' })).toBeNull()
    const { searchParams } = new URL(fake.to('GET', /check-runs/)[0]?.path ?? '', fake.url)
    expect(Object.fromEntries(searchParams)).toMatchObject({ check_name: 'Supervisor verification', filter: 'latest' })
  })
})

test('labels are added beside others; one that is not there need not be removed', async () => {
  fake.on('POST', /\/issues\/5\/labels$/, () => ({ body: [{ name: 'x' }, { name: 'a' }, { name: 'b' }] }))
  fake.on('DELETE', /\/issues\/5\/labels\/supervise%3Afast$/, () => ({ body: [] }))
  expect(await addLabels(github, REPO, 5, [])).toEqual([])
  expect(await addLabels(github, REPO, 5, ['a', 'b'])).toEqual(['x', 'a', 'b'])
  expect(fake.to('POST', /labels$/).map(({ body }) => body)).toEqual([{ labels: ['a', 'b'] }])
  expect(await removeLabel(github, REPO, 5, 'supervise:fast')).toBe(true)
  expect(await removeLabel(github, REPO, 5, 'supervise')).toBe(false)
})

test('a label is made once, with its colour, where the repository has none of that name', async () => {
  const label = { name: 'supervisor:done', color: '0e8a16', description: 'Done' }
  fake.on('POST', /\/acme\/app\/labels$/, () => ({ status: 422, body: { message: 'already_exists' } }))
  await ensureLabel(github, REPO, label)
  await ensureLabel(github, REPO, label)
  expect(fake.to('GET', /labels\/supervisor%3Adone$/)).toHaveLength(1)
  expect(fake.to('POST', /\/labels$/).map(({ body }) => body)).toEqual([label])
})

test('reactions: on either kind of comment, and a deleted comment is told', async () => {
  fake.on('POST', /\/(issues|pulls)\/comments\/8\/reactions$/, () => ({ status: 201, body: { id: 1 } }))
  const react = (commentId: number, commentKind: 'issue_comment' | 'review_comment') =>
    addReaction(github, REPO, { commentId, commentKind, content: 'eyes' })
  expect(await react(8, 'issue_comment')).toBe(true)
  expect(await react(8, 'review_comment')).toBe(true)
  expect(await react(9, 'issue_comment')).toBe(false)
  expect(fake.to('POST', /reactions$/).map(({ path }) => path)).toEqual([
    '/repos/acme/app/issues/comments/8/reactions',
    '/repos/acme/app/pulls/comments/8/reactions',
    '/repos/acme/app/issues/comments/9/reactions',
  ])
})

describe('the comments of a review', () => {
  test('are read in one page, with place and author', async () => {
    fake.on('GET', /\/pulls\/3\/reviews\/8\/comments/, () => ({
      body: [
        {
          id: 21,
          user: user(5),
          body: 'Rename it.',
          path: 'a.js',
          line: 3,
          original_line: 2,
          commit_id: 'a'.repeat(40),
          diff_hunk: '@@ -1 +1 @@\n+x',
        },
        { user: null, body: 'Gone.', path: 'a.js', original_line: 9, diff_hunk: '' },
        { user: user(6, 'Bot'), body: 'The whole file.', path: 'b.js', diff_hunk: '' },
      ],
    }))
    expect(await listReviewComments(github, REPO, 3, 8)).toEqual([
      {
        author: user(5),
        body: 'Rename it.',
        path: 'a.js',
        line: 3,
        hunk: '@@ -1 +1 @@\n+x',
        thread: { id: 21, commit: 'a'.repeat(40), lines: { from: 3, to: 3 } },
      },
      expect.objectContaining({ author: expect.objectContaining({ login: 'ghost' }), line: 9 }),
      expect.objectContaining({ author: user(6, 'Bot'), line: null }),
    ])
    expect(fake.to('GET', /comments/).map(({ path }) => path)).toEqual([
      '/repos/acme/app/pulls/3/reviews/8/comments?per_page=100',
    ])
  })
  test('of a review that is gone are none', async () => {
    expect(await listReviewComments(github, REPO, 3, 8)).toEqual([])
  })
})

describe('a file', () => {
  const ofText = (text: string) => ({
    type: 'file',
    size: Buffer.byteLength(text),
    sha: 'blob',
    content: Buffer.from(text).toString('base64'),
  })

  test('is read at a commit; a folder, a missing and a huge one are told apart', async () => {
    fake.on('GET', /contents\/a\.yml\?ref=head$/, () => ({ body: ofText('x: ü') }))
    fake.on('GET', /contents\/dir$/, () => ({ body: [] }))
    fake.on('GET', /contents\/big$/, () => ({ body: { ...ofText(''), size: 2_000_000 } }))
    expect(await readFile(github, REPO, 'a.yml', 'head')).toEqual({ kind: 'text', text: 'x: ü', sha: 'blob' })
    expect(await readFile(github, REPO, 'a.yml')).toBeNull()
    expect(await readFile(github, REPO, 'dir')).toBeNull()
    expect(await readFile(github, REPO, 'big')).toEqual({ kind: 'too_large', sha: 'blob' })
  })

  const ofNeighbour = () => {
    fake.token.repositories = [12]
    return readFileOfNeighbour(github, REPO, '.github', 'a.yml')
  }

  test('of a neighbour is read with a token for that repository alone', async () => {
    fake.on('GET', /^\/repos\/acme\/\.github\/contents\/a\.yml$/, () => ({ body: ofText('x') }))
    expect(await ofNeighbour()).toMatchObject({ kind: 'text', text: 'x' })
    expect(fake.mints).toEqual([{ repositories: ['.github'], permissions: { metadata: 'read', contents: 'read' } }])
  })

  test('of a neighbour is not read with a token for another repository', async () => {
    fake.token.repositories = [REPO.id, 12]
    const reading = readFileOfNeighbour(github, REPO, '.github', 'a.yml')
    await expect(reading).rejects.toThrow(/reaches further .* \(app\)/)
    expect(fake.to('GET', /contents/)).toEqual([])
  })

  test('of a neighbour that the App does not see is none, after one request', async () => {
    fake.on('POST', /access_tokens$/, () => ({ status: 422, body: { message: 'There is at least one repository …' } }))
    expect(await ofNeighbour()).toBe('unseen')
    expect(fake.requests).toHaveLength(1)
  })

  test('that is missing in a neighbour is none; trouble is not', async () => {
    expect(await ofNeighbour()).toBeNull()
    fake.on('GET', /contents/, () => ({ status: 502, body: {} }))
    await expect(ofNeighbour()).rejects.toMatchObject({ failureClass: 'transient' })
  })
})

describe('what a pull request does to a file', () => {
  const page = (from: number, count: number, prefix: string) =>
    Array.from({ length: count }, (_, i) => ({ filename: `${prefix}${from + i}`, status: 'modified' }))
  const change = () => changeOfFile(github, REPO, 5, 'm.yml')

  test.each([
    ['added', { filename: 'm.yml', status: 'added' }, 'written'],
    ['removed', { filename: 'm.yml', status: 'removed' }, 'removed'],
    ['renamed away', { filename: 'n.yml', previous_filename: 'm.yml', status: 'renamed' }, 'removed'],
    ['left alone', { filename: 'n.yml', status: 'modified' }, null],
  ])('%s', async (_, file, wanted) => {
    fake.on('GET', /\/pulls\/5\/files/, () => ({ body: [file] }))
    expect(await change()).toBe(wanted)
  })

  test('of hundreds of files is looked for until their order is past it', async () => {
    const pages = [page(100, 100, 'a'), page(200, 100, 'b'), page(300, 100, 'n'), page(400, 100, 'o')]
    fake.on('GET', /[?&]page=(\d)/, (_, match) => ({ body: pages[Number(match[1]) - 1] }))
    expect(await change()).toBeNull()
    expect(fake.to('GET', /files/)).toHaveLength(3)
  })
})
