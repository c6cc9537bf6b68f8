import { BASE_PATH } from '../process/base-path.ts'

/**
 * The whole environment of every git that we start. Nothing of our own environment is in it: no `GIT_*`, no credential,
 * no home, no system or user configuration. The settings go in by `GIT_CONFIG_COUNT`, which has command scope: it wins
 * over a repository's own `config`, and `safe.bareRepository` is obeyed only from there.
 */
export function gitEnvironment(place: GitPlace, options: { remote?: Remote; settings?: readonly Setting[] } = {}) {
  const settings = [...HARDENED, ...(options.settings ?? []), ...tokenSetting(options.remote?.token ?? null)]
  const environment: Record<string, string> = {
    PATH: BASE_PATH,
    HOME: NOWHERE,
    XDG_CONFIG_HOME: NOWHERE,
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    // A replace ref or a graft would let one commit be shown and another be pushed.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: `${NOWHERE}/grafts`,
    // `none` is no transport: a call without a remote can reach nothing, whatever a repository says.
    GIT_ALLOW_PROTOCOL: options.remote === undefined ? 'none' : new URL(options.remote.url).protocol.slice(0, -1),
    GIT_DIR: place.gitDir,
    GIT_CONFIG_COUNT: String(settings.length),
  }
  if (place.workTree !== undefined) environment['GIT_WORK_TREE'] = place.workTree
  if (place.index !== undefined) environment['GIT_INDEX_FILE'] = place.index
  for (const [index, [key, value]] of settings.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = key
    environment[`GIT_CONFIG_VALUE_${index}`] = value
  }
  return environment
}

/** Where git works. All three are computed by us and never read from a tree's `.git` file. */
export interface GitPlace {
  readonly gitDir: string
  readonly workTree?: string
  readonly index?: string
}

/** A repository on the other side. The token goes into a header, never into the address, argv or a file. */
export interface Remote {
  readonly url: string
  readonly token: string | null
}

export type Setting = readonly [key: string, value: string]

/** A home that does not exist and that nobody but root could make. */
export const NOWHERE = '/nonexistent/supervisor'

/** What is sent in place of a password; known here so that error texts can be scrubbed of it too. */
export function basicCredential(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString('base64')
}

const HARDENED: readonly Setting[] = [
  ['safe.bareRepository', 'explicit'],
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.protectNTFS', 'true'],
  ['core.protectHFS', 'true'],
  ['core.quotePath', 'false'],
  ['core.autocrlf', 'false'],
  ['core.sparseCheckout', 'false'],
  ['core.untrackedCache', 'false'],
  // A commit-graph file is a cache that could lie about parents and trees.
  ['core.commitGraph', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['push.followTags', 'false'],
  ['push.gpgSign', 'false'],
  ['commit.gpgSign', 'false'],
  ['log.showSignature', 'false'],
  ['gc.auto', '0'],
  ['gc.autoDetach', 'false'],
  ['maintenance.auto', 'false'],
  ['transfer.credentialsInUrl', 'die'],
  // After a redirect git would send our header to the new host.
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '60'],
  ['checkout.workers', '4'],
]

function tokenSetting(token: string | null): readonly Setting[] {
  return token === null ? [] : [['http.extraHeader', `Authorization: Basic ${basicCredential(token)}`]]
}
