import { mustHave } from '../access.ts'
import { ask } from '../ask-emulator.ts'
import type { PullRow, RepositoryRow } from '../emulator-rows.ts'
import { invalid, notFound } from '../failure.ts'
import { asJson, asList, type Json, textAt } from '../json.ts'
import { rangeOf } from '../pull-facts.ts'
import { forward, paged, repositoryRoute } from '../route.ts'
import { isoSeconds, loginOf, repositoryNamed, userNamed, type World } from '../world.ts'
import { pointPullRef } from '../write-code.ts'

const READ = { permissions: ['pull_requests'], level: 'read', role: 'read' } as const

export const pullRoutes = [
  repositoryRoute('POST', 'pulls', async (world, call, repository) => {
    await mustBeOpenable(world, repository, call.body)
    const answer = await forward(world, call)
    const made = asJson(answer.body)
    if (answer.status === 201) {
      await pointPullRef(world, repository.full_name, Number(made['number']), textAt(asJson(made['head']), 'sha'))
    }
    return answer
  }),
  repositoryRoute('PATCH', 'pulls/(\\d+)', async (world, call, repository, number) => {
    mustFit(call.body, { title: 256, body: 65_536 })
    const before = pullNumbered(world, repository, number)
    const base = textAt(call.body, 'base')
    if (base !== '' && (await world.repositories.resolve(repository.full_name, `refs/heads/${base}`)) === null)
      throw invalid(`Proposed base branch '${base}' was not found`)
    const { base_ref: ref, base_sha: sha } = before
    const answer = await forward(world, call)
    // The emulator tells of a new text, but not of a new base.
    if (answer.status === 200 && base !== '' && base !== ref) {
      const path = `/repos/${repository.full_name}/pulls/${number}`
      const changes = { base: { ref: { from: ref }, sha: { from: sha } } }
      const pull_request = await ask(world, 'GET', path)
      const sender = userNamed(world, loginOf(world, call.caller))
      world.emit('pull_request', { action: 'edited', changes, pull_request, sender }, repository.full_name)
    }
    return answer
  }),
  repositoryRoute('GET', 'pulls/(\\d+)/files', async (world, call, repository, number) => {
    mustHave(world.emulator.rows, repository, call.caller, READ)
    return paged(world, call, await filesOf(world, repository, pullNumbered(world, repository, number)))
  }),
  repositoryRoute('GET', 'pulls/(\\d+)/commits', async (world, call, repository, number) => {
    mustHave(world.emulator.rows, repository, call.caller, READ)
    const { from, head } = rangeOf(world, pullNumbered(world, repository, number))
    const list = await world.repositories.git(repository.full_name, ['rev-list', '--reverse', `${from}..${head}`])
    const shas = list.split('\n').filter((sha) => sha !== '')
    const page = paged(world, call, shas)
    const path = `/repos/${repository.full_name}/commits`
    return { ...page, body: await Promise.all(asList(page.body).map((sha) => ask(world, 'GET', `${path}/${sha}`))) }
  }),
  repositoryRoute('POST', 'pulls/(\\d+)/requested_reviewers', async (world, call, repository, number) => {
    const pull = pullNumbered(world, repository, number)
    const { users, collaborators } = world.emulator.rows
    for (const login of asList(call.body['reviewers'])) {
      const user = users.findOneBy('login', login)
      const isAuthor = user?.id === pull.user_id
      const isOwner = user?.id === repository.owner_id
      const isCollaborator = collaborators.findBy('repo_id', repository.id).some((row) => row.user_id === user?.id)
      // One bad name and nobody is asked.
      if (isAuthor) throw invalid('Review cannot be requested from pull request author.')
      if (user?.type !== 'User' || !(isOwner || isCollaborator)) {
        throw invalid('Reviews may only be requested from collaborators.')
      }
    }
    const answer = await forward(world, call)
    return answer.status === 200 ? { ...answer, status: 201 } : answer
  }),
]

export function pullNumbered(world: World, repository: RepositoryRow, number: unknown): PullRow {
  const found = world.emulator.rows.pulls
    .findBy('repo_id', repository.id)
    .find((pull) => pull.number === Number(number))
  if (!found) throw notFound()
  return found
}

