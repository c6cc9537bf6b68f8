import { visible, visibleEnds, visibleHead } from './clean.ts'

/**
 * The one place that makes foreign text harmless (SPEC 10.5). Everything that a person, a model or a repository wrote
 * goes through one of these before it stands in anything that is sent to GitHub.
 *
 * Invariants, whatever comes in: no mention, no reference or closing word, no link, image or HTML, no command for
 * another bot, no marker of ours, no hidden character; what was cut off is said; the length has a limit. The special
 * characters are replaced by their full-width twins (＠ ＃ ／): they stay readable, survive every later copying (a
 * squash merge copies the pull request's text into a commit message, where code spans protect nothing), and need no
 * hidden character.
 */

/** One line of prose: markdown shows exactly these characters. URLs stand as code. Fits into headings, lists, tables. */
export function plain(text: string, max = 200): string {
  const line = visibleHead(text, max, (head) => disarmed(oneLine(head)))
  const parts = line.split(ADDRESS)
  return joined(parts.map((part, i) => (i % 2 === 1 ? span(part) : escaped(part)))).replace(LINE_START, '$1\\$2')
}

/** A line of code: a command, a path, a name. Holds at most `max` characters of the text. */
export function code(text: string, max = 120): string {
  return span(visibleHead(text, max, (head) => disarmedCode(oneLine(head))))
}

/** A block that nothing in it can end: its fence is longer than any run of backticks inside. Head and tail are kept. */
export function fence(text: string, max: number, language: 'text' | 'diff' = 'text'): string {
  const body = lines(visibleEnds(text, max))
  const marks = '`'.repeat(Math.max(3, longestRun(body) + 1))
  return `${marks}${language}\n${body}\n${marks}`
}

/** Words of somebody else as a block quote, line by line. Images go, because nobody needs them in a quote. */
export function quote(text: string, max: number): string {
  const body = visibleHead(text, max, (head) => withoutImages(head).trim())
  const shown = body.split('\n').map((line) => `> ${plain(line, max)}`.trimEnd())
  return shown.join('\n').replace(/(?:\n>(?=\n)){2,}/g, '\n>')
}

