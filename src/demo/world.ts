import type { Caller, Tokens } from './caller.ts'
import type { Deliveries } from './deliveries.ts'
import type { Emulator } from './emulator.ts'
import type { RepositoryRow, UserRow } from './emulator-rows.ts'
import { notFound } from './failure.ts'
import type { Losses } from './ground.ts'
import type { Json } from './json.ts'
import type { Repositories } from './repositories.ts'
import type { Manifest, UserJson } from './types.ts'

/** All that routes share: the emulator, the repositories, and what the emulator has no place for. */
export interface World {
  readonly url: string
  readonly owner: string
  readonly app: AppFacts
  readonly manifest: Manifest
  readonly emulator: Emulator
  readonly repositories: Repositories
  readonly tokens: Tokens
  readonly deliveries: Deliveries
  /** Reactions by the path of what they stand on. */
  readonly reactions: Map<string, Reaction[]>
  readonly statuses: Status[]
  /** Logs of jobs of GitHub Actions, by the number of their check run. */
  readonly jobLogs: Map<number, string>
  /** Rules of branches, by repository id. */
  readonly rules: Map<number, readonly Json[]>
  /** Repositories on a plan without draft pull requests. */
  readonly withoutDrafts: Set<number>
  /** Title and body of an issue before its last edit, by its id. */
  readonly previousTexts: Map<number, { readonly title: string; readonly body: string | null }>
  /** Text of a comment before its last edit, by comment id: the emulator's event does not carry it. */
  readonly previousBodies: Map<number, string>
  /** What is no longer as it was: suspended, renamed, deleted. */
  readonly losses: Losses
  /** Calls that this GitHub cannot answer: suspect it first when a test fails. */
  readonly unsupported: string[]
  /** ms since 1970 by the loopback GitHub's clock. */
  now(): number
  /** Numbers for what the emulator does not number. */
  nextId(): number
  /** Does work after all that was put off before: what is done first is told first. */
  later(work: () => Promise<void>): void
  /** Sends a webhook, completed and corrected, in the order of the calls. */
  emit(event: string, payload: Json, fullName: string): void
}

export interface AppFacts {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly webhookSecret: string
  readonly installationId: number
  readonly privateKey: string
}

export interface Reaction {
  readonly id: number
  readonly node_id: string
  readonly user: UserJson
  readonly content: string
  readonly created_at: string
}

export interface Status {
  readonly repositoryId: number
  readonly sha: string
  readonly context: string
  readonly state: string
  readonly json: Json
}

export const ACTIONS_APP = { id: 15_368, slug: 'github-actions', name: 'GitHub Actions' } as const

export const botLogin = (slug: string): string => `${slug}[bot]`

export function repositoryNamed(world: World, fullName: string): RepositoryRow {
  const row = world.emulator.rows.repositories.findOneBy('full_name', fullName)
  if (!row) throw notFound()
  return row
}

export function loginOf(world: World, caller: Caller): string {
  return caller.kind === 'user' || caller.kind === 'installation' ? caller.login : world.owner
}

export function userNamed(world: World, login: string): UserJson {
  const row = world.emulator.rows.users.findOneBy('login', login)
  if (!row) throw notFound()
  return userJson(world, row)
}

function userJson({ url }: World, { login, id, node_id, type }: UserRow): UserJson {
  const api = `${url}/users/${encodeURIComponent(login)}`
  return {
    login,
    id,
    node_id,
    avatar_url: `${url}/avatars/u/${id}`,
    gravatar_id: '',
    url: api,
    html_url: type === 'Bot' ? `${url}/apps/${login.replace(/\[bot\]$/, '')}` : `${url}/${login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type,
    site_admin: false,
  }
}

/** ISO 8601 with seconds: GitHub never gives more. */
export const isoSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
