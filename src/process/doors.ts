import { join } from 'node:path'
import type { Door } from './mounts.ts'

const SOCKETS = '/run/supervisor'
/** `.cjs` says what it is; in the box there is no package.json to say it. */
const DOORKEEPER = join(import.meta.dirname, 'doorkeeper.cjs')

/** Shows the sockets in the box, and the program that listens for them. Nobody in the box can replace either. */
export function doorMounts(doors: readonly Door[]): string[] {
  if (doors.length === 0) return []
  return [
    ['--dir', SOCKETS, '--ro-bind', DOORKEEPER, inside()],
    doors.flatMap(({ port, socket }) => ['--ro-bind', socket, `${SOCKETS}/${port}`]),
  ].flat()
}

/** The program, started by the doorkeeper where there are doors. */
export function throughDoors(doors: readonly Door[], argv: readonly string[]): readonly string[] {
  if (doors.length === 0) return argv
  const ways = doors.map(({ port }) => `${port}=${SOCKETS}/${port}`)
  return [process.execPath, '--no-warnings', inside(), ...ways, '--', ...argv]
}

const inside = (): string => `${SOCKETS}/doorkeeper.cjs`
