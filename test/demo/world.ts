import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/rest'
import { type LoopbackGitHub, startLoopbackGitHub } from '../../src/demo/loopback-github.ts'
import type { LoopbackOptions } from '../../src/demo/types.ts'
import { checkRequest } from '../support/openapi.ts'

export const MANIFEST: LoopbackOptions['manifest'] = {
  permissions: {
    metadata: 'read',
    contents: 'write',
    issues: 'write',
    pull_requests: 'write',
    checks: 'write',
    statuses: 'read',
  },
  events: [
    'issues',
    'issue_comment',
    'pull_request',
    'pull_request_review',
    'pull_request_review_comment',
    'check_run',
    'check_suite',
    'status',
    'push',
  ],
}
const FILES = { 'README.md': '# app\n', 'src/a.txt': 'one\ntwo\nthree\n' }

export interface TestWorld {
  readonly gh: LoopbackGitHub
  /** Full name of a private repository with {@link FILES}. */
  readonly repo: string
  /** A directory for clones. */
  readonly dir: string
  close(): Promise<void>
}

export async function openWorld(options: Partial<LoopbackOptions> = {}): Promise<TestWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'loopback-test-'))
  const gh = await startLoopbackGitHub({ dir, webhookUrl: null, manifest: MANIFEST, check: checkRequest, ...options })
  const repo = await gh.seedRepository({ name: 'app', files: FILES })
  return {
    gh,
    repo,
    dir,
    close: async () => {
      await gh.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** A JSON web token of the App, by the real client library. */
export const appJwt = (gh: LoopbackGitHub): Promise<string> => authOf(gh, { type: 'app' })

/** An installation token, narrowed where asked, by the real client library. */
export const installationToken = (
  gh: LoopbackGitHub,
  narrow: { permissions?: Record<string, string>; repositories?: string[] } = {},
): Promise<string> =>
  authOf(gh, {
    type: 'installation',
    installationId: gh.app.installationId,
    ...(narrow.permissions ? { permissions: narrow.permissions } : {}),
    ...(narrow.repositories ? { repositoryNames: narrow.repositories } : {}),
  })

async function authOf(gh: LoopbackGitHub, options: Record<string, unknown>): Promise<string> {
  const { id, privateKey } = gh.app
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const octokit = new Octokit({
    authStrategy: createAppAuth,
    auth: { appId: id, privateKey },
    baseUrl: gh.url,
    log: silent,
  })
  const { token } = (await octokit.auth(options)) as { token: string }
  return token
}

export interface RestAnswer {
  readonly status: number
  readonly json: unknown
  readonly headers: Headers
}

export async function rest(
  gh: LoopbackGitHub,
  token: string | null,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<RestAnswer> {
  const response = await fetch(gh.url + path, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? null : JSON.parse(text), headers: response.headers }
}

/** A value inside JSON; undefined where the way leads nowhere. */
export function at(json: unknown, ...way: (string | number)[]): unknown {
  return way.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], json)
}

export const remoteOf = (gh: LoopbackGitHub, repo: string, token: string): string =>
  `${gh.url.replace('//', `//x-access-token:${token}@`)}/${repo}.git`

const run = promisify(execFile)

/** The real git client. Rejects with what it wrote. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const identity = ['-c', 'user.name=tester', '-c', 'user.email=tester@example.com', '-c', 'init.defaultBranch=main']
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: cwd,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  }
  const { stdout } = await run('git', [...identity, ...args], { cwd, env })
  return stdout.trim()
}

/** Waits for a condition, 5 s at most. */
export async function until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (const end = Date.now() + 5000; ; ) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`no ${what} within 5 s`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
