import type { Risk } from '../task/task.ts'
import { firstLine, labelWord } from './first-line.ts'
import type { Language } from './language.ts'
import { languageOf } from './language.ts'
import { plainLine, splitMarkdown } from './markdown.ts'
import { wordStarts } from './word-starts.ts'

/** At most so many characters are read, request first, then title, then body: every later step is linear in this. */
const MAX_READ = 20_000

/**
 * A piece of the text with what it is worth. `riskCap` is the highest risk that a signal found here may set while the
 * task is about code: a bug report that quotes `rm -rf` is not a request to run it.
 */
export interface Source {
  readonly name: 'request' | 'title' | 'opening' | 'body' | 'evidence' | 'code' | 'heading' | 'label'
  readonly text: string
  /** The first letters of its words (word-starts.ts). */
  readonly starts: ReadonlySet<string>
  /** The first line without greeting, politeness and tags, where a leading verb stands. */
  readonly lead: string
  readonly weight: number
  readonly riskCap: Risk
}

export interface ReadText {
  readonly sources: readonly Source[]
  /** Paths named in the text, at most 50. */
  readonly paths: readonly string[]
  /** The prose that says what is wanted; its size is the size of the request. */
  readonly wanted: string
  readonly language: Language
  /** There is more than was read. */
  readonly cut: boolean
  /** Its first line, and the items of its lists. */
  readonly listed: Listed
}

/** What a list of tasks would be in. */
export interface Listed {
  /** The line that says it all: of the request, or the issue's title. */
  readonly headline: string
  /** Of lists that are no part of a form, see markdown.ts. */
  readonly items: readonly string[]
  /** The headline is the issue's title: when it says what to do, the list below tells how, or how it went wrong. */
  readonly isIssue: boolean
}

interface TextInput {
  readonly title: string
  readonly body: string
  readonly request: string
  readonly labels: readonly string[]
}

/** What a word is worth by where it stands, where the issue is the request. The title says most, and the first sentences. */
const WORTH = {
  title: 1,
  opening: 0.5,
  body: 0.3,
  evidence: 0.2,
  code: 0.3,
  heading: 1,
  answer: 1.2,
  label: 1,
} as const
/** Beside a request of its own, the issue is context. */
const AS_CONTEXT = 0.4
const OPENING = 400

/**
 * Cuts the input to its bound and splits it into weighted sources. The request counts more than the issue; where the
 * request is empty or only points at the issue ("please do this"), title and body are the request (SPEC 1.2).
 */
export function readText(input: TextInput): ReadText {
  let left = MAX_READ
  const take = (text: string): string => {
    const cut = text.slice(0, left)
    left -= cut.length
    return normalise(cut)
  }
  const request = splitMarkdown(take(input.request))
  const asWritten = take(input.title).split('\n')[0] ?? ''
  const title = plainLine(asWritten)
  const body = splitMarkdown(take(input.body))
  const pointsAtIssue = isPointer(request.prose) && request.code.trim() === ''
  const share = pointsAtIssue ? 1 : AS_CONTEXT
  const cap: Risk = pointsAtIssue ? 'high' : 'medium'
  const [opening, rest] = splitOpening(body.prose)

  const sources: Source[] = [
    written('request', request.prose, 1, 'high'),
    plain('heading', request.headings, 1, 'high'),
    plain('code', request.code, 1, 'high'),
    plain('evidence', request.evidence, 0.5, 'high'),
    written('title', title, WORTH.title * share, cap),
    // What is no words may still name a danger.
    plain('code', request.marked, WORTH.code, 'high'),
    plain('code', title === asWritten ? '' : asWritten, WORTH.code * share, cap),
    plain('code', body.marked, WORTH.code * share, 'medium'),
    written('opening', opening, WORTH.opening * share, cap),
    written('body', rest, WORTH.body * share, cap),
    plain('heading', body.headings, WORTH.heading * share, cap),
    plain('evidence', body.evidence, WORTH.evidence * share, 'medium'),
    plain('code', body.code, WORTH.code * share, 'medium'),
    ...firstLine(request.prose).tags.map((tag) => plain('label', tag, 1, 'high')),
    ...firstLine(title).tags.map((tag) => plain('label', tag, WORTH.title * share, cap)),
    ...body.answers.map((answer) => plain('label', labelWord(answer), WORTH.answer * share, cap)),
    ...input.labels.slice(0, 30).map((label) => plain('label', labelWord(label), WORTH.label * share, cap)),
  ]
  const wanted = (pointsAtIssue ? [request.prose, title, body.prose] : [request.prose]).join('\n').trim()
  return {
    sources: sources.filter((s) => s.text !== ''),
    paths: pathsIn(sources.filter((s) => s.name !== 'label' && (pointsAtIssue || s.riskCap === 'high'))),
    wanted,
    listed: pointsAtIssue
      ? { headline: title, items: body.items, isIssue: true }
      : { headline: request.prose.split('\n', 1)[0] ?? '', items: request.items, isIssue: false },
    language: languageOf(wanted),
    cut: input.request.length + input.title.length + input.body.length > MAX_READ,
  }
}

