import { rm } from 'node:fs/promises'
import type { VerificationPlan } from '../../task/plan.ts'
import { freshCheckout, removeCheckout } from '../../workspace/checkout.ts'
import type { Mirror } from '../../workspace/mirror.ts'
import type { Seen } from '../before-after/compare.ts'
import { type CheckInput, type CheckProgress, type CheckResult, runChecks } from './run-checks.ts'

/** Where and how the commands of one verification run; the same for all commits that it looks at. */
export interface Workplace
  extends Pick<
    CheckInput,
    'sandbox' | 'sandboxPaths' | 'network' | 'path' | 'env' | 'signal' | 'runId' | 'files' | 'redact'
  > {
  readonly mirror: Mirror
  /** A directory of this run: each checkout is made at it and removed again, `-run` beside it is its scratch. */
  readonly dir: string
  /** Lays what was installed elsewhere into a checkout, before anything runs in it. */
  readonly prepare?: (tree: string) => Promise<void>
  readonly onProgress?: (progress: CheckProgress & { readonly state: string }) => void
}

export interface StateSeen extends CheckResult {
  /** What the commands said, by name; those that were not started are not in it. */
  readonly seen: ReadonlyMap<string, Seen>
  readonly durationMs: number
}

/**
 * Setup and commands in a fresh checkout of a commit: nothing that ran on another state can have left anything there.
 * @param state what is looked at, in words of ours: `the change`, `the base`, `the base with the new tests`
 */
export async function runAt(
  place: Workplace,
  state: string,
  commit: string,
  plan: VerificationPlan,
): Promise<StateSeen> {
  const { mirror, dir, prepare, onProgress } = place
  const scratchDir = `${dir}-run`
  const begun = performance.now()
  try {
    await freshCheckout(mirror, commit, dir)
    await prepare?.(dir)
    const result = await runChecks({
      ...place,
      tree: dir,
      commit,
      verification: plan,
      scratchDir,
      onProgress: (progress) => onProgress?.({ ...progress, state }),
    })
    const seen = new Map<string, Seen>()
    for (const evidence of result.evidence) {
      const run = result.runs.get(evidence.criterion)
      if (run !== undefined) seen.set(evidence.criterion, { evidence, run })
    }
    return { ...result, seen, durationMs: performance.now() - begun }
  } finally {
    await removeCheckout(mirror, dir)
    await rm(scratchDir, { recursive: true, force: true, maxRetries: 3 })
  }
}
