import type { Reply } from '../../report/view.ts'
import type { Move } from '../../store/advance.ts'
import type { StoredCommand } from '../../store/commands.ts'
import type { Tx } from '../../store/database.ts'
import type { StoredTask } from '../../store/tasks.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'

export interface CommandContext {
  readonly corridor: Corridor
  readonly task: StoredTask
  readonly command: StoredCommand
}

export interface CommandResult {
  /** How the command was settled; stored with it. */
  readonly reasonCode: ReasonCode
  readonly move?: Omit<Move, 'actor' | 'also'>
  readonly also?: (tx: Tx) => Promise<void>
  /** A short answer in the thread, where the living comment does not say it. */
  readonly reply?: Reply
}

export type CommandHandler = (context: CommandContext) => Promise<CommandResult>
