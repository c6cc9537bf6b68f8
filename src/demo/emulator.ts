/**
 * The one module that knows the insides of `emulate`: how to get at its store and webhook bus, and (emulator-rows.ts)
 * what its rows look like. None of that is a public interface, so start-up insists on the exact version and on every
 * hook being used.
 */
import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createEmulator } from 'emulate'
import type {
  BlobRow,
  BranchRow,
  CheckRunRow,
  CheckSuiteRow,
  CollaboratorRow,
  Collection,
  CommentRow,
  CommitRow,
  IssueRow,
  LabelRow,
  ProtectionRow,
  PullRow,
  RefRow,
  RepositoryRow,
  Row,
  TreeRow,
  UserRow,
} from './emulator-rows.ts'
import { isJson, type Json } from './json.ts'

const VERSION = '0.12.2'

export interface Emulator {
  /** One REST call within the process, as somebody (`Identity`) or with an Authorization header of its own. */
  call(as: Identity | string, method: string, path: string, body?: unknown, accept?: string): Promise<EmulatorAnswer>
  /** Whether it has a route for the call at all: else its 404 says nothing. */
  knows(method: string, path: string): boolean
  /** Identity behind an installation token that the emulator has minted. */
  identityOf(token: string): Identity | null
  readonly rows: Rows
  close(): Promise<void>
}

interface EmulatorAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

export interface Identity {
  readonly login: string
  readonly id: number
  readonly scopes: readonly string[]
  readonly installation?: Json
}

export interface EmulatorOptions {
  /** Address that stands in every link. */
  readonly url: string
  readonly seed: Json
  /** Hears every webhook that the emulator would send. */
  readonly onEvent: (event: string, payload: Json, fullName: string) => void
}

export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  await hookPlugin()
  let inside: Inside | null = null
  waiting.set(options.url, (found) => {
    inside = found
  })
  // Port 0: the emulator's own listener is never used, requests go to it within the process.
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    hostname: '127.0.0.1',
    baseUrl: options.url,
    seed: options.seed,
  }).finally(() => waiting.delete(options.url))
  const { app, store, webhooks, tokens, routes } = expectInside(inside)
  webhooks.dispatch = async (event, _action, payload, owner, repo) => {
    if (repo !== undefined && isJson(payload)) options.onEvent(event, payload, `${owner}/${repo}`)
  }
  return {
    rows: rowsOf(store),
    knows: (method, path) => routes.some((route) => route.method === method && route.pattern.test(path)),
    identityOf: (token) => tokens.get(token) ?? null,
    call: async (as, method, path, body, accept = 'application/vnd.github+json') => {
      // A token of its own for each call keeps the emulator's built-in limit of 5,000 calls a token out of the way.
      const token = typeof as === 'string' ? null : `inside-${randomUUID()}`
      if (token !== null && typeof as !== 'string') tokens.set(token, as)
      try {
        const response = await app.fetch(
          new Request(options.url + path, {
            method,
            headers: { accept, authorization: token === null ? String(as) : `Bearer ${token}` },
            ...(body === undefined || method === 'GET' ? {} : { body: JSON.stringify(body) }),
          }),
        )
        return {
          status: response.status,
          headers: response.headers,
          body: Buffer.from(await response.arrayBuffer()),
        }
      } finally {
        if (token !== null) tokens.delete(token)
      }
    },
    close: () => emulator.close(),
  }
}

export type Rows = ReturnType<typeof rowsOf>

/** Index fields must be the emulator's own: its store throws when they differ, which is half of the assertion. */
function rowsOf(store: Store) {
  const of = <R extends Row>(name: string, indexes: (keyof R & string)[]): Collection<R> =>
    store.collection<R>(`github.${name}`, indexes)
  return {
    users: of<UserRow>('users', ['login']),
    repositories: of<RepositoryRow>('repos', ['owner_id', 'full_name']),
    collaborators: of<CollaboratorRow>('collaborators', ['repo_id', 'user_id']),
    issues: of<IssueRow>('issues', ['repo_id', 'number']),
    pulls: of<PullRow>('pull_requests', ['repo_id', 'number']),
    labels: of<LabelRow>('labels', ['repo_id']),
    comments: of<CommentRow>('comments', ['repo_id']),
    checkRuns: of<CheckRunRow>('check_runs', ['repo_id', 'head_sha']),
    checkSuites: of<CheckSuiteRow>('check_suites', ['repo_id', 'head_sha']),
    refs: of<RefRow>('refs', ['repo_id']),
    branches: of<BranchRow>('branches', ['repo_id']),
    protections: of<ProtectionRow>('branch_protections', ['repo_id']),
    blobs: of<BlobRow>('blobs', ['repo_id', 'sha']),
    trees: of<TreeRow>('trees', ['repo_id', 'sha']),
    commits: of<CommitRow>('commits', ['repo_id', 'sha']),
  }
}

