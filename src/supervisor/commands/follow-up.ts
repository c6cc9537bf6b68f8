import type { CommandHandler } from '../apply/command.ts'
import { hearChanges } from '../work/hear-changes.ts'

/** `/supervise <request>` in the pull request of an open task: the next round of that task (SPEC 1.2). */
export const followUp: CommandHandler = async (context) => hearChanges(context)