/**
 * One kind of apostrophe, space and line end, no runs of them, no accents on Latin letters and no letters in disguise
 * (`ｄｅｌｅｔｅ`), so that patterns stay simple and linear.
 */
export function normalise(text: string): string {
  const read = text.slice(0, MAX_READ)
  return (ONLY_ASCII.test(read) ? read : plainLetters(read))
    .replace(/\r\n?/g, '\n')
    .replace(/[\p{Cf}\u0000-\u0008\u000b-\u001f\u007f]|\ufe0f/gu, '')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const ONLY_ASCII = /^[\x20-\x7e\n\r\t]*$/

function plainLetters(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKD')
    .replace(/(?<=[A-Za-z])[\u0300-\u036f]{1,20}/g, '')
    .normalize('NFC')
    .slice(0, MAX_READ)
    .toWellFormed()
}

/** The first sentences, whole lines where that is possible, and what follows. */
function splitOpening(prose: string): readonly [string, string] {
  if (prose.length <= OPENING) return [prose, '']
  const end = prose.lastIndexOf('\n', OPENING)
  const at = end > OPENING / 3 ? end : prose.indexOf(' ', OPENING)
  return at < 0 || at > OPENING * 2
    ? [prose.slice(0, OPENING), prose.slice(OPENING)]
    : [prose.slice(0, at), prose.slice(at + 1)]
}

/** "please", "do it", "fix this issue", "as described above": words that only point at the issue. */
function isPointer(request: string): boolean {
  const words = request.split(/\s/).filter((w) => w !== '')
  if (words.length === 0) return true
  if (words.length > 8) return false
  return words.every((word) => POINTING.test(word))
}

const POINTING =
  /^(?:please|pls|can|could|you|do|does|done|go|ahead|on|start|handle|take|care|of|look|at|into|work|fix|solve|resolve|implement|address|try|run|it|its|this|that|these|the|issue|bug|ticket|task|problem|request|feature|one|here|above|below|described|as|now|again|and|for|me|us|with|thanks|thank|is|to|in|done)[.!?,:]{0,3}$/i

function written(name: Source['name'], text: string, weight: number, riskCap: Risk): Source {
  return { name, text, starts: wordStarts(text), lead: name === 'body' ? '' : firstLine(text).lead, weight, riskCap }
}

function plain(name: Source['name'], text: string, weight: number, riskCap: Risk): Source {
  // Only what is searched for words needs them.
  return {
    name,
    text,
    starts: name === 'evidence' || name === 'heading' ? wordStarts(text) : NONE,
    lead: '',
    weight,
    riskCap,
  }
}

const NONE: ReadonlySet<string> = new Set()

const PATH =
  /(?<![\w/.@:-])(?:\.{0,2}\/)?(?:[\w.@-]{1,60}\/){1,12}[\w.@*-]{0,60}|(?<![\w/.@:-])[\w-]{1,60}\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|c|h|cpp|hpp|swift|md|mdx|rst|txt|json|ya?ml|toml|csv|tsv|xml|html|s?css|sql|sh|tf|lock|ini|cfg|vue|svelte)\b/g

function pathsIn(sources: readonly Source[]): readonly string[] {
  const found = new Set<string>()
  for (const source of sources)
    for (const match of withoutUrls(source.text).matchAll(PATH)) {
      if (found.size >= 50) return [...found]
      found.add(match[0].replace(/^\.\//, ''))
    }
  return [...found]
}

const withoutUrls = (text: string): string => text.replace(/\b[a-z]{2,10}:\/\/[^\s)>\]]{1,500}/gi, ' ')
