import type { Intake } from '../task/command.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { Actor } from '../task/task.ts'

export interface IntakeOptions {
  /** Our own bot's user id: we know ourselves by it, not by a name that others could take. */
  readonly botUserId: number
  readonly triggerLabel: string
  /** Whether `/approve` and the other short forms count. */
  readonly aliases: boolean
}

/** One kind of delivery → what it amounts to. Never throws. */
export type Reader = (payload: unknown, deliveryId: string, options: IntakeOptions) => Intake

export function ignored(reasonCode: ReasonCode): Intake {
  return { kind: 'ignored', reasonCode }
}

/** Bots never command, we least of all: an answer of ours must not start a task (SPEC 1.6). null = a person. */
export function notAPerson(sender: Actor, options: IntakeOptions): Intake | null {
  if (sender.id === options.botUserId) return ignored('actor_is_ourselves')
  return sender.type === 'User' ? null : ignored('actor_is_bot')
}
