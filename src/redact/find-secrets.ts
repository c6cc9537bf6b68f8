import { PATTERNS } from './patterns.ts'
import { createFinder } from './spans.ts'

export interface FoundSecret {
  /** Kind of the secret, or `known_value`; never the secret itself. */
  readonly rule: string
  /** Where it begins in the text, in characters. */
  readonly index: number
}

const MAX_FOUND = 100
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----/g
const URL_PASSWORD = /:\/\/[^\s:/@"'<>]{0,200}:([^\s@/"'<>]{6,512})@([^\s/:"'<>]{1,253})/g
/** Passwords and hosts of examples: they stand in every compose file and must not stop a task. */
const EXAMPLE_PASSWORD =
  /^(?:pass(?:word|wd)?|secret|postgres|mysql|root|admin|user|example|changeme|test|x{3,}|\*{3,}|\.{3,})\d{0,4}$|[${}<>[\]%]|^(?:your|my|some)[-_]?/i
const EXAMPLE_HOST =
  /^(?:localhost|127\.|0\.0\.0\.0|\[?::1|db$|postgres$|mysql$|redis$|mongo$|host$)|(?:^|\.)example(?:\.|$)|\.(?:invalid|test|local|localhost)$/i

/**
 * Secrets in a patch or bundle. Such text is never masked, because a masked patch is another patch: what is found
 * stops the task (SPEC 14.1). Only shapes that are unlikely to be an example count, and private keys of PEM.
 * @param values the configured values, in all their encodings
 */
export function findSecrets(text: string, values: readonly string[] = []): FoundSecret[] {
  const found: FoundSecret[] = createFinder(values)
    .known(text)
    .map((span) => ({ rule: 'known_value', index: span.start }))
  for (const { kind, regex, inPatch } of PATTERNS) {
    if (inPatch === 'stop') found.push(...all(regex, text).map((match) => ({ rule: kind, index: match.index })))
  }
  found.push(...all(PRIVATE_KEY, text).map((match) => ({ rule: 'private-key', index: match.index })))
  for (const match of all(URL_PASSWORD, text)) {
    const [, password = '', host = ''] = match
    if (!EXAMPLE_PASSWORD.test(password) && !EXAMPLE_HOST.test(host))
      found.push({ rule: 'url-password', index: match.index })
  }
  return found.sort((a, b) => a.index - b.index).slice(0, MAX_FOUND)
}

function all(regex: RegExp, text: string): RegExpExecArray[] {
  regex.lastIndex = 0
  const matches: RegExpExecArray[] = []
  for (let match = regex.exec(text); match !== null && matches.length < MAX_FOUND; match = regex.exec(text))
    matches.push(match)
  return matches
}
