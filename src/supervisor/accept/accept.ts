import { VERB_TABLE } from '../../intake/verbs.ts'
import { insertCommand, isKnownCommand } from '../../store/commands.ts'
import { noteLife } from '../../store/ground.ts'
import { openTasksOfRepository } from '../../store/tasks.ts'
import type { Command, Intake } from '../../task/command.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { RepositoryRef } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'
import { newHeadOf, wantSettingsCheck } from '../settings/settings-check.ts'
import { AVAILABLE_VERBS } from '../verbs.ts'
import { acceptOnTask } from './accept-on-task.ts'
import type { AcceptedCommand } from './answer.ts'
import { answer } from './answer.ts'
import { acceptHappening } from './happening.ts'
import { learnFromDelivery } from './learn-repository.ts'
import { permissionOfActor } from './permission.ts'
import { startTask } from './start-task.ts'

/**
 * The door's inner side: turns what a delivery amounts to into rows. Safe to repeat: a command is known by its source.
 * @returns the reason code that the delivery's row keeps
 */
export async function accept(corridor: Corridor, deliveryId: string, intake: Intake): Promise<ReasonCode> {
  if (intake.kind === 'ignored') return intake.reasonCode
  const repository = repositoryOf(intake)
  if (repository) {
    await learnFromDelivery(corridor, repository)
    await noteLife(corridor.db, repository.installationId)
  }
  if (intake.kind === 'happening') {
    const { happening } = intake
    const head = newHeadOf(happening)
    if (head && (await isAllowed(corridor, head.repository))) await wantSettingsCheck(corridor, head)
    return acceptHappening(corridor, deliveryId, happening)
  }
  const { command } = intake
  if (await isKnownCommand(corridor.db, command.sourceKey)) return 'command_accepted'
  if (!(await isAllowed(corridor, command.place.repository))) return 'installation_not_allowed'
  const { level, roleName } = await permissionOfActor(corridor, command.place.repository, command.actor)
  const mayAsk =
    roleName === 'triage' && command.parsed.kind === 'verb' && VERB_TABLE[command.parsed.verb].needs === 'triage'
  if (level !== 'admin' && level !== 'write' && !mayAsk) {
    await rememberRefusal(corridor, deliveryId, command, level)
    return 'actor_without_write_access'
  }
  return obey(corridor, { command, permission: level, deliveryId })
}

/** Refused once is refused for good: it does not come in again by another way when its author may write one day. */
async function rememberRefusal(
  { db }: Corridor,
  deliveryId: string,
  { sourceKey, place, parsed, actor }: Command,
  permission: string,
): Promise<void> {
  await insertCommand(db, db.prisma, {
    sourceKey,
    deliveryId,
    taskId: null,
    repositoryId: place.repository.id,
    issueNumber: place.issueNumber,
    verb: parsed.kind === 'verb' ? parsed.verb : 'mistake',
    argument: {},
    actor,
    permission,
    settledAs: 'actor_without_write_access',
  })
}

function repositoryOf(intake: Exclude<Intake, { kind: 'ignored' }>): RepositoryRef | null {
  if (intake.kind === 'command') return intake.command.place.repository
  return 'repository' in intake.happening ? intake.happening.repository : null
}

/**
 * Whom the operator works for: owners and owner/repo of the list, by default the App's own owner, because anybody can
 * install a public App. A server that does not tell the owner leaves it to its installations.
 */
export async function isAllowed(corridor: Corridor, repository: RepositoryRef): Promise<boolean> {
  const { allow } = corridor.settings.installations
  const appOwner = allow.length === 0 ? await corridor.github.owner() : null
  const allowed = (appOwner === null ? allow : [appOwner]).map((a) => a.toLowerCase())
  const owner = repository.owner.toLowerCase()
  return (
    allowed.length === 0 || allowed.includes(owner) || allowed.includes(`${owner}/${repository.name.toLowerCase()}`)
  )
}

async function obey(corridor: Corridor, accepted: AcceptedCommand): Promise<ReasonCode> {
  const { command } = accepted
  const { parsed } = command
  if (parsed.kind === 'mistake') {
    const { reasonCode, word, suggestions } = parsed
    await answer(corridor, accepted, reasonCode, { kind: 'refusal', reasonCode, word, suggestions })
    return reasonCode
  }
  if (parsed.verb === 'run' || parsed.verb === 'plan') return startTask(corridor, accepted, parsed)
  if (parsed.verb === 'help') {
    await answer(corridor, accepted, 'help_given', {
      kind: 'help',
      verbs: AVAILABLE_VERBS.map((v) => ({
        usage: `/supervise ${VERB_TABLE[v].usage}`,
        summary: VERB_TABLE[v].summary,
      })),
    })
    return 'help_given'
  }
  if (parsed.verb === 'tasks') {
    const tasks = await openTasksOfRepository(corridor.db, command.place.repository.id, 20)
    await answer(corridor, accepted, 'status_given', { kind: 'tasks', tasks })
    return 'status_given'
  }
  return acceptOnTask(corridor, accepted, parsed)
}
