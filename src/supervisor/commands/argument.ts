import type { StoredCommand } from '../../store/commands.ts'

/** A text field of a stored command's argument; empty when it is not there. */
export function argumentOf(command: StoredCommand, field: string): string {
  const value = fieldOf(command, field)
  return typeof value === 'string' ? value : ''
}

export function flagOf(command: StoredCommand, field: string): boolean {
  return fieldOf(command, field) === true
}

export function numberOf(command: StoredCommand, field: string): number | undefined {
  const value = fieldOf(command, field)
  return typeof value === 'number' ? value : undefined
}

function fieldOf(command: StoredCommand, field: string): unknown {
  const argument = command.argument
  if (argument === null || typeof argument !== 'object') return undefined
  return Object.entries(argument).find(([key]) => key === field)?.[1]
}
