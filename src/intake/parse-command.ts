import { type ParsedCommand, VERBS, type Verb } from '../task/command.ts'
import type { RequestFlags } from '../task/task.ts'
import { quotable } from './bounded-text.ts'
import { cleanText } from './clean-text.ts'
import { findCommand } from './find-command.ts'
import { type Mistake, readFlags } from './flags.ts'
import { nearestVerbs } from './nearest.ts'
import { ALIASES, fits, VERB_TABLE, type VerbRow } from './verbs.ts'

export const COMMAND_WORD = 'supervise'
const MAX_REQUEST_CHARS = 8_192
/** Scripts that write a sentence without spaces: one word of them is a request, not a mistyped verb. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/**
 * What follows `run` where it is the request's own verb: an article, a pronoun, a program, or a thing that is run. What else
 * follows is a request by itself ("run fix the login"), and `run` only says that it is one. In doubt the word stays: a word
 * too much costs a reader a moment, one too few changes what is asked for.
 */
const RUN_SOMETHING =
  /^\s+(?:the|an?|all|every|each|any|some|both|our|my|your|its|(?:it|them|this|that|these|those) (?:nightly|daily|weekly|hourly|every|each|on|in|with|against|automatically|once|twice)|once|twice|daily|nightly|weekly|`|\.{1,2}\/|(?:npm|npx|pnpm|yarn|bun|node|deno|cargo|pytest|python3?|pip|uv|tox|docker|kubectl|terraform|helm|mvn|gradle|bundle|rake|composer|dotnet|bash|sh|git|eslint|prettier|biome|vitest|jest|ruff|mypy)(?=\s|$)|(?:make|go|just) (?:test|tests|check|all|build|lint|vet|run|install|ci)(?=\s|$)|(?:(?:unit|integration|e2e|end-to-end|regression|smoke|load|database|db|schema|data) )?(?:tests?(?= suite)|tests|suite|checks|linters?|benchmarks|migrations?|scripts?|builds|ci)(?![\w-]))/i

/**
 * A comment's text → the command that it is (SPEC 1.1 to 1.3), or null where it is none. Never throws. What was not
 * understood is a mistake that starts nothing and says what could have been meant.
 * @param options.aliases whether `/approve` and the other short forms count
 */
export function parseCommand(body: string, options: { aliases: boolean }): ParsedCommand | null {
  const found = findCommand(body, new Set([COMMAND_WORD, ...(options.aliases ? ALIASES : [])]))
  if (found === null) return null
  const read = readFlags(found.line, found.noFlags)
  if (read.kind === 'mistake') return read
  const cleaned = cleanText(read.text + found.tail, MAX_REQUEST_CHARS)
  const text = cleaned.text.trim()
  const parsed =
    found.word === COMMAND_WORD
      ? spoken(text, read.flags)
      : onVerb(found.word as Verb, text, read.flags, `/${found.word}`)
  return parsed.kind === 'verb' && cleaned.hiddenRemoved > 0
    ? { ...parsed, hiddenRemoved: cleaned.hiddenRemoved }
    : parsed
}

function spoken(text: string, flags: RequestFlags): ParsedCommand {
  const [, word = '', rest = ''] = /^(\S*)(.*)$/s.exec(text) ?? []
  const verb = VERBS.find((known) => known === word.toLowerCase())
  // "run the tests nightly" is an order to run something: without its verb it would be another one, or none.
  if (verb === 'run' && RUN_SOMETHING.test(rest)) return { kind: 'verb', verb, argument: text, flags }
  if (verb !== undefined) return onVerb(verb, rest.trim(), flags, `/${COMMAND_WORD} ${verb}`)
  return mistypedVerb(word, rest.trim()) ?? { kind: 'verb', verb: 'run', argument: text, flags }
}

/** @param typed how the verb was written, for the reading as a verb */
function onVerb(verb: Verb, argument: string, flags: RequestFlags, typed: string): ParsedCommand {
  if (fits(verb, argument)) return strayFlag(verb, flags) ?? { kind: 'verb', verb, argument, flags }
  const row: VerbRow = VERB_TABLE[verb]
  const asVerb = row.argument === 'required' ? `/${COMMAND_WORD} ${row.usage}` : typed
  if (argument === '' || (row.takes === 'amount' && /^\$?\d\S*(?:\s+\S+)?$/.test(argument)))
    return {
      kind: 'mistake',
      reasonCode: 'verb_needs_argument',
      word: quotable(`${verb} ${argument}`),
      suggestions: [asVerb],
    }
  const asRequest = quotable(`/${COMMAND_WORD} run ${verb} ${argument}`)
  return { kind: 'mistake', reasonCode: 'ambiguous_verb', word: verb, suggestions: [asVerb, asRequest] }
}

/** Flags shape a request; on any other verb only `--task` says something. */
function strayFlag(verb: Verb, flags: RequestFlags): Mistake | null {
  if (verb === 'run' || verb === 'plan') return null
  const { task: _, ...others } = flags
  const stray = Object.keys(others)
  if (stray.length === 0) return null
  return {
    kind: 'mistake',
    reasonCode: 'unknown_flag',
    word: quotable(stray.map((key) => `--${key.replace(/Usd$|Ms$/, '')}`).join(' ')),
    suggestions: ['--task ID'],
  }
}

/**
 * One word alone that is no verb starts nothing (`statsu`), nor does a slip in a verb whose argument then follows
 * (`aprove 1a2b3c4`): both are more likely a mistake than a request.
 */
function mistypedVerb(word: string, rest: string): Mistake | null {
  if (word === '' || WITHOUT_SPACES.test(word)) return null
  const near = nearestVerbs(word.replace(/[.,:;!?]+$/, ''))
  const meant = rest === '' ? near : near.filter((verb) => VERB_TABLE[verb].takes !== 'text' && fits(verb, rest))
  if (rest !== '' && meant.length === 0) return null
  return {
    kind: 'mistake',
    reasonCode: 'unknown_verb',
    word: quotable(word),
    suggestions: [...meant, `run ${word}`].map((said) => quotable(`/${COMMAND_WORD} ${said} ${rest}`)),
  }
}
