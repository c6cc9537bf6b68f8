/**
 * Flags of a command (SPEC 1.3): `--name value` or `--name=value`, as words of their own anywhere on the command's first
 * line, outside code spans and comments. There every word with two leading dashes is a flag, and one that does not exist is refused;
 * so is `--` alone. A request that speaks of a flag puts it between backticks or on a later line.
 */
import { parseDuration, parseMoney } from '../settings/units.ts'
import type { ParsedCommand } from '../task/command.ts'
import { MODES, type RequestFlags } from '../task/task.ts'
import { quotable } from './bounded-text.ts'

const SECOND_MS = 1_000
const DAY_MS = 86_400_000
const MAX_BUDGET_USD = 100_000

interface FlagRow {
  readonly usage: string
  readonly summary: string
  readonly takesValue: boolean
  /** The flag's part of RequestFlags, or null where the value cannot be. Whether a name exists is looked up later. */
  readonly read: (value: string) => RequestFlags | null
}

/** Every flag there is, by its name without the dashes. */
export const FLAG_TABLE: ReadonlyMap<string, FlagRow> = new Map<string, FlagRow>([
  ['mode', { usage: `--mode ${MODES.join('|')}`, summary: 'how thoroughly to work', takesValue: true, read: readMode }],
  ['backend', { usage: '--backend NAME', summary: 'which backend does the work', takesValue: true, read: readBackend }],
  ['skill', { usage: '--skill NAME', summary: 'which skill pack steers it', takesValue: true, read: readSkill }],
  ['base', { usage: '--base BRANCH', summary: 'which branch to start from', takesValue: true, read: readBase }],
  ['budget', { usage: '--budget 5usd', summary: 'the most that it may cost', takesValue: true, read: readBudget }],
  [
    'timeout',
    { usage: '--timeout 45m', summary: 'the most time that it may take', takesValue: true, read: readTimeout },
  ],
  ['task', { usage: '--task ID', summary: 'which task is meant, where several run', takesValue: true, read: readTask }],
  [
    'new',
    { usage: '--new', summary: 'another task beside the open one', takesValue: false, read: () => ({ new: true }) },
  ],
])
export const FLAG_USAGES: readonly string[] = [...FLAG_TABLE.values()].map((row) => row.usage)

export type Mistake = Extract<ParsedCommand, { kind: 'mistake' }>
interface FlagsAndText {
  readonly kind: 'flags'
  readonly flags: RequestFlags
  /** The line without its flags. */
  readonly text: string
}

/** @param noFlags ranges [from, to) where no flag can stand: code, comments */
export function readFlags(line: string, noFlags: readonly (readonly [number, number])[]): FlagsAndText | Mistake {
  const words = [...line.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    from: match.index,
    to: match.index + match[0].length,
  }))
  const isQuoted = (at: number) => noFlags.some(([from, to]) => at >= from && at < to)
  let flags: RequestFlags = {}
  let text = ''
  let at = 0
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]
    if (word === undefined || !/^--(?:$|[^->])/.test(plainDashes(word.text)) || isQuoted(word.from)) continue
    const [, name = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(plainDashes(word.text)) ?? []
    const row = FLAG_TABLE.get(name.toLowerCase())
    if (row === undefined)
      return { kind: 'mistake', reasonCode: 'unknown_flag', word: quotable(word.text), suggestions: FLAG_USAGES }
    const next = row.takesValue && inline === undefined ? words[index + 1] : undefined
    const value = inline ?? next?.text ?? ''
    const read = row.takesValue === (value !== '') ? row.read(value) : null
    if (read === null || Object.keys(read).some((key) => Object.hasOwn(flags, key)))
      return {
        kind: 'mistake',
        reasonCode: 'invalid_flag_value',
        word: quotable(`--${name} ${value}`),
        suggestions: [row.usage],
      }
    flags = { ...flags, ...read }
    text += line.slice(at, word.from).trimEnd()
    at = (next ?? word).to
    if (next !== undefined) index += 1
  }
  return { kind: 'flags', flags, text: (text + line.slice(at)).trimEnd() }
}

/** Phones turn two dashes into one long one. Only in front of a flag that exists: elsewhere it is punctuation. */
function plainDashes(word: string): string {
  const [, name = '', rest = ''] = /^[—–]([a-z]+)(=.*)?$/is.exec(word) ?? []
  return FLAG_TABLE.has(name.toLowerCase()) ? `--${name}${rest}` : word
}

function readMode(value: string): RequestFlags | null {
  const mode = MODES.find((known) => known === value.toLowerCase())
  return mode === undefined ? null : { mode }
}

function readBudget(value: string): RequestFlags | null {
  const budgetUsd = parseMoney(value)
  return budgetUsd !== null && budgetUsd > 0 && budgetUsd <= MAX_BUDGET_USD ? { budgetUsd } : null
}

function readTimeout(value: string): RequestFlags | null {
  const timeoutMs = parseDuration(value)
  return timeoutMs !== null && timeoutMs >= SECOND_MS && timeoutMs <= DAY_MS ? { timeoutMs } : null
}

/** A task's id is a ULID. Its end is enough, and is told apart by who looks it up: all of one day begin alike. */
function readTask(value: string): RequestFlags | null {
  return /^[0-9a-z]{6,26}$/i.test(value) ? { task: value.toUpperCase() } : null
}

function readBackend(value: string): RequestFlags | null {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(value) ? { backend: value } : null
}

function readSkill(value: string): RequestFlags | null {
  return isSkillName(value) ? { skill: value } : null
}

export function isSkillName(value: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,63}$/.test(value)
}

function readBase(value: string): RequestFlags | null {
  return isBranchName(value) ? { base: value } : null
}

/** Narrower than git: what git would take and a shell, an option parser or a reader would misread is refused. */
function isBranchName(value: string): boolean {
  return (
    /^[A-Za-z0-9_](?:[A-Za-z0-9._/+#-]{0,198}[A-Za-z0-9_+#-])?$/.test(value) &&
    !/\.\.|\/\/|\/\.|\.lock(?:\/|$)|\.\/|^[0-9a-f]{40}$/i.test(value)
  )
}
