import type { Octokit } from '@octokit/rest'
import type { RepositoryRef } from '../task/task.ts'
import { isAnswer } from './failure.ts'
import { type Limits, limitsOfProcess } from './limits.ts'
import type { Purpose } from './purposes.ts'
import { type Authorize, createOctokit, holdBack, type RequestRules } from './request.ts'
import { createTokens } from './tokens.ts'

/** GitHub, as the App sees it. The operations are functions beside this file, one file each; they take it first. */
export interface GitHub {
  readonly appId: number
  /** The App's name in addresses; asked for once. */
  slug(): Promise<string>
  /** Login of the account that the App belongs to; null where the server does not tell. */
  owner(): Promise<string | null>
  /** The account that our writes appear under; its id tells ours from a stranger's copy. Asked for once. */
  botUser(): Promise<{ readonly id: number; readonly login: string }>
  /** A client for one repository and one purpose. Rejects with OperatingError only. */
  octokit(purpose: Purpose, repository: RepositoryRef): Promise<Octokit>
  /**
   * A client for another repository of the same owner and installation, known by its name. Its first request rejects with
   * 422 where the App does not see that repository, or there is none.
   */
  neighbour(purpose: Purpose, repository: RepositoryRef, name: string): Octokit
  /** A client of the App itself, for what belongs to no installation: deliveries, the list of installations. */
  asApp(): Octokit
  /**
   * A token for git, good for at least five minutes.
   * @param rejected one that GitHub did not take: it is not given out again
   */
  token(purpose: Purpose, repository: RepositoryRef, rejected?: string): Promise<string>
  /** Where git clones from and pushes to; holds no token. */
  remoteUrl(repository: RepositoryRef): string
  /** Host of the addresses that stand for accounts in commits: `users.noreply.github.com`. */
  readonly noreplyHost: string
  /** The repository's page for people. */
  webUrl(repository: RepositoryRef): string
  /** Requests sent so far by this process, by route. */
  calls(): Record<string, number>
}

const TIMEOUT_MS = 10_000
const API_TOKEN_LASTS_MS = 60_000
const GIT_TOKEN_LASTS_MS = 5 * 60_000

/**
 * @param apiUrl `https://api.github.com`, or `https://HOST/api/v3`
 * @param webUrl `https://github.com`, or `https://HOST`
 * @param redact applied to every text that is sent
 * @param onMoved told when a request found its repository under another name than the one it was sent to
 * @param limits shared by all who send for the same installations; default: of this process
 */
export function createGitHub(o: {
  appId: number
  privateKey: string
  apiUrl: string
  webUrl: string
  redact: (text: string) => string
  log: { warn(message: string): void }
  timeoutMs?: number
  limits?: Limits
  onMoved?: (repositoryId: number) => void
}): GitHub {
  const counts = new Map<string, number>()
  const limits = o.limits ?? limitsOfProcess()
  const rules: RequestRules = {
    apiUrl: o.apiUrl.replace(/\/+$/, ''),
    redact: o.redact,
    timeoutMs: o.timeoutMs ?? TIMEOUT_MS,
    count: (route) => counts.set(route, (counts.get(route) ?? 0) + 1),
    warn: (message) => o.log.warn(message),
    moved: (repositoryId) => o.onMoved?.(repositoryId),
  }
  const ofApp = { limits: limitsOfProcess(), installationId: 0 }
  const anonymous = createOctokit(rules, async () => null, null, ofApp)
  const tokens = createTokens({ appId: o.appId, privateKey: o.privateKey, request: anonymous.request })
  // A rejected JWT is not replaced: the next one would be signed by the same key and the same clock.
  const asApp = createOctokit(rules, async (rejected) => rejected ?? `bearer ${await tokens.ofApp()}`, null, ofApp)

  const app = once(async () => (await asApp.rest.apps.getAuthenticated()).data)
  const slug = async (): Promise<string> => (await app())?.slug ?? ''
  const botUser = once(async () => {
    const login = `${await slug()}[bot]`
    const { data } = await readPublicly((octokit) => octokit.rest.users.getByUsername({ username: login }))
    return { id: data.id, login: data.login }
  })

  /** Anonymous first: it costs one call. Servers in private mode, and addresses that are limited, want a token. */
  async function readPublicly<T>(read: (octokit: Octokit) => Promise<T>): Promise<T> {
    try {
      return await read(anonymous)
    } catch (error) {
      if (!isAnswer(error, 401, 403, 404, 429)) throw error
      const { data } = await asApp.rest.apps.listInstallations({ per_page: 1 })
      const [installation] = data
      if (installation === undefined) throw error
      return read(createOctokit(rules, async () => `token ${await tokens.forPublicData(installation.id)}`, null))
    }
  }

  return {
    appId: o.appId,
    slug,
    owner: async () => ownerOf((await app())?.owner),
    botUser,
    asApp: () => asApp,
    octokit: async (purpose, repository) => {
      const authorize: Authorize = async (header) => {
        const rejected = header?.slice('token '.length) ?? null
        return `token ${await tokens.ofInstallation(purpose, repository, { lastsMs: API_TOKEN_LASTS_MS, rejected })}`
      }
      return createOctokit(rules, authorize, repository.id, { limits, installationId: repository.installationId })
    },
    neighbour: (purpose, { installationId }, name) => {
      const authorize: Authorize = async (header) => {
        const rejected = header?.slice('token '.length) ?? null
        const needs = { lastsMs: API_TOKEN_LASTS_MS, rejected }
        return `token ${await tokens.ofNeighbour(purpose, installationId, name, needs)}`
      }
      return createOctokit(rules, authorize, null, { limits, installationId })
    },
    token: async (purpose, repository, rejected) => {
      await holdBack({ limits, installationId: repository.installationId }, 'a token for git')
      return tokens.ofInstallation(purpose, repository, { lastsMs: GIT_TOKEN_LASTS_MS, rejected: rejected ?? null })
    },
    noreplyHost: `users.noreply.${new URL(o.webUrl).hostname}`,
    remoteUrl: (repository) => `${pageOf(o.webUrl, repository)}.git`,
    webUrl: (repository) => pageOf(o.webUrl, repository),
    calls: () => Object.fromEntries([...counts].sort()),
  }
}

/** Names come from payloads: nothing but a name may get into an address. */
function pageOf(webUrl: string, { owner, name }: RepositoryRef): string {
  for (const part of [owner, name]) {
    if (!/^[\w.-]+$/.test(part) || part === '.' || part === '..')
      throw new Error(`not a name of GitHub: ${JSON.stringify(part)}`)
  }
  return `${webUrl.replace(/\/+$/, '')}/${owner}/${name}`
}

/** Asks once; a failure is not remembered. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null
      throw error
    })
    return loading
  }
}

/** An enterprise has a slug where people and organisations have a login. */
function ownerOf(owner: unknown): string | null {
  const { login, slug } = (owner ?? {}) as { login?: unknown; slug?: unknown }
  if (typeof login === 'string') return login
  return typeof slug === 'string' ? slug : null
}
