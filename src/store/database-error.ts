import { Prisma } from '../generated/prisma/client.ts'
import { OperatingError } from '../task/errors.ts'

/** The database cannot be used as it is: told to the operator, never retried by itself. */
export function databaseError(message: string, cause?: unknown): OperatingError {
  return new OperatingError('configuration', 'database_unavailable', message, { cause })
}

/** A unique index refused the row: there is one already. */
export function isTaken(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}
