import { isKnownHeading } from './headings.ts'

/** The pieces of an issue's body: what people wrote, what a form asked, and what a machine printed. */
export interface Parts {
  /** What is written in sentences, but for quotes, comments and the words of a form. */
  readonly prose: string
  readonly code: string
  /** Lines as they stand whose addresses, pictures or tags were taken out of the prose: no words, but maybe a danger. */
  readonly marked: string
  /** "How it went wrong": steps, logs, versions, folded details, ticked confirmations. Read, but it orders nothing. */
  readonly evidence: string
  /** The headings of a form, one a line. */
  readonly headings: string
  /** What a form's "Type" was answered with. */
  readonly answers: readonly string[]
  /** Items of lists that stand under no heading of a form: what is listed there are steps or checks of one task. */
  readonly items: readonly string[]
}

/** Headings beyond this are content: a bound on work. */
const MAX_HEADINGS = 60
const MAX_ANSWERS = 5
const MAX_ITEMS = 20
/** Of a list, but not of a checklist; not indented. */
const ITEM = /^(?:[-*+]|\d{1,2}[.)]) (?!\[[ x]?\])(.{4,500})$/i

const EVIDENCE_HEADING =
  /\b(?:repro(?:duc\w{0,8})?|environment|expected|actual|observed|current (?:behaviou?r|result|output)|logs?|stack ?trace|traceback|output|system info\w{0,7}|versions?|checklist|validations?|confirmation|screenshots?|steps|platform|desktop|smartphone|operating system|browsers?)\b/i
const FORM_TYPE =
  /^(?:(?:issue|request|report|ticket|bug|kind|change)[ -]{0,2})?(?:type|kind|category)(?: of (?:issue|request|change|report|ticket))?$|\bfeature\b.{0,20} or report a.{0,15}bug|^what (?:kind|type) of (?:issue|request|change)/i
const CONFIRMATION =
  /^ ?[-*+] \[[ x]\] ?(?:i |i'|i've|my |yes|no\b|this |there |the (?:feature|issue|bug|pr|patch|problem)\b|checked|searched|read |have |are |is |did |will |patch to|latest|confirm|agree|by )/i
const TEMPLATE =
  /^ ?(?:_?no response_?$|n\/a$|a clear and concise|if applicable,|add any other (?:context|info)|please (?:complete the following|search (?:the )?(?:existing|for)|read (?:the|our|through)|fill (?:in|out)|make sure (?:that |to )?(?:you|there)|check (?:that|if|the existing)|note that)|thanks? (?:you )?for (?:taking|reporting|filing|your)|before (?:submitting|opening|filing|you )|if the current behavior is a bug|which versions? of |did this (?:work|issue)|does this issue (?:occur|happen)|have you (?:searched|read|reproduced)|did you search|explain the problem|steps to reproduce the behaviou?r|note: if the issue|we use github issues|this issue tracker|e\.g\. i'm always frustrated|ex\. i'm always frustrated)/i

