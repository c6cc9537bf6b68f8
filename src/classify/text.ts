import type { Risk } from '../task/task.ts'

/** At most so many characters are read, request first, then title, then body: every later step is linear in this. */
const MAX_READ = 20_000

/**
 * A piece of the text with what it is worth. `riskCap` is the highest risk that a signal found here may set while the
 * task is about code: a bug report that quotes `rm -rf` is not a request to run it.
 */
export interface Source {
  readonly name: 'request' | 'title' | 'body' | 'evidence' | 'code' | 'label'
  readonly text: string
  /** The first line without greeting, politeness and tags, where a leading verb stands. */
  readonly lead: string
  readonly weight: number
  readonly riskCap: Risk
}

interface ReadText {
  readonly sources: readonly Source[]
  /** Paths named in the text, at most 50. */
  readonly paths: readonly string[]
  /** The prose that says what is wanted; its size is the size of the request. */
  readonly wanted: string
}

interface TextInput {
  readonly title: string
  readonly body: string
  readonly request: string
  readonly labels: readonly string[]
}

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
  const title = take(input.title).split('\n')[0] ?? ''
  const body = splitMarkdown(take(input.body))
  const pointsAtIssue = isPointer(request.prose) && request.code.trim() === ''
  const [titleWeight, bodyWeight] = pointsAtIssue ? [1, 0.7] : [0.5, 0.25]
  const contextCap: Risk = pointsAtIssue ? 'high' : 'medium'

  const sources: Source[] = [
    prose('request', request.prose, 1, 'high'),
    plain('code', request.code, 1, 'high'),
    plain('evidence', request.evidence, 0.5, 'high'),
    prose('title', title, titleWeight, contextCap),
    prose('body', body.prose, bodyWeight, contextCap),
    plain('evidence', body.evidence, bodyWeight, 'medium'),
    plain('code', body.code, bodyWeight, 'medium'),
    ...tagsOf(request.prose).map((tag) => plain('label', tag, 1, 'high')),
    ...tagsOf(title).map((tag) => plain('label', tag, titleWeight, contextCap)),
    ...input.labels.slice(0, 30).map((label) => plain('label', labelWord(label), pointsAtIssue ? 1 : 0.4, contextCap)),
  ]
  return {
    sources: sources.filter((s) => s.text !== ''),
    paths: pathsIn(sources.filter((s) => s.name !== 'label' && (pointsAtIssue || s.riskCap === 'high'))),
    wanted: (pointsAtIssue ? [request.prose, title, body.prose] : [request.prose]).join('\n').trim(),
  }
}

/** One kind of apostrophe, space and line end, and no runs of them, so that patterns stay simple and linear. */
function normalise(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\p{Cf}\u0000-\u0008\u000b-\u001f\u007f]/gu, '')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const EVIDENCE_HEADING =
  /\b(?:repro(?:duc\w{0,8})?|environment|expected|actual|observed|current behaviou?r|logs?|stack ?trace|output|system info|versions?)\b/i

interface Parts {
  prose: string
  code: string
  evidence: string
}

/** Prose, fenced code and the "how it went wrong" sections of a bug report; quotes and HTML comments are left out. */
function splitMarkdown(text: string): Parts {
  const lines: Record<keyof Parts, string[]> = { prose: [], code: [], evidence: [] }
  let fence: string | null = null
  let section: 'prose' | 'evidence' = 'prose'
  for (const line of withoutComments(text).split('\n')) {
    const mark = /^ ?(`{3}|~{3})/.exec(line)?.[1] ?? null
    if (fence !== null) {
      if (mark === fence) fence = null
      else lines.code.push(line)
    } else if (mark !== null) fence = mark
    else if (line.startsWith('>') || line.startsWith(' >')) continue
    else {
      const heading = /^(?:#{1,6} |\*\*)([^\n]{1,100})/.exec(line)?.[1]
      if (heading !== undefined) section = EVIDENCE_HEADING.test(heading) ? 'evidence' : 'prose'
      lines[section].push(line)
    }
  }
  return {
    prose: lines.prose.join('\n').trim(),
    code: lines.code.join('\n'),
    evidence: lines.evidence.join('\n').trim(),
  }
}

/** By index, not by pattern: an unclosed comment takes the rest, as GitHub renders it. */
function withoutComments(text: string): string {
  let out = ''
  let at = 0
  for (;;) {
    const open = text.indexOf('<!--', at)
    if (open < 0) return out + text.slice(at)
    out += text.slice(at, open)
    const close = text.indexOf('-->', open + 4)
    if (close < 0) return out
    at = close + 3
  }
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

const PREAMBLE =
  /^(?:please|pls|kindly|hey|hi|hello|ok|okay|so|now|just|also|then|first|let's|lets|let us|(?:can|could|would|will) (?:you|someone|somebody|we)|(?:i|we)(?: would|'d)? (?:really )?(?:want|need|like|have)(?: you)? to|(?:we|you) (?:must|should) (?!we)|try to|help(?: me| us)? to|your task is to|the task is to|go ahead and|-|\*|\d{1,3}[.)])[,:!]? /i

function prose(name: Source['name'], text: string, weight: number, riskCap: Risk): Source {
  return { name, text, lead: leadOf(text), weight, riskCap }
}

function plain(name: Source['name'], text: string, weight: number, riskCap: Risk): Source {
  return { name, text, lead: '', weight, riskCap }
}

function leadOf(text: string): string {
  let lead = stripTags(firstLine(text)).rest
  for (let i = 0; i < 5; i++) {
    const next = lead.replace(PREAMBLE, '')
    if (next === lead) break
    lead = next
  }
  return lead
}

const firstLine = (text: string): string =>
  (text.split('\n', 20).find((l) => l.trim() !== '' && !l.startsWith('#')) ?? '').trim().slice(0, 400)

const tagsOf = (text: string): readonly string[] => stripTags(firstLine(text)).tags

const BRACKET = /^(?:\[([^\]\n]{1,40})\]|【([^】\n]{1,40})】) ?:? ?/
const CONVENTIONAL =
  /^(fix|feat|feature|docs?|refactor|perf|tests?|chore|ci|build|style|revert|deps|hotfix|ops|research|spike|data)(?:\(([^)\n]{1,40})\))?(!?): ?/i
const WORD_PREFIX =
  /^(bug(?: report)?|feature(?: request)?|enhancement|question|documentation|rfc|proposal|discussion|decision|task|q): ?/i

/** `[Bug] x`, `fix(scope)!: x`, `Feature request: x` → the tag words and the rest. A breaking mark is a tag too. */
function stripTags(line: string): { tags: readonly string[]; rest: string } {
  const tags: string[] = []
  let rest = line
  for (let i = 0; i < 3; i++) {
    const found = BRACKET.exec(rest) ?? CONVENTIONAL.exec(rest) ?? WORD_PREFIX.exec(rest)
    if (found === null) break
    tags.push(labelWord(found[1] ?? found[2] ?? ''))
    if (found[3] === '!') tags.push('breaking')
    rest = rest.slice(found[0].length)
  }
  return { tags, rest }
}

/** `type: bug`, `kind/bug`, `T-bug`, `🐛 Bug` → `bug`. */
function labelWord(label: string): string {
  const last = label.slice(0, 100).toLowerCase().split(/[:/]/).at(-1) ?? ''
  return last
    .replace(/[^a-z0-9 _-]/g, '')
    .trim()
    .replace(/^[a-z]-/, '')
    .replace(/[_-]/g, ' ')
    .slice(0, 50)
}

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
