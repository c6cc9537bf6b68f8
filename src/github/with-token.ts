import type { Octokit } from '@octokit/rest'
import type { CHECK_NAME } from '../task/evidence.ts'
import { createOctokit } from './request.ts'

/** One repository, as the holder of a token sees it: what a workflow has, in which no App is known. */
export interface TokenHolder {
  /** The head of a pull request, and the paths that it changes, old names too; `isWhole`: none is missing. */
  readPull(number: number): Promise<{ headSha: string; paths: readonly string[]; isWhole: boolean }>
  /** @returns the id of the new check run */
  createCheck(check: {
    readonly name: typeof CHECK_NAME
    readonly headSha: string
    readonly externalId: string
    readonly conclusion: 'success' | 'failure' | 'action_required'
    readonly title: string
    readonly summary: string
    readonly text: string
  }): Promise<number>
}

const TIMEOUT_MS = 30_000
const PAGE_SIZE = 100
/** GitHub lists no more files of a pull request than 3,000. */
const MAX_PAGES = 30

/** Rejects with OperatingError only, as every client does. */
export function withToken(o: {
  readonly apiUrl: string
  readonly token: string
  readonly owner: string
  readonly repo: string
  readonly redact: (text: string) => string
  readonly warn: (message: string) => void
}): TokenHolder {
  const rules = {
    apiUrl: o.apiUrl,
    redact: o.redact,
    timeoutMs: TIMEOUT_MS,
    count: () => undefined,
    warn: o.warn,
    moved: () => undefined,
  }
  const { rest } = createOctokit(rules, async (rejected) => rejected ?? `token ${o.token}`, null)
  const place = { owner: o.owner, repo: o.repo }
  return {
    readPull: async (number) => {
      const { data } = await rest.pulls.get({ ...place, pull_number: number })
      const { paths, count } = await listPaths(rest, { ...place, pull_number: number })
      return { headSha: data.head.sha, paths, isWhole: count === data.changed_files }
    },
    createCheck: async ({ name, headSha, externalId, conclusion, ...output }) => {
      const { data } = await rest.checks.create({
        ...place,
        name,
        head_sha: headSha,
        external_id: externalId,
        status: 'completed',
        conclusion,
        output,
      })
      return data.id
    },
  }
}

async function listPaths(rest: Octokit['rest'], pull: { owner: string; repo: string; pull_number: number }) {
  const paths: string[] = []
  let count = 0
  for (let page = 1; page <= MAX_PAGES; page++) {
    const { data: files } = await rest.pulls.listFiles({ ...pull, per_page: PAGE_SIZE, page })
    count += files.length
    paths.push(...files.flatMap((file) => [file.filename, file.previous_filename ?? '']))
    if (files.length < PAGE_SIZE) break
  }
  return { paths, count }
}
