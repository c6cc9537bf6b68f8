import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type LoopbackGitHub, startLoopbackGitHub } from '../../../src/demo/loopback-github.ts'
import { readManifest } from '../../../src/demo/manifest.ts'
import { sampleFiles, sampleIssue } from '../../../src/demo/sample-repository.ts'
import { packageRoot } from '../../../src/package-root.ts'
import { serve } from '../child.ts'

export interface GitHubFacts {
  readonly url: string
  readonly appId: number
  readonly privateKey: string
  readonly secret: string
}

/** Milliseconds since 1970. */
export interface Asked {
  readonly issue: number
  /** The comment that asks. */
  readonly comment: number
  /** When the person sent the comment. */
  readonly commentedAt: number
  /** When its delivery went out to the App. */
  readonly deliveredAt: number
}

export interface Call {
  /** `METHOD /path`. */
  readonly call: string
  readonly status: number
  /** Sizes of the bodies, without headers and before compression. */
  readonly sentBytes: number
  readonly answerBytes: number
}

/** The loopback GitHub as a process of its own, so that its work is not counted as ours. */
let github: LoopbackGitHub | null = null
const up = (): LoopbackGitHub => {
  if (!github) throw new Error('not started')
  return github
}
const PEOPLE = { maria: 'write', jon: 'write' } as const

serve(
  {
    start: async (dir: string, webhookUrl: string): Promise<GitHubFacts> => {
      await mkdir(dir, { recursive: true })
      const manifest = await readManifest(join(packageRoot(import.meta.dirname), 'app.yml'))
      github = await startLoopbackGitHub({ dir, webhookUrl, people: PEOPLE, manifest })
      const { url, app } = github
      return { url, appId: app.id, privateKey: app.privateKey, secret: app.webhookSecret }
    },
    seed: async (name: string): Promise<string> => up().seedRepository({ name, files: sampleFiles, private: true }),
    ask: async (repo: string): Promise<Asked> => {
      const { number } = await up().as('maria').issue(repo, sampleIssue.title, sampleIssue.body)
      await up().settle()
      const seen = up().deliveries.length
      const commentedAt = Date.now()
      const { id: comment } = await up().as('maria').comment(repo, number, '/supervise')
      await up().settle()
      return { issue: number, comment, commentedAt, deliveredAt: up().deliveries[seen]?.deliveredAt ?? Number.NaN }
    },
    approve: async (repo: string, pull: number): Promise<void> => {
      await up().as('jon').review(repo, pull, { event: 'APPROVE', body: 'Good.' })
    },
    requestChanges: async (repo: string, pull: number): Promise<void> => {
      await up().as('jon').review(repo, pull, { event: 'REQUEST_CHANGES', body: 'Please say in a comment why.' })
    },
    /** REST and GraphQL calls since the start, git's own requests apart. */
    calls: (): Call[] =>
      up()
        .requests.filter(({ git }) => !git)
        .map(({ method, path, status, body, answerBytes }) => ({
          call: `${method} ${path}`,
          status,
          sentBytes: Buffer.byteLength(body),
          answerBytes,
        })),
    /** When GitHub was first told to put a reaction on the comment; null = not yet. */
    reactedAt: (comment: number): number | null =>
      up().requests.find(
        ({ method, path }) => method === 'POST' && path.endsWith(`/issues/comments/${comment}/reactions`),
      )?.at ?? null,
    unsupported: (): string[] => up().unsupported,
  },
  async () => github?.close(),
)