/** A subject line of a commit or pull request: plain text without markdown. Empty if nothing is left. */
export function subject(text: string, max: number): string {
  const line = oneLine(visible(text.slice(0, 4 * max + 1_000)))
    .replace(/[a-z0-9+.-]{0,30}:\/\//gi, '')
    .replace(/(?<![\w&])#(\d)/g, 'no. $1')
  const clean = disarmed(line)
    .replace(/^[\s:;,.*#>/／-]+|[\s:;,.]+$/g, '')
    .replace(/^((?:[a-z]{2,20}-){1,4}by)\s{0,3}:/i, '$1')
  if (clean.length <= max) return clean
  const cut = clean.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')
  const space = cut.lastIndexOf(' ')
  return `${(space > max / 2 ? cut.slice(0, space) : cut).trimEnd()}…`
}

/** Text of a commit message's body: several lines, nothing in it works as command, reference, marker or trailer. */
export function message(text: string, max: number): string {
  const body = visibleHead(text, max, (head) => head.trim()).split('\n')
  return body
    .map((line) => trailerless(disarmed(line.trimEnd())))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
}

/** Text inside an HTML element of ours, such as a summary, where markdown does not work. */
export function htmlText(text: string, max: number): string {
  const line = visibleHead(text, max, (head) => disarmed(oneLine(head)))
    .replace(/:\/\//g, ':／／')
    .replace(/\bwww\./gi, 'www．')
  return line.replace(/[&<>"'`*_[\]\\~$]/g, (c) => `&#${c.charCodeAt(0)};`)
}

/** A login as GitHub allows it, as code; anything else is `somebody`. Never a mention. */
export const login = (name: string): string => (LOGIN.test(name) ? `\`${name}\`` : 'somebody')

/** A live mention, for the few places where a person is asked; null if it is not a person's login. */
export const mention = (name: string): string | null => (LOGIN.test(name) && !name.endsWith(']') ? `@${name}` : null)

/** A link of our own making. The address must be http(s) and is encoded; else only the label is given. */
export function link(label: string, url: string | null): string {
  if (url === null || !/^https?:\/\/[^\s<>"'`\\^{|}]{1,2000}$/.test(url)) return label
  return `[${label}](${url.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('[', '%5B').replaceAll(']', '%5D')})`
}

/** A row of a table; a pipe in a cell is escaped if it is not yet. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(/(\\*)\|/g, (all, slashes: string) => (slashes.length % 2 === 0 ? `${slashes}\\|` : all)).replaceAll('\n', ' ')).join(' | ')} |`
}

const LOGIN = /^[a-zA-Z\d](?:[a-zA-Z\d]|[-_](?=[a-zA-Z\d])){0,99}(?:\[bot\])?$/
const ADDRESS = /((?:(?<![a-z])[a-z][a-z0-9+.-]{1,30}:\/\/|\bwww\.|\bmailto:)[^\s`|<>]{1,2000})/i
/** GitHub's closing words before a reference, also with a repository, a colon or GH- in between. */
const CLOSING =
  /\b((?:close|fix|resolve)[sd]?|(?:fix|resolv|clos)(?:es|ed))\b:?\s{0,5}((?:[\w.-]{1,100}\/[\w.-]{1,100})?(?:#|GH-)\d)/gi
const SKIP_CI =
  /\[\s{0,5}(skip|no)\s{1,5}(ci|actions)\s{0,5}\]|\[\s{0,5}(ci|actions)\s{1,5}(skip)\s{0,5}\]|\*{3}NO_CI\*{3}/gi
/** A word after a slash at the start of a line; `/usr/lib` and `/a.js` are none. */
const SLASH_COMMAND = /^([^\S\n]*)\/(?=[a-z][a-z_-]*(?![\w/-]|\.\w))/gim
/** What markdown takes as the start of a block. */
const LINE_START = /^(\d{1,9}(?=[.)](?:\s|$))|(?=[#+=-]))([.)#+=-])/

/** Mentions, references, commands, CI switches and markers, in prose. */
function disarmed(text: string): string {
  return switches(text)
    .replace(/@(?=[\w-]|$)/g, '＠')
    .replace(/#(?=\d)/g, '＃')
    .replace(/\bGH-(?=\d)/gi, 'GH‑')
    .replace(SLASH_COMMAND, '$1／')
}

/** The same in code, where paths, packages and decorators must stay what they are: only what could be obeyed changes. */
function disarmedCode(text: string): string {
  return switches(text)
    .replace(/(^|[\s("'`,;:])@(?=[a-z\d][a-z\d-]*(?:\[bot\])?(?:[\s.,;:!?)'"`]|$))/gim, '$1＠')
    .replace(CLOSING, (all) => all.replace('#', '＃').replace(/GH-/i, 'GH‑'))
}

function switches(text: string): string {
  return text
    .replace(SKIP_CI, (all) => all.replace(/^\[/, '(').replace(/\]$/, ')').replace('NO_CI', 'NO CI'))
    .replace(/\bskip-checks(?=\s*:)/gi, 'skip checks')
    .replace(/<!--(?=\s*supervise:)/gi, '<! --')
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

const lines = (text: string): string =>
  disarmedCode(text).replace(SLASH_COMMAND, '$1／').split('\n').map(trailerless).join('\n')

/** A line such as `Co-authored-by: …` would be read as a trailer of the commit. */
const trailerless = (line: string): string =>
  line.replace(/^(?=(?:[a-z]{2,20}-){1,4}by\s{0,3}:|(?:supervisor-[a-z]{1,20}|change-id)\s{0,3}:)/i, '> ')

function escaped(text: string): string {
  // What is left of an address is in no code span; it must not become a link either.
  const unlinked = text.replaceAll('://', ':／／').replace(/www\./gi, 'www．')
  return unlinked.replace(/[\\`*_[\]<>|~&$]/g, '\\$&')
}

/** Two code spans side by side would be one: a space keeps them apart. */
export function joined(parts: readonly string[]): string {
  return parts.reduce((all, part) => (all.endsWith('`') && part.startsWith('`') ? `${all} ${part}` : all + part), '')
}

function span(text: string): string {
  const marks = '`'.repeat(longestRun(text) + 1)
  const pad = text.startsWith('`') || text.endsWith('`') || text === '' ? ' ' : ''
  return `${marks}${pad}${text}${pad}${marks}`
}

function withoutImages(text: string): string {
  return text
    .replace(/!\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)/g, '(image left out)')
    .replace(/<img\b[^>\n]{0,2000}>/gi, '(image left out)')
}

function longestRun(text: string): number {
  let longest = 0
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length)
  return longest
}
