import { parseMoney } from '../../settings/units.ts'
import { isFinal } from '../../task/states.ts'
import type { CommandHandler, CommandResult } from '../apply/command.ts'
import { budgetCapOf } from '../settings/budget-cap.ts'
import { argumentOf } from './argument.ts'

/**
 * `/supervise budget <amount>`: what the task may cost in all, up to the cap of the operator and the limits of the settings files. A task that waits for it goes on;
 * a plan that waits for approval is made again, because the budget is a part of what is approved.
 */
export const budget: CommandHandler = async ({ corridor, task, command }) => {
  const word = argumentOf(command, 'argument')
  const amount = parseMoney(word)
  const cap = budgetCapOf(corridor, task)
  if (isFinal(task.state))
    return { reasonCode: 'no_open_task', reply: { ...REFUSAL, reasonCode: 'no_open_task', word } }
  if (amount === null || amount > cap) {
    const suggestions = [`/supervise budget ${cap}usd`]
    return { reasonCode: 'budget_above_cap', reply: { ...REFUSAL, reasonCode: 'budget_above_cap', word, suggestions } }
  }
  const patch = { budgetUsd: amount, flags: corridor.db.json({ ...task.flags, budgetUsd: amount }) }
  const told = { kind: 'told', reasonCode: 'budget_changed', word } as const
  const move = (event: 'woke' | 'revised'): CommandResult => ({
    reasonCode: 'budget_changed',
    move: { event, reasonCode: 'budget_changed', facts: { budgetUsd: amount, before: task.budgetUsd }, patch },
    reply: told,
  })
  if (task.waitingOn === 'budget' && amount > task.spentUsd) return move('woke')
  if (task.state === 'PLAN' && task.waitingOn === 'approval') return move('revised')
  return {
    reasonCode: 'budget_changed',
    also: async (tx) => {
      await tx.task.update({ where: { id: task.id }, data: patch })
    },
    reply: task.waitingOn === 'budget' ? { ...REFUSAL, reasonCode: 'budget_reached', word } : told,
  }
}

const REFUSAL = { kind: 'refusal', suggestions: [] as readonly string[] } as const
