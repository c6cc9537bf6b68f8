import { findSecrets } from '../../redact/find-secrets.ts'
import { MAX_ARTIFACT_BYTES, readArtifactBytes, storeArtifact } from '../../store/artifacts.ts'
import { underLease } from '../../store/leases.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { bundleWork, unbundleWork } from '../../workspace/bundle.ts'
import { diffBetween } from '../../workspace/diff.ts'
import { type Mirror, openMirror } from '../../workspace/mirror.ts'
import { resolveCommits } from '../../workspace/refs.ts'
import { adoptCommit, treeName, type Worktree } from '../../workspace/worktree.ts'
import type { Corridor } from '../corridor.ts'
import type { StepContext } from '../work/step.ts'
import { syncMirror } from './sync-mirror.ts'

/**
 * Stores what the task has committed and GitHub has not, so that any machine can go on from it (SPEC 2.7, 14.1). Not with
 * a secret in it, and not where it is too large: then only this machine can.
 */
export async function storeWork(context: StepContext, worktree: Worktree, sha: string): Promise<void> {
  const { corridor, task, lease } = context
  const on = knownToGitHub(task)
  if (on === null || sha === on) return
  const { patch, patchTruncated } = await diffBetween(worktree.mirror, on, sha)
  if (patchTruncated || findSecrets(patch, corridor.secrets).length > 0) return
  const content = await bundleWork(worktree, on, MAX_ARTIFACT_BYTES)
  if (content === null) return
  await underLease(corridor.db, lease, (tx) =>
    storeArtifact(corridor.db, tx, task.id, { kind: 'bundle', name: bundleName(sha), content, exact: true }),
  )
}

/**
 * This machine's mirror with one of the task's commits in it: as it is, else fetched, else brought from what another
 * machine has stored. Where nobody has it, it is as it is, and whoever needs the commit says so.
 */
export async function mirrorWith(context: Omit<StepContext, 'lease'>, sha: string): Promise<Mirror> {
  const { corridor, task } = context
  const mirror = await openMirror(corridor.workRoot, task.repository.id)
  if (await holds(mirror, sha)) return mirror
  await syncMirror(context)
  await bringWork(corridor, task, mirror, sha, async () => null)
  return mirror
}

/**
 * Brings a commit that another machine has made and stored into this mirror; fetches first where what it builds on is not
 * here either. @returns whether it is there now
 */
export async function bringWork(
  corridor: Corridor,
  task: Pick<StoredTask, 'id' | 'branch'>,
  mirror: Mirror,
  sha: string,
  fetch: () => Promise<unknown>,
): Promise<boolean> {
  if (await holds(mirror, sha)) return true
  const content = await readArtifactBytes(corridor.db, task.id, 'bundle', bundleName(sha))
  if (content === null || task.branch === null) return false
  const bring = (): Promise<string | null> => unbundleWork(mirror, treeName(task.id), content)
  if ((await bring()) !== sha) {
    await fetch()
    if ((await bring()) !== sha) return false
  }
  await adoptCommit(mirror, { taskId: task.id, branch: task.branch, sha })
  return true
}

/** From where on GitHub knows nothing of the task's commits. */
const knownToGitHub = ({ pushedSha, baseSha }: StoredTask): string | null => pushedSha ?? baseSha

const bundleName = (sha: string): string => `work-${sha}.bundle`

const holds = async (mirror: Mirror, sha: string): Promise<boolean> => (await resolveCommits(mirror, [sha]))[0] !== null