/** Splits markdown by lines; linear in the text. */
export function splitMarkdown(text: string): Parts {
  const lines = { prose: [] as string[], code: [] as string[], evidence: [] as string[] }
  const headings: string[] = []
  const answers: string[] = []
  const marked: string[] = []
  const items: string[] = []
  let inForm = false
  let fence: string | null = null
  let folded = 0
  let section: 'prose' | 'evidence' = 'prose'
  let asked = false
  for (const raw of withoutComments(text).split('\n')) {
    const mark = /^ ?(`{3}|~{3})/.exec(raw)?.[1] ?? null
    if (fence !== null) {
      if (mark === fence) fence = null
      else lines.code.push(raw)
      continue
    }
    if (mark !== null) {
      fence = mark
      continue
    }
    if (raw.startsWith('>') || raw.startsWith(' >')) continue
    folded += tagsIn(raw, '<details') - tagsIn(raw, '</details')
    if (folded < 0) folded = 0
    const line = plainLine(raw)
    if (line !== raw) marked.push(raw)
    const found = headings.length < MAX_HEADINGS ? headingIn(line) : null
    if (found !== null) {
      section = EVIDENCE_HEADING.test(found.heading) ? 'evidence' : 'prose'
      asked = FORM_TYPE.test(found.heading)
      if (asked && found.rest !== '') answers.push(found.rest)
      const known = asked || TEMPLATE.test(found.heading) || isKnownHeading(found.heading)
      if (known) headings.push(found.heading)
      inForm = known
      const left = known ? found.rest : line
      // A heading of no form is content, whatever its section holds: it may be an order.
      if (left !== '') lines[folded > 0 ? 'evidence' : known ? section : 'prose'].push(left)
      continue
    }
    const ticked = /^ ?[-*+] \[x\] (.{2,40})$/i.exec(line)?.[1]
    if (ticked !== undefined && WORDS_OF_A_TYPE.test(ticked)) answers.push(ticked)
    else if (asked && line !== '') {
      answers.push(line)
      asked = false
    }
    const set = folded > 0 || CONFIRMATION.test(line) || TEMPLATE.test(line) ? 'evidence' : section
    lines[set].push(line)
    const item = set === 'prose' && !inForm && items.length < MAX_ITEMS ? ITEM.exec(line)?.[1] : undefined
    if (item !== undefined) items.push(item)
  }
  return {
    prose: lines.prose.join('\n').trim(),
    code: lines.code.join('\n'),
    marked: marked.join('\n'),
    evidence: lines.evidence.join('\n').trim(),
    headings: headings.join('\n'),
    items,
    answers: answers.filter((a) => a.length <= 60).slice(0, MAX_ANSWERS),
  }
}

const WORDS_OF_A_TYPE = /^(?:bug|feature|enhancement|documentation|question|refactor|support)/i

const LABEL_LINE = /^ ?([A-Za-z][A-Za-z '/()-]{2,60}): ?(.{0,2000})$/
const MAX_HEADING = 120

/** `## Steps`, `**Expected:** text`, `Type: Bug`, `Steps to reproduce:` → the heading's words and what stands behind it. */
function headingIn(line: string): { heading: string; rest: string } | null {
  const text = line.trimStart()
  const hashes = /^#{1,6}(?= )/.exec(text)
  if (hashes !== null) return limited(text.slice(hashes[0].length), '')
  for (const mark of ['**', '__']) {
    if (!text.startsWith(mark)) continue
    const end = text.indexOf(mark, mark.length)
    return end < 0 ? limited(text, '') : limited(text.slice(0, end), text.slice(end + mark.length))
  }
  const label = LABEL_LINE.exec(text)
  if (label === null) return null
  const found = limited(label[1] ?? '', label[2] ?? '')
  if (found === null || (FORM_TYPE.test(found.heading) && found.rest !== '')) return found
  return found.rest === '' && isKnownHeading(found.heading) ? found : null
}

const limited = (heading: string, rest: string): { heading: string; rest: string } | null =>
  heading.length > MAX_HEADING + 20 || bare(heading) === '' ? null : { heading: bare(heading), rest: bare(rest) }

/** Without markdown's marks, emoji and the colon at its end. */
const bare = (text: string): string =>
  text
    .replace(/[*_`~]/g, '')
    .replace(/^[\p{Extended_Pictographic}\d.):\s-]{1,12}/u, '')
    .replace(/[\p{Extended_Pictographic}\s:?!.]{1,10}$/u, '')
    .trim()

/** Tags of HTML, pictures and the paths of links say nothing; that there is a link stays. */
export function plainLine(line: string): string {
  if (!line.includes('<') && !line.includes('](') && !line.includes('://')) return line
  return line
    .replace(/!\[[^\]\n]{0,300}\]\([^)\n]{0,1000}\)/g, ' ')
    .replace(/<\/?[a-z][^<>\n]{0,300}>/gi, ' ')
    .replace(/\b(https?):\/\/[^\s)>\]|]{1,1000}/gi, '$1://link')
    .replace(/ {2,}/g, ' ')
    .trim()
}

function tagsIn(line: string, tag: string): number {
  let count = 0
  for (let at = line.indexOf(tag); at >= 0; at = line.indexOf(tag, at + 1)) count++
  return count
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
