import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ask } from './ask-emulator.ts'
import { ApiFailure, notFound } from './failure.ts'
import { asJson, type Json } from './json.ts'
import type { Answer, Call } from './route.ts'
import { isoSeconds, repositoryNamed, userNamed, type World } from './world.ts'

/** What owners and admins do with that on which the App stands. */
export interface Ground {
  suspend(): void
  unsuspend(): void
  /** Removes the App from the account. */
  uninstall(): void
  /** Takes one repository off the installation. */
  takeAway(repo: string): void
  /** @returns its new full name; the old one redirects */
  renameRepository(repo: string, name: string): Promise<string>
  /** No App is told: GitHub sends it to webhooks of organisations. */
  deleteRepository(repo: string): Promise<void>
  deleteIssue(repo: string, number: number): Promise<void>
  /** To a repository that the App knows nothing of. */
  transferIssue(repo: string, number: number): Promise<void>
}

/** What is no longer as it was. */
export interface Losses {
  standing: 'active' | 'suspended' | 'removed'
  /** Repositories off the installation, by id. */
  readonly taken: Set<number>
  /** Former full names → id. */
  readonly renamed: Map<string, number>
  /** `id#number` of issues that are gone → where to; null = deleted. */
  readonly issues: Map<string, string | null>
}

export const noLosses = (): Losses => ({
  standing: 'active',
  taken: new Set(),
  renamed: new Map(),
  issues: new Map(),
})

export function groundOf(world: World): Ground {
  const { losses } = world
  const installation = (action: string, event = 'installation', more: Json = {}): void => {
    const account = userNamed(world, world.owner)
    const at = isoSeconds(world.now())
    const own = { id: world.app.installationId, account, app_id: world.app.id, created_at: at, updated_at: at }
    const payload = { action, installation: own, sender: account, ...more }
    world.later(async () => void world.deliveries.send(event, JSON.stringify(payload)))
  }
  const endIssue = async (repo: string, number: number, action: string, to: string | null): Promise<void> => {
    const { id } = repositoryNamed(world, repo)
    const issue = await ask(world, 'GET', `/repos/${repo}/issues/${number}`)
    losses.issues.set(`${id}#${number}`, to)
    world.emit('issues', { action, issue, sender: userNamed(world, world.owner) }, repo)
  }
  return {
    suspend: () => {
      losses.standing = 'suspended'
      installation('suspend')
    },
    unsuspend: () => {
      losses.standing = 'active'
      installation('unsuspend')
    },
    uninstall: () => {
      losses.standing = 'removed'
      installation('deleted')
    },
    takeAway: (repo) => {
      const { id, name, full_name, private: isPrivate } = repositoryNamed(world, repo)
      losses.taken.add(id)
      const repositories_removed = [{ id, name, full_name, private: isPrivate }]
      installation('removed', 'installation_repositories', { repositories_added: [], repositories_removed })
    },
    renameRepository: async (repo, name) => {
      const { id } = repositoryNamed(world, repo)
      const to = `${dirname(repo)}/${name}`
      await rename(world.repositories.dirOf(repo), world.repositories.dirOf(to))
      await ask(world, 'PATCH', `/repos/${repo}`, { name })
      losses.renamed.set(repo, id)
      world.emit('repository', { action: 'renamed', sender: userNamed(world, world.owner) }, to)
      return to
    },
    deleteRepository: async (repo) => {
      const aside = `${world.repositories.dirOf(repo)}.deleted`
      await rename(world.repositories.dirOf(repo), aside)
      await ask(world, 'DELETE', `/repos/${repo}`)
    },
    deleteIssue: (repo, number) => endIssue(repo, number, 'deleted', null),
    transferIssue: (repo, number) => endIssue(repo, number, 'transferred', `${world.url}/repositories/999999/issues/1`),
  }
}

/** Throws, or gives the redirect, where what the call is about is not there any more. */
export function answerOfLoss({ losses, emulator, url }: World, { caller, path }: Call): Answer | null {
  if (losses.standing === 'suspended' && caller.kind === 'installation')
    throw new ApiFailure(403, 'This installation has been suspended')
  if (losses.standing === 'removed' && caller.kind === 'installation') throw new ApiFailure(401, 'Bad credentials')
  const [, fullName = '', rest = ''] = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? []
  const repository = emulator.rows.repositories.findOneBy('full_name', fullName)
  const id = repository?.id ?? losses.renamed.get(fullName)
  if (id === undefined) return null
  if (losses.taken.has(id) && caller.kind === 'installation') throw notFound()
  if (!repository) return { status: 301, headers: { location: `${url}/repositories/${id}${rest}` }, body: {} }
  const issue = /^\/issues\/(\d+)(?:\/|$)/.exec(rest)?.[1]
  const to = losses.issues.get(`${id}#${issue}`)
  if (to === undefined) return null
  if (to === null) throw new ApiFailure(410, 'This issue was deleted')
  return { status: 301, headers: { location: to }, body: {} }
}

/** `/repositories/7/…`, to which the former name of a repository leads. */
export function byName({ emulator }: World, path: string): string {
  const [, id, rest] = /^\/repositories\/(\d+)(\/.*)$/.exec(path) ?? []
  const repository = id === undefined ? undefined : emulator.rows.repositories.get(Number(id))
  return repository ? `/repos/${repository.full_name}${rest}` : path
}

/** What an owner changes in a repository's settings is told by an event for each change. */
export async function changeSettings(world: World, fullName: string, change: () => Promise<Answer>): Promise<Answer> {
  const before = { ...repositoryNamed(world, fullName) }
  const answer = await change()
  if (answer.status !== 200) return answer
  const after = repositoryNamed(world, String(asJson(answer.body)['full_name']))
  const actions = [
    before.archived === after.archived ? null : after.archived ? 'archived' : 'unarchived',
    before.private === after.private ? null : after.private ? 'privatized' : 'publicized',
    before.default_branch === after.default_branch ? null : 'edited',
  ]
  for (const action of actions)
    if (action !== null) world.emit('repository', { action, sender: userNamed(world, world.owner) }, after.full_name)
  return answer
}
