import { createAppAuth } from '@octokit/auth-app'
import type { Octokit } from '@octokit/rest'
import { OperatingError } from '../task/errors.ts'
import type { RepositoryRef } from '../task/task.ts'
import { GitHubError } from './failure.ts'
import { type Permissions, PURPOSES, type Purpose } from './purposes.ts'

export interface Tokens {
  /** A JSON web token of the App itself, good for ten minutes. */
  ofApp(): Promise<string>
  /**
   * A token for one repository and one purpose.
   * @param lastsMs how long it must still be good for
   * @param rejected a token that GitHub did not take: it is not given out again
   */
  ofInstallation(
    purpose: Purpose,
    repository: RepositoryRef,
    needs: { readonly lastsMs: number; readonly rejected: string | null },
  ): Promise<string>
  /** The same for a repository that is known by its name only, in the same installation. GitHub refuses (422) where the App does not see it. */
  ofNeighbour(
    purpose: Purpose,
    installationId: number,
    name: string,
    needs: { readonly lastsMs: number; readonly rejected: string | null },
  ): Promise<string>
  /** A token that reads public data only, for any installation of the App. */
  forPublicData(installationId: number): Promise<string>
}

/**
 * Tokens are minted and cached by @octokit/auth-app, by installation, repository and permissions. Nothing is assumed
 * about what they look like: their length and form have changed before, and will again.
 *
 * @param request of an Octokit that puts no authorization of its own on requests
 */
export function createTokens(o: { appId: number; privateKey: string; request: Octokit['request'] }): Tokens {
  const auth = createAppAuth({ appId: o.appId, privateKey: o.privateKey, request: o.request })

  const mint = async (
    installationId: number,
    permissions: Permissions,
    repository: number | string | null,
    refresh: boolean,
  ): Promise<{ token: string; expiresAt: string }> => {
    const minted = await asFailure(() =>
      auth({
        type: 'installation',
        installationId,
        permissions: { ...permissions },
        ...narrowedTo(repository),
        refresh,
      }),
    )
    if (repository !== null) assertScope(minted, permissions, repository)
    return minted
  }

  const good = async (
    mintIt: (refresh: boolean) => ReturnType<typeof mint>,
    { lastsMs, rejected }: { lastsMs: number; rejected: string | null },
  ): Promise<string> => {
    const cached = await mintIt(false)
    // Somebody else may have replaced the rejected one already.
    const isGood = cached.token !== rejected && Date.parse(cached.expiresAt) - Date.now() > lastsMs
    return isGood ? cached.token : (await mintIt(true)).token
  }

  return {
    ofApp: async () => (await asFailure(() => auth({ type: 'app' }))).token,
    ofInstallation: (purpose, { installationId, id }, needs) =>
      good((refresh) => mint(installationId, PURPOSES[purpose], id, refresh), needs),
    ofNeighbour: (purpose, installationId, name, needs) =>
      good((refresh) => mint(installationId, PURPOSES[purpose], name, refresh), needs),
    forPublicData: async (installationId) => (await mint(installationId, { metadata: 'read' }, null, false)).token,
  }
}

/** By id, because names change owner; by name where nobody has told the id. */
function narrowedTo(repository: number | string | null) {
  if (repository === null) return {}
  return typeof repository === 'number' ? { repositoryIds: [repository] } : { repositoryNames: [repository] }
}

/** A token that reaches further than it was asked to is not used. GitHub adds `metadata: read` to every token. */
function assertScope(
  minted: {
    permissions: Readonly<Record<string, unknown>>
    repositoryIds?: readonly (number | bigint)[] | undefined
    repositoryNames?: readonly string[] | undefined
  },
  wanted: Permissions,
  repository: number | string,
): void {
  const wantedNames: Readonly<Record<string, string | undefined>> = wanted
  const excess = Object.entries(minted.permissions)
    .filter(([name, level]) => name !== 'metadata' && level !== wantedNames[name] && level !== 'read')
    .map(([name, level]) => `${name}: ${String(level)}`)
  const elsewhere =
    typeof repository === 'number'
      ? (minted.repositoryIds ?? []).filter((id) => Number(id) !== repository)
      : (minted.repositoryNames ?? []).filter((name) => name.toLowerCase() !== repository.toLowerCase())
  if (excess.length === 0 && elsewhere.length === 0) return
  throw new GitHubError(
    { failureClass: 'configuration', reasonCode: 'github_refused' },
    `GitHub gave a token that reaches further than it was asked to (${[...excess, ...elsewhere].join(', ')}); it is not used`,
    { status: null },
  )
}

/** What is not an answer of GitHub is a key that cannot sign. Its error might quote the key, so it is not passed on. */
async function asFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof OperatingError) throw error
    throw new GitHubError(
      { failureClass: 'configuration', reasonCode: 'github_login_failed' },
      'signing in as the GitHub App: PRIVATE_KEY cannot be used. It must be the whole PEM file that GitHub gave out for APP_ID.',
      { status: null },
    )
  }
}
