import type { CommandHandler } from '../apply/command.ts'

/** The living comment is the status; it is looked at again, and the reaction on the command says that it was. */
export const status: CommandHandler = async () => ({ reasonCode: 'status_given' })
