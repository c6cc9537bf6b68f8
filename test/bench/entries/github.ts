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
  /** When the person sent the comment. */
  readonly commentedAt: number
  /** When its delivery went out to the App. */
  readonly deliveredAt: number
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
      await up().as('maria').comment(repo, number, '/supervise')
      await up().settle()
      return { issue: number, commentedAt, deliveredAt: up().deliveries[seen]?.deliveredAt ?? Number.NaN }
    },
    approve: async (repo: string, pull: number): Promise<void> => {
      await up().as('jon').review(repo, pull, { event: 'APPROVE', body: 'Good.' })
    },
    /** REST and GraphQL calls since the start, git's own requests apart, as `METHOD /route`. */
    calls: (): string[] =>
      up()
        .requests.filter(({ git }) => !git)
        .map(({ method, path }) => `${method} ${path}`),
    unsupported: (): string[] => up().unsupported,
  },
  async () => github?.close(),
)
