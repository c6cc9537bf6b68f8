import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'

const PAGE_SIZE = 100
/** GitHub lists no more than 3,000 files. */
const MAX_PAGES = 30

/**
 * What a pull request does to one file, by GitHub's own comparison with where it left its base. One request for nearly all:
 * files come in the order of their paths, so a page that is past the file ends the search.
 * @returns null = it leaves the file alone
 */
export async function changeOfFile(
  github: GitHub,
  repo: RepositoryRef,
  pullNumber: number,
  path: string,
): Promise<'written' | 'removed' | null> {
  const { rest } = await github.octokit('read', repo)
  for (let page = 1; page <= MAX_PAGES; page++) {
    const where = { owner: repo.owner, repo: repo.name, pull_number: pullNumber, per_page: PAGE_SIZE, page }
    const { data } = await rest.pulls.listFiles(where)
    const found = data.find((file) => file.filename === path)
    if (found) return found.status === 'removed' ? 'removed' : 'written'
    if (data.some((file) => file.previous_filename === path)) return 'removed'
    const last = data.at(-1)
    if (data.length < PAGE_SIZE || (last && last.filename > path)) return null
  }
  return null
}
