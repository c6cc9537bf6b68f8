import { mustHave } from '../access.ts'
import { ask } from '../ask-emulator.ts'
import type { PullRow, RepositoryRow } from '../emulator-rows.ts'
import { ApiFailure } from '../failure.ts'
import { type Json, textAt } from '../json.ts'
import { missingChecks } from '../pull-facts.ts'
import { repositoryRoute } from '../route.ts'
import { loginOf, userNamed, type World } from '../world.ts'
import { closeIssues, writeCode } from '../write-code.ts'
import { markMerged, pullNumbered } from './pulls.ts'

/** Merges with git: the emulator would take the head's tree as it is, and lose what the base has gained. */
export const mergeRoutes = [
  repositoryRoute('PUT', 'pulls/(\\d+)/merge', async (world, call, repository, number) => {
    const needs = { permissions: ['contents'], level: 'write', role: 'write' } as const
    mustHave(world.emulator.rows, repository, call.caller, needs)
    const pull = pullNumbered(world, repository, number)
    mustBeMergeable(world, pull, call.body)
    const login = loginOf(world, call.caller)
    const sha = await writeCode(world, repository, login, async () => {
      const merged = await merge(world, repository, pull, call.body, login)
      markMerged(world, repository.full_name, pull, merged, login)
      return merged
    })
    const path = `/repos/${repository.full_name}/pulls/${pull.number}`
    const payload = { action: 'closed', pull_request: await ask(world, 'GET', path), sender: userNamed(world, login) }
    world.emit('pull_request', payload, repository.full_name)
    if (pull.base_ref === repository.default_branch) await closeIssues(world, repository, login, pull.body ?? '')
    return { status: 200, body: { sha, merged: true, message: 'Pull Request successfully merged' } }
  }),
]

function mustBeMergeable(world: World, pull: PullRow, body: Json): void {
  if (pull.state !== 'open') throw new ApiFailure(405, 'Pull Request is not mergeable')
  if (pull.draft) throw new ApiFailure(405, 'Pull Request is still a draft')
  const wanted = textAt(body, 'sha')
  if (wanted !== '' && wanted !== pull.head_sha) {
    throw new ApiFailure(409, 'Head branch was modified. Review and try the merge again.')
  }
  const missing = missingChecks(world, pull)
  if (missing.length > 0) throw new ApiFailure(405, `Required status check "${missing[0]}" is expected.`)
}

/** @returns SHA of the commit that the base branch now points to */
async function merge(world: World, repository: RepositoryRow, pull: PullRow, body: Json, login: string) {
  const git = (...args: string[]): Promise<string> =>
    world.repositories.git(repository.full_name, args, { env: identityEnv(world, login), allow: [1] })
  const base = await git('rev-parse', `refs/heads/${pull.base_ref}`)
  const [tree = '', ...conflicts] = (await git('merge-tree', '--write-tree', base, pull.head_sha)).split('\n')
  if (conflicts.length > 0) throw new ApiFailure(405, 'Pull Request is not mergeable')
  const method = textAt(body, 'merge_method') || 'merge'
  const title =
    textAt(body, 'commit_title') || `Merge pull request #${pull.number} from ${world.owner}/${pull.head_ref}`
  const message = [title, textAt(body, 'commit_message')].filter((part) => part !== '').join('\n\n')
  const parents = method === 'merge' ? ['-p', base, '-p', pull.head_sha] : ['-p', base]
  const commit = await git('commit-tree', tree, ...parents, '-m', message)
  await git('update-ref', `refs/heads/${pull.base_ref}`, commit, base)
  return commit
}

function identityEnv(world: World, login: string): Record<string, string> {
  const user = userNamed(world, login)
  const email = `${user.id}+${login}@users.noreply.github.com`
  return {
    GIT_AUTHOR_NAME: login,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: 'GitHub',
    GIT_COMMITTER_EMAIL: 'noreply@github.com',
  }
}
