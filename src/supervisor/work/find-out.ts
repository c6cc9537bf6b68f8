import { isAnswer } from '../../github/failure.ts'
import { installationNow, repositoryNow } from '../../github/ground.ts'
import { readIssue } from '../../github/issues.ts'
import type { Move } from '../../store/advance.ts'
import { endSuspension, learnRepository, reviveSurfaces, standingOf } from '../../store/ground.ts'
import { saveInstallation } from '../../store/repositories.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'
import { messageOf } from './after-failure.ts'

/** Failures behind which the App's access, the repository or the issue may be gone, while nobody told us. */
const SUSPICIOUS: ReadonlySet<string> = new Set<ReasonCode>([
  'installation_suspended',
  'repository_gone',
  'repository_archived',
  'github_refused',
  'push_refused',
])
export const isSuspicious = (error: unknown): error is OperatingError =>
  error instanceof OperatingError && SUSPICIOUS.has(error.reasonCode)

/** A suspension ends by GitHub's word; should that be lost, the task asks again after this time. */
const SUSPENSION_LOOK_MS = 6 * 3_600_000
/** Long enough that what a repository was renamed to is known everywhere. */
const AFTER_RENAME_MS = 2_000
const MAX_RENAMES = 6

/**
 * Looks why GitHub refuses, and says what follows: nothing of this passes by trying again, and each has an end of its own.
 * Asked only after a failure, so it costs no call otherwise.
 * @returns null where everything stands: then the failure is what it says. Never throws.
 */
export async function findOut(corridor: Corridor, task: StoredTask, error: OperatingError): Promise<Move | null> {
  try {
    return (await ofInstallation(corridor, task)) ?? (await ofRepository(corridor, task, error))
  } catch (cause) {
    corridor.log.warn({ err: cause, task_id: task.id }, 'finding out why GitHub refuses')
    return null
  }
}

/**
 * Before each step: an installation that is suspended or gone is not called for. A suspension ends by GitHub's word; when
 * the task has waited for that in vain, it is looked up.
 * @returns what becomes of the task, or null where nothing is in the way
 */
export async function whyAway(corridor: Corridor, task: StoredTask): Promise<Move | null> {
  const { installationId } = task.repository
  const standing = await standingOf(corridor.db, installationId)
  if (standing === 'active') return null
  if (standing === 'removed') return lost('installation_removed', `installation ${installationId} was removed`)
  const waited = task.reasonCode === 'wait_over'
  if (!waited) return parked(`installation ${installationId} is suspended`)
  try {
    const move = await ofInstallation(corridor, task)
    if (move === null) await corridor.db.prisma.$transaction((tx) => endSuspension(tx, installationId))
    return move
  } catch (cause) {
    corridor.log.warn({ err: cause, task_id: task.id }, 'looking whether the installation is still suspended')
    return parked(messageOf(cause))
  }
}

/** Rests without a call to GitHub until the suspension ends. */
function parked(message: string): Move {
  return {
    event: 'postponed',
    reasonCode: 'installation_suspended',
    facts: { message },
    rest: { waitingOn: 'retry', until: new Date(Date.now() + SUSPENSION_LOOK_MS) },
  }
}

async function ofInstallation({ db, github }: Corridor, task: StoredTask): Promise<Move | null> {
  const { installationId, owner } = task.repository
  const now = await installationNow(github, installationId)
  if (now === null) {
    const account = { id: 0, login: owner, type: 'Organization' } as const
    await saveInstallation(db, { id: installationId, account, suspended: false, removed: true })
    return lost('installation_removed', `GitHub does not know installation ${installationId} any more`)
  }
  await saveInstallation(db, { id: installationId, account: now.account, suspended: now.suspended, removed: false })
  return now.suspended ? parked(`installation ${installationId} is suspended`) : null
}

async function ofRepository(corridor: Corridor, task: StoredTask, error: OperatingError): Promise<Move | null> {
  const { db, github } = corridor
  const { repository } = task
  const now = await repositoryNow(github, repository)
  const facts = { message: messageOf(error) }
  if (now === null) return lost('repository_gone', facts.message)
  if (now.archived) return lost('repository_archived', facts.message)
  if ((now.owner !== repository.owner || now.name !== repository.name) && task.retries < MAX_RENAMES) {
    const { archived: _no, ...described } = now
    await learnRepository(db, { ...repository, ...described })
    await db.prisma.$transaction((tx) => reviveSurfaces(tx, { repositoryIds: [repository.id] }))
    return {
      event: 'postponed',
      reasonCode: 'retry_after_failure',
      facts: { message: `the repository is called ${now.owner}/${now.name} now` },
      rest: { waitingOn: 'retry', until: new Date(Date.now() + AFTER_RENAME_MS) },
      patch: { retries: { increment: 1 } },
    }
  }
  if (error.reasonCode !== 'repository_gone' || task.pullNumber !== null) return null
  const isThere = await readIssue(github, repository, task.issueNumber).catch((cause: unknown) => {
    if (isAnswer(cause, 301, 404, 410, 451)) return null
    throw cause
  })
  return isThere === null ? lost('issue_gone', facts.message) : null
}

function lost(reasonCode: ReasonCode, message: string): Move {
  return { event: 'cancel', reasonCode, facts: { message } }
}
