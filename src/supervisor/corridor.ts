import type { KeyObject } from 'node:crypto'
import type { LimitFunction } from 'p-limit'
import type { Logger } from 'pino'
import type { Registry } from '../execute/registry.ts'
import type { GitHub } from '../github/client.ts'
import type { Skill } from '../plan/skills.ts'
import type { OperatorSettings } from '../settings/settings.ts'
import type { Database } from '../store/database.ts'
import type { Slots } from './work/slots.ts'

/** Everything that the corridor reaches for, built once in wiring.ts. Rooms never see it: they get values. */
export interface Corridor {
  readonly db: Database
  readonly github: GitHub
  readonly registry: Registry
  readonly settings: OperatorSettings
  readonly skills: readonly Skill[]
  readonly slots: Slots
  /** Verifications at once on this worker: a test suite takes what an agent takes. */
  readonly limitChecks: LimitFunction
  readonly log: Logger
  readonly redact: (text: string) => string
  /** Private half of what signs evidence. */
  readonly evidenceKey: KeyObject
  /** Values that must never be shown; looked for in changes, too. */
  readonly secrets: readonly string[]
  /** Where people see a task's page, without a slash at the end; null = nowhere but on this machine. */
  readonly pagesUrl: string | null
  /** How long nobody may have asked for more before a follow-up begins. */
  readonly changesQuietMs: number
  /** Nobody hears what people answer once this process has ended (see config.ts). */
  readonly endsWithRun: boolean
  /** Absolute; holds mirrors, trees, checkouts and the private directories of runs. */
  readonly workRoot: string
  /** This machine, as workspace rows name it. */
  readonly host: string
  /** This process, as lease rows name it. */
  readonly workerId: string
}
