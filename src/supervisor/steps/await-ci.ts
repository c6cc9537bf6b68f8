import { readCi, readRequiredChecks } from '../../github/ci.ts'
import { readFailure } from '../../github/ci-logs.ts'
import type { Move } from '../../store/advance.ts'
import { evidenceOf, lastRoundOf, storeEvidence } from '../../store/evidence.ts'
import { waitingSince } from '../../store/history.ts'
import { hasCi } from '../../store/repositories.ts'
import type { StoredTask } from '../../store/tasks.ts'
import type { RequiredCheck } from '../../task/ci.ts'
import { CI_CRITERION } from '../../task/ci.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Evidence } from '../../task/evidence.ts'
import { isCiFile } from '../../verify/before-after/touched.ts'
import { type CiSeen, ciEvidence, readCiState } from '../../verify/ci.ts'
import type { Judgement } from '../../verify/judge.ts'
import { judge } from '../../verify/judge.ts'
import { notRun } from '../../verify/not-run.ts'
import type { Mirror } from '../../workspace/mirror.ts'
import { listFilesAt } from '../../workspace/mirror.ts'
import type { Corridor } from '../corridor.ts'
import type { StepContext } from '../work/step.ts'

/** Until then CI has appeared on a commit, if it ever does. */
const APPEARS_MS = 60_000
/** CI tells when it ends; should that be lost, it is looked up so often. */
const LOOK_MS = 5 * 60_000
/** A repository whose CI nobody has heard of for so long has none, unless a file of it says so. */
const HEARD_DAYS = 30
const MAX_FILES = 100_000
/** Logs of so many failed checks are shown. */
const MAX_LOGS = 3

/**
 * Whether CI may speak for a commit: a file of it says so, the settings want checks, or somebody's checks were heard of
 * here. Where nothing tells of any, no call is spent on it and nobody waits; if one speaks all the same, it is heard.
 */
export async function isCiExpected(corridor: Corridor, task: StoredTask, mirror: Mirror): Promise<boolean> {
  if ((task.settings ?? corridor.settings).ci.required !== 'auto') return true
  if (await hasCi(corridor.db, task.repository.id, HEARD_DAYS)) return true
  const files = await listFilesAt(mirror, task.headSha ?? '', MAX_FILES)
  return files.some((path) => isCiFile(path) && !path.startsWith('.github/supervisor.'))
}

export type CiLook =
  | { readonly kind: 'rests'; readonly move: Move }
  /** `row` takes its place among the evidence, and with it the whole is this verdict. */
  | { readonly kind: 'seen'; readonly row: Evidence; readonly judgement: Judgement; readonly store: Store }
type Store = NonNullable<Move['also']>

export interface OpenCi {
  /** That which made the commit. */
  readonly round: number
  readonly known: Evidence
  /** All of it, in its order. */
  readonly all: readonly Evidence[]
  readonly others: readonly Evidence[]
}

/** What CI has a say in; null where the head has failed without it, or nobody has verified it. */
export async function openCi({ db }: Corridor, task: StoredTask): Promise<OpenCi | null> {
  const { id, headSha } = task
  const round = headSha === null ? null : await lastRoundOf(db, id, headSha)
  if (round === null) return null
  const evidence = await evidenceOf(db, id, round)
  const known = evidence.find(({ criterion }) => criterion === CI_CRITERION)
  const others = evidence.filter((one) => one !== known)
  return known === undefined || judge(others).verdict === 'fail' ? null : { round, known, all: evidence, others }
}

/**
 * What the repository's own CI says of the commit that was pushed (SPEC 9.6), which the verdict waits for. Nothing is
 * waited for where the commit has failed without it.
 * @returns null where there is nothing to look at
 */
export async function lookAtCi({ corridor, task, lease }: StepContext): Promise<CiLook | null> {
  const { db } = corridor
  const headSha = task.headSha ?? ''
  const open = await openCi(corridor, task)
  if (open === null) return null
  const { known, all, others, round } = open
  if (known.reasonCode === 'ci_absent' && !(await hasCi(db, task.repository.id, HEARD_DAYS))) return null
  const seen = await read(corridor, task)
  if (seen === null) return found(notRun(CI_CRITERION, 'ci', 'ci_unreadable', headSha))
  const until = await waitUntil(corridor, task, seen)
  if (until !== null) {
    const waitsFor = [...seen.pending, ...seen.missing].map(({ name }) => name)
    const row = notRun(CI_CRITERION, 'ci', 'ci_awaited', headSha)
    return {
      kind: 'rests',
      move: {
        event: 'published',
        reasonCode: 'ci_awaited',
        facts: { head: headSha, waits_for: waitsFor.slice(0, 20) },
        rest: { waitingOn: 'ci', until },
        ...(known.reasonCode === 'ci_awaited' ? {} : { also: storeOf(row) }),
      },
    }
  }
  const failures = new Map<string, string>()
  if (seen.state === 'red')
    for (const check of seen.failed.slice(0, MAX_LOGS))
      failures.set(check.name, corridor.redact(await readFailure(corridor.github, task.repository, check)))
  return found(ciEvidence(seen, headSha, failures))

  function storeOf(row: Evidence): Store {
    return (tx) =>
      storeEvidence(
        db,
        tx,
        lease,
        round,
        all.map((one) => (one === known ? row : one)),
      )
  }
  function found(row: Evidence): CiLook {
    return { kind: 'seen', row, judgement: judge([...others, row]), store: storeOf(row) }
  }
}

/** null = the owner has not let the App see it: that is said, and holds nothing up. */
async function read({ github, settings }: Corridor, task: StoredTask): Promise<CiSeen | null> {
  try {
    const checks = await readCi(github, task.repository, task.headSha ?? '')
    const { required } = (task.settings ?? settings).ci
    const wanted = required === 'auto' ? [] : required.map((name): RequiredCheck => ({ name, appId: null }))
    const ofBranch = await readRequiredChecks(github, task.repository, task.baseBranch)
    return readCiState(checks, [
      ...ofBranch,
      ...wanted.filter(({ name }) => !ofBranch.some((one) => one.name === name)),
    ])
  } catch (error) {
    if (error instanceof OperatingError && error.reasonCode === 'github_permission_missing') return null
    throw error
  }
}

/** When it is looked at again; null = it has spoken, or was waited for long enough. */
async function waitUntil({ db, settings }: Corridor, task: StoredTask, { state }: CiSeen): Promise<Date | null> {
  if (state !== 'absent' && state !== 'waiting') return null
  const since = (await waitingSince(db, task.id, 'ci_awaited'))?.getTime() ?? Date.now()
  const waitMs = (task.settings ?? settings).ci.waitMs
  const end = since + (state === 'absent' ? Math.min(APPEARS_MS, waitMs) : waitMs)
  if (end <= Date.now()) return null
  return new Date(Math.min(end, Date.now() + LOOK_MS))
}
