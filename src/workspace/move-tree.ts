import { git } from './git.ts'
import type { GitPlace } from './git-environment.ts'
import { objectId } from './refs.ts'

/** Makes tree and index those of a commit; looks only at what the index says is different. */
export async function moveTree(at: GitPlace, sha: string): Promise<void> {
  await git({
    action: 'checking out a workspace',
    args: ['read-tree', '--reset', '-u', objectId(sha)],
    at,
    timeoutMs: TREE_TIMEOUT_MS,
  })
}

/** For one command over all files of a large repository on a slow disk. */
export const TREE_TIMEOUT_MS = 600_000
