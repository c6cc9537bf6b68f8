import { posix } from 'node:path'
import type { VerificationPlan } from '../../task/plan.ts'
import { installedPackages } from '../../verify/installed-packages.ts'
import { listFilesAt, type Mirror } from '../../workspace/mirror.ts'
import type { VerifyOptions } from '../verify.ts'

export interface Dependencies {
  readonly verification: VerificationPlan
  readonly readOnly: readonly string[]
  readonly prepare: ((tree: string) => Promise<void>) | null
  /** For people: where dependencies come from. */
  readonly words: string
}

const MAX_FILES = 100_000
const MAX_PACKAGES = 200

/**
 * Where the checkouts get their packages. With the network, from the setup; without it from what is installed in the
 * working tree, which is read and never written. A setup that was given on the command line is always run.
 */
export async function chooseDependencies(input: {
  readonly mirror: Mirror
  readonly root: string
  readonly base: string
  readonly head: string
  readonly verification: VerificationPlan
  readonly options: VerifyOptions
}): Promise<Dependencies> {
  const { mirror, root, base, head, verification, options } = input
  const none = { verification, readOnly: [], prepare: null }
  const bySetup = verification.setup === null ? 'none needed' : `setup in each checkout: ${verification.setup}`
  if (options.setup !== undefined || options.network === true) return { ...none, words: bySetup }
  const files = [...(await listFilesAt(mirror, base, MAX_FILES)), ...(await listFilesAt(mirror, head, MAX_FILES))]
  const manifests = files.filter((path) => posix.basename(path) === 'package.json' && !path.includes('node_modules/'))
  const packages = [...new Set(['', ...manifests.map((path) => posix.dirname(path).replace(/^\.$/, ''))])]
  const installed = await installedPackages(root, packages.slice(0, MAX_PACKAGES))
  if (installed === null) return { ...none, words: bySetup }
  return {
    // Other languages are set up as ever; what npm and its kin would fetch is here.
    verification: { ...verification, setup: withoutNode(verification.setup) },
    readOnly: installed.readOnly,
    prepare: installed.lay,
    words: `as installed in ${installed.found.slice(0, 3).join(', ')} of the working tree, read-only (no network)`,
  }
}

function withoutNode(setup: string | null): string | null {
  const left = (setup ?? '').split(' && ').filter((part) => !/^(?:npm|pnpm|yarn|bun) /.test(part))
  return left.join(' && ') || null
}