/** GitHub's limits on text, in characters. */
export function mustFit(body: Json, limits: Readonly<Record<string, number>>): void {
  const long = Object.entries(limits).filter(([key, max]) => textAt(body, key).length > max)
  if (long.length > 0) throw invalid(...long.map(([key, max]) => `${key} is too long (maximum is ${max} characters)`))
}

/** 422 for what GitHub refuses and the emulator would take, or even create a branch for. */
async function mustBeOpenable(world: World, repository: RepositoryRow, body: Json): Promise<void> {
  const { pulls } = world.emulator.rows
  const head = textAt(body, 'head').replace(/^[^:]*:/, '')
  const base = textAt(body, 'base')
  const [headSha, baseSha] = await Promise.all(
    [head, base].map((branch) => world.repositories.resolve(repository.full_name, `refs/heads/${branch}`)),
  )
  if (!headSha) throw invalid('head is invalid')
  if (!baseSha) throw invalid('base is invalid')
  if (body['draft'] === true && world.withoutDrafts.has(repository.id)) {
    throw invalid('Draft pull requests are not supported in this repository.')
  }
  mustFit(body, { title: 256, body: 65_536 })
  const open = pulls.findBy('repo_id', repository.id).filter((pull) => pull.state === 'open')
  if (open.some((pull) => pull.head_ref === head && pull.base_ref === base)) {
    throw invalid(`A pull request already exists for ${world.owner}:${head}.`)
  }
  const ahead = await world.repositories.git(repository.full_name, ['rev-list', '--count', `${baseSha}..${headSha}`])
  if (ahead === '0') throw invalid(`No commits between ${base} and ${head}`)
}

const KINDS: Readonly<Record<string, string>> = { A: 'added', D: 'removed', M: 'modified', T: 'changed' }

/** Files of the change, with patches, at most 3,000 (GitHub's own limit). */
async function filesOf(world: World, repository: RepositoryRow, pull: PullRow): Promise<Json[]> {
  const name = repository.full_name
  const { from, head } = rangeOf(world, pull)
  const range = `${from}...${head}`
  const git = (...args: string[]): Promise<string> =>
    world.repositories.git(name, ['-c', 'core.quotePath=false', 'diff', '--no-renames', ...args, range])
  const [kinds, counts, patch, blobs] = await Promise.all([
    git('--name-status', '-z'),
    git('--numstat', '-z'),
    git('--no-color'),
    git('--raw', '-z', '--no-abbrev'),
  ])
  const status = kinds.split('\0')
  const patches = patch.split(/^(?=diff --git )/m).filter((part) => part !== '')
  const shas = blobs.split('\0').filter((_, index) => index % 2 === 0)
  return counts
    .split('\0')
    .filter((line) => line !== '')
    .slice(0, 3000)
    .map((line, index) => {
      const [added = '', deleted = '', ...rest] = line.split('\t')
      const filename = rest.join('\t')
      const at = `${encodeURIComponent(filename)}`
      return {
        sha: shas[index]?.split(' ')[3] ?? null,
        filename,
        status: KINDS[status[index * 2] ?? ''] ?? 'modified',
        additions: Number(added) || 0,
        deletions: Number(deleted) || 0,
        changes: (Number(added) || 0) + (Number(deleted) || 0),
        blob_url: `${world.url}/${name}/blob/${head}/${at}`,
        raw_url: `${world.url}/${name}/raw/${head}/${at}`,
        contents_url: `${world.url}/repos/${name}/contents/${at}?ref=${head}`,
        patch: /^@@[\s\S]*/m.exec(patches[index] ?? '')?.[0].replace(/\n$/, ''),
      }
    })
}

/** Marks a pull request as merged, in the emulator's rows. */
export function markMerged(world: World, fullName: string, pull: PullRow, mergeSha: string, login: string): void {
  const { pulls, issues, users } = world.emulator.rows
  const at = isoSeconds(world.now())
  const byId = users.findOneBy('login', login)?.id ?? null
  pulls.update(pull.id, {
    merged: true,
    merged_at: at,
    merged_by_id: byId,
    merge_commit_sha: mergeSha,
    state: 'closed',
    closed_at: at,
    mergeable: false,
  })
  const issue = issues
    .findBy('repo_id', repositoryNamed(world, fullName).id)
    .find((row) => row.number === pull.number && row.is_pull_request)
  if (issue) issues.update(issue.id, { state: 'closed', closed_at: at, closed_by_id: byId })
}
