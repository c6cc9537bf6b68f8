import { permissionOf } from '../github/permission-of.ts'
import { VERB_TABLE } from '../intake/verbs.ts'
import { isKnownCommand } from '../store/commands.ts'
import { openTasksOfRepository } from '../store/tasks.ts'
import type { Intake } from '../task/command.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { RepositoryRef } from '../task/task.ts'
import { acceptOnTask } from './accept-on-task.ts'
import type { AcceptedCommand } from './answer.ts'
import { answer } from './answer.ts'
import type { Corridor } from './corridor.ts'
import { acceptHappening } from './happening.ts'
import { startTask } from './start-task.ts'
import { AVAILABLE_VERBS } from './verbs.ts'

/**
 * The door's inner side: turns what a delivery amounts to into rows. Safe to repeat: a command is known by its source.
 * @returns the reason code that the delivery's row keeps
 */
export async function accept(corridor: Corridor, deliveryId: string, intake: Intake): Promise<ReasonCode> {
  if (intake.kind === 'ignored') return intake.reasonCode
  if (intake.kind === 'happening') return acceptHappening(corridor, deliveryId, intake.happening)
  const { command } = intake
  if (await isKnownCommand(corridor.db, command.sourceKey)) return 'command_accepted'
  if (!isAllowed(corridor, command.place.repository)) return 'installation_not_allowed'
  const { permission, roleName, userId } = await permissionOf(corridor.github, command.place.repository, command.actor.login)
  const level = userId === command.actor.id ? permission : 'none'
  const mayAsk = roleName === 'triage' && command.parsed.kind === 'verb' && VERB_TABLE[command.parsed.verb].needs === 'triage'
  if (level !== 'admin' && level !== 'write' && !mayAsk) return 'actor_without_write_access'
  return obey(corridor, { command, permission: level, deliveryId })
}

/** The operator's list names owners and owner/repo; an empty list leaves it to the App's installation. */
export function isAllowed(corridor: Corridor, repository: RepositoryRef): boolean {
  const { allow } = corridor.settings.installations
  const owner = repository.owner.toLowerCase()
  const full = `${owner}/${repository.name.toLowerCase()}`
  return allow.length === 0 || allow.some((a) => a.toLowerCase() === owner || a.toLowerCase() === full)
}

async function obey(corridor: Corridor, accepted: AcceptedCommand): Promise<ReasonCode> {
  const { command } = accepted
  const { parsed } = command
  if (parsed.kind === 'mistake') {
    const { reasonCode, word, suggestions } = parsed
    await answer(corridor, accepted, reasonCode, { kind: 'refusal', reasonCode, word, suggestions })
    return reasonCode
  }
  if (parsed.verb === 'run') return startTask(corridor, accepted, parsed)
  if (parsed.verb === 'help') {
    await answer(corridor, accepted, 'help_given', { kind: 'help', verbs: AVAILABLE_VERBS.map((v) => ({ usage: VERB_TABLE[v].usage, summary: VERB_TABLE[v].summary })) })
    return 'help_given'
  }
  if (parsed.verb === 'tasks') {
    const tasks = await openTasksOfRepository(corridor.db, command.place.repository.id, 20)
    await answer(corridor, accepted, 'status_given', { kind: 'tasks', tasks })
    return 'status_given'
  }
  return acceptOnTask(corridor, accepted, parsed)
}
