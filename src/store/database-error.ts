import { OperatingError } from '../task/errors.ts'

/** The database cannot be used as it is: told to the operator, never retried by itself. */
export function databaseError(message: string, cause?: unknown): OperatingError {
  return new OperatingError('configuration', 'database_unavailable', message, { cause })
}
