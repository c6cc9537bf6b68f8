import type { Evidence } from '../task/evidence.ts'
import type { VerificationPlan } from '../task/plan.ts'
import type { TaskType } from '../task/task.ts'
import type { DiffFacts } from '../workspace/diff.ts'
import { listFilesAt, readFileAt } from '../workspace/mirror.ts'
import { beforeAndAfter } from './before-after/before-after.ts'
import type { Comparison } from './before-after/compare.ts'
import { changedManifest } from './before-after/manifest.ts'
import { createRuns } from './before-after/runs.ts'
import { isCiFile, sortTouched, testFinder } from './before-after/touched.ts'
import { runAt, type Workplace } from './commands/run-at.ts'
import type { CheckOutput } from './commands/run-checks.ts'
import { parseManifest } from './detect/package-manifest.ts'
import { diffEvidence } from './diff-evidence.ts'
import type { Finding } from './findings.ts'
import { headerEvidence, secretEvidence } from './patch-facts.ts'
import { findTampering } from './tamper/find-tampering.ts'
import { reachedScripts } from './tamper/rules/commands.ts'
import { tamperEvidence } from './tamper/tamper-evidence.ts'

export interface ChangeInput extends Workplace {
  readonly base: string
  readonly head: string
  readonly type: TaskType
  readonly diff: DiffFacts
  /** From the default branch, or detected on the base: never from the change. */
  readonly verification: VerificationPlan
}

/** The same tests before and after: those of the change, or those that the base had. */
export interface TestsCompared extends Comparison {
  readonly tests: 'change' | 'base'
}

export interface ChangeSeen {
  readonly evidence: readonly Evidence[]
  readonly outputs: readonly CheckOutput[]
  readonly findings: readonly Finding[]
  readonly compared: readonly TestsCompared[]
}

const MAX_FILES = 100_000
/** Test files of a change that are read for the names of their tests. */
const MAX_READ = 200
const MAX_FILE_BYTES = 2_000_000

/**
 * Everything that the verifier can see of a change (SPEC 9.1 to 9.5): that it is one and what stands in its patch, whether the commands pass on it,
 * what its tests and the base's own tests say of both states, and what in it could make red tests green.
 *
 * A question that costs a run is asked only where its answer can matter: the base runs for a bug fix, for a change that
 * touches tests or what steers them, and where the change's own run does not speak for itself.
 * @throws OperatingError of class `cancelled` when the signal ends it
 */
export async function verifyChange(input: ChangeInput): Promise<ChangeSeen> {
  const { mirror, base, head, diff, verification, type } = input
  const change = diffEvidence(diff, head, { changeWanted: true })
  if (diff.files.length === 0) return { evidence: change, outputs: [], findings: [], compared: [] }
  const readBase = (path: string) => textAt(input, base, path)
  const readHead = (path: string) => textAt(input, head, path)
  change.push(
    ...secretEvidence(diff, head),
    ...(await headerEvidence(diff, verification.headers ?? [], readHead, head)),
  )
  const manifest = parseManifest(await readBase('package.json'))
  const declared = parseManifest(await readHead('package.json'))?.dependencies ?? []
  const dependencies = new Set([...(manifest?.dependencies ?? []), ...declared])
  const commands = reachedScripts(verification.commands, manifest?.scripts ?? new Map())
  const files = await listFilesAt(mirror, base, MAX_FILES)
  const isTest = testFinder(commands, files)
  const touched = sortTouched(diff.files, isTest)
  const findings = await findTampering({
    diff,
    touched,
    isTest,
    testFiles: files.filter(isTest),
    commands: verification.commands,
    reached: commands,
    readBase,
    readHead,
  })
  const steering = changedManifest(await readBase('package.json'), await readHead('package.json'))
  const isSteered = touched.configs.some(({ path }) => !isCiFile(path)) || steering !== null
  const runs = createRuns({
    place: input,
    plan: verification,
    base,
    head,
    isTest,
    isSteered,
    manifest: steering,
    files: () => listFilesAt(mirror, head, MAX_FILES),
    runAt,
  })
  const texts = await Promise.all(touched.tests.slice(0, MAX_READ).map(({ path }) => readHead(path)))
  const written = texts.join('\n')
  const seen = await beforeAndAfter({ runs, type, touched, isSteered, commit: head, dependencies, written })
  const evidence = [...change, ...seen.evidence, ...tamperEvidence(findings, head)]
  return { evidence, outputs: runs.outputs(), findings, compared: seen.compared }
}

/** Null too for what is too large to be looked at; the rules say so where it matters. */
async function textAt({ mirror }: ChangeInput, sha: string, path: string): Promise<string | null> {
  return readFileAt(mirror, sha, path, MAX_FILE_BYTES).catch((error: unknown) => {
    if (error instanceof Error && 'reasonCode' in error && error.reasonCode === 'too_many_bytes') return null
    throw error
  })
}
