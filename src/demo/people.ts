import { atLeast, roleOf } from './access.ts'
import { answerCall } from './answer-call.ts'
import { ApiFailure, notFound } from './failure.ts'
import { asJson, numberAt, textAt } from './json.ts'
import { wish } from './routes/checks.ts'
import type { CommentJson, IssueJson, Person, PushInput, ReactionJson, ReviewJson } from './types.ts'
import { repositoryNamed, userNamed, type World } from './world.ts'
import { writeCode } from './write-code.ts'

/** What a person does in the browser or with a git client of theirs: within the process, past record and faults. */
export function personNamed(world: World, login: string): Person {
  userNamed(world, login)
  const api: Person['api'] = async (method, path, body) => {
    const url = new URL(path, 'http://loopback')
    const answer = await answerCall(world, {
      method,
      path: url.pathname,
      query: url.searchParams,
      body: asJson(body),
      accept: 'application/vnd.github+json',
      caller: { kind: 'user', token: world.tokens.ofPerson(login), login },
    })
    if (answer.status >= 300) {
      const detail = JSON.stringify(answer.body ?? null).slice(0, 300)
      throw new ApiFailure(answer.status, `${login}: ${method} ${path}: ${answer.status} ${detail}`)
    }
    return answer.body
  }
  const at = (repo: string, rest: string): string => `/repos/${repo}/${rest}`
  const clickOnRun = async (repo: string, id: number, payload: Record<string, unknown>): Promise<void> => {
    const repository = repositoryNamed(world, repo)
    if (!atLeast(roleOf(world.emulator.rows, repository, login), 'write')) throw new ApiFailure(403, 'No write access')
    await wish(world, repository, login, id, payload)
  }
  return {
    api,
    issue: async (repo, title, body = '') => (await api('POST', at(repo, 'issues'), { title, body })) as IssueJson,
    comment: async (repo, number, body) =>
      (await api('POST', at(repo, `issues/${number}/comments`), { body })) as CommentJson,
    editComment: async (repo, id, body) =>
      (await api('PATCH', at(repo, `issues/comments/${id}`), { body })) as CommentJson,
    label: async (repo, number, name) => {
      await api('POST', at(repo, `issues/${number}/labels`), { labels: [name] })
    },
    review: async (repo, number, { commitId, ...input }) =>
      (await api('POST', at(repo, `pulls/${number}/reviews`), {
        ...input,
        ...(commitId === undefined ? {} : { commit_id: commitId }),
      })) as ReviewJson,
    dismissReview: async (repo, number, reviewId, message) => {
      await api('PUT', at(repo, `pulls/${number}/reviews/${reviewId}/dismissals`), { message })
    },
    react: async (repo, id, content) =>
      (await api('POST', at(repo, `issues/comments/${id}/reactions`), { content })) as ReactionJson,
    merge: async (repo, number) => asJson(await api('PUT', at(repo, `pulls/${number}/merge`), {})),
    closePull: async (repo, number) => {
      await api('PATCH', at(repo, `pulls/${number}`), { state: 'closed' })
    },
    push: (input) => push(world, login, input),
    deleteBranch: async (repo, branch) => {
      await api('DELETE', at(repo, `git/refs/heads/${branch}`))
    },
    pressButton: (repo, id, identifier) =>
      clickOnRun(repo, id, { action: 'requested_action', requested_action: { identifier } }),
    rerun: async (repo, id, what = 'run') => {
      if (what === 'run') return clickOnRun(repo, id, { action: 'rerequested' })
      const run = asJson(await api('GET', at(repo, `check-runs/${id}`)))
      const suite = asJson(run['check_suite'])
      const path = at(repo, `commits/${textAt(run, 'head_sha')}/check-suites`)
      const list = asJson(await api('GET', path))['check_suites']
      const whole = Array.isArray(list) ? list.find((item) => asJson(item)['id'] === numberAt(suite, 'id')) : null
      const payload = { action: 'rerequested', check_suite: whole ?? suite, sender: userNamed(world, login) }
      world.emit('check_suite', payload, repo)
    },
  }
}

async function push(world: World, login: string, input: PushInput): Promise<string> {
  const repository = repositoryNamed(world, input.repo)
  if (!atLeast(roleOf(world.emulator.rows, repository, login), 'write')) {
    throw new ApiFailure(403, `Permission to ${input.repo}.git denied to ${login}.`)
  }
  const parent = await world.repositories.resolve(input.repo, input.from ?? `refs/heads/${input.branch}`)
  if (parent === null) throw notFound()
  const { id } = userNamed(world, login)
  return writeCode(world, repository, login, () =>
    world.repositories.commit(input.repo, {
      branch: input.branch,
      parent,
      files: input.files,
      message: input.message ?? 'Edit',
      author: { name: login, email: `${id}+${login}@users.noreply.github.com` },
    }),
  )
}