interface Store {
  collection<R extends Row>(name: string, indexes: string[]): Collection<R>
}
interface Inside {
  readonly app: App
  readonly store: Store
  readonly webhooks: {
    dispatch: (event: string, action: unknown, payload: unknown, owner: string, repo?: string) => Promise<void>
  }
  readonly tokens: Map<string, Identity>
  readonly routes: readonly KnownRoute[]
}
type AddRoute = (path: string, ...handlers: unknown[]) => unknown
type App = { fetch(request: Request): Promise<Response> } & Record<(typeof METHODS)[number], AddRoute>
interface KnownRoute {
  readonly method: string
  readonly pattern: RegExp
}
type Register = (
  this: unknown,
  app: Inside['app'],
  store: Store,
  webhooks: Inside['webhooks'],
  baseUrl: string,
  tokens: Inside['tokens'],
) => void

/** Instances that are being started, by their base URL: `register` is told it, and it is unique. */
const waiting = new Map<string, (inside: Inside) => void>()
let hooked: Promise<void> | null = null

const hookPlugin = (): Promise<void> => {
  hooked ??= wrapRegister()
  return hooked
}

async function wrapRegister(): Promise<void> {
  const manifest = findPackageJSON('emulate', import.meta.url)
  if (manifest === undefined) throw new Error('starting the loopback GitHub: the package `emulate` is not installed')
  const version: unknown = JSON.parse(await readFile(manifest, 'utf8')).version
  if (version !== VERSION) {
    throw new Error(`starting the loopback GitHub: it needs emulate ${VERSION} exactly, found ${String(version)}`)
  }
  const plugin = await findPlugin(join(dirname(manifest), 'dist'))
  const register = plugin.register
  plugin.register = function (app, store, webhooks, baseUrl, tokens) {
    const routes = listenForRoutes(app)
    register.call(this, app, store, webhooks, baseUrl, tokens)
    waiting.get(baseUrl)?.({ app, store, webhooks, tokens, routes })
  }
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** Notes every route that is registered from now on: `/repos/:owner/:repo/git/ref/:ref{.+}`. */
function listenForRoutes(app: App): KnownRoute[] {
  const routes: KnownRoute[] = []
  for (const method of METHODS) {
    const add = app[method]
    app[method] = (path, ...handlers) => {
      const source = path.replace(/:\w+\{\.\+\}/g, '.+').replace(/:\w+/g, '[^/]+')
      routes.push({ method: method.toUpperCase(), pattern: new RegExp(`^${source}$`) })
      return add.call(app, path, ...handlers)
    }
  }
  return routes
}

/** The plugin stands in a chunk with a hashed name; the entry names the chunk next to `githubPlugin`. */
async function findPlugin(dist: string): Promise<{ register: Register }> {
  const entry = await readFile(join(dist, 'api.js'), 'utf8')
  const chunk = /import\("\.\/(dist-\w+\.js)"\);\s*return \{\s*plugin: mod\.githubPlugin/.exec(entry)?.[1]
  if (chunk === undefined || !(await readdir(dist)).includes(chunk)) {
    throw new Error('starting the loopback GitHub: emulate has no chunk with githubPlugin any more')
  }
  const loaded: unknown = await import(pathToFileURL(join(dist, chunk)).href)
  const plugin = isJson(loaded) ? loaded['githubPlugin'] : undefined
  if (!isPlugin(plugin)) throw new Error('starting the loopback GitHub: githubPlugin of emulate has no register()')
  return plugin
}

const isPlugin = (value: unknown): value is { register: Register } =>
  isJson(value) && typeof value['register'] === 'function'

function expectInside(inside: Inside | null): Inside {
  if (inside === null || inside.routes.length < 200) {
    throw new Error('starting the loopback GitHub: emulate did not register its routes with the plugin')
  }
  return inside
}
