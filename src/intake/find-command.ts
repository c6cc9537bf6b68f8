/**
 * Where a comment is a command (SPEC 1.1): its first non-blank line outside quotes, code and HTML comments starts with
 * `/supervise`. The markdown is parsed as CommonMark blocks and code spans; all other inline syntax is switched off,
 * because it cannot change which line is first, and some of it costs quadratic time. For the same reason GitHub's additions
 * (tables, task lists, autolinks) are not needed. The word is compared with the raw text: nothing that only renders as
 * `/supervise` (an entity, an escape, a look-alike, a character without a glyph) is the word.
 */
import { fromMarkdown } from 'mdast-util-from-markdown'
import { commentsOf, withoutComments } from './clean-text.ts'

const MAX_CHARS = 16_384
/** More quotes and lists inside each other than anybody writes, and far fewer than the parser's stack can take. */
const MAX_CONTAINERS = 64
const SWITCHED_OFF = [
  'attention',
  'autolink',
  'characterEscape',
  'characterReference',
  'definition',
  'hardBreakEscape',
  'htmlText',
  'labelEnd',
  'labelStartImage',
  'labelStartLink',
  'setextUnderline',
]
/** A word ends at a space or line end; what the eye takes for a space (U+00A0) is one, a zero-width one is not. */
const WORD = /^\/([a-z]+)(?![^ \t\r\n\u00A0])/i
const SOME_LINE = /^ {0,3}\/[a-z]+(?![^ \t\r\n\u00A0])/im

interface FoundCommand {
  /** Lower case, without the slash. */
  readonly word: string
  /** The rest of the word's line, as written. */
  readonly line: string
  /** Ranges [from, to), counted from the start of `line`, that are code or an HTML comment: no flag stands in them. */
  readonly noFlags: readonly (readonly [number, number])[]
  /** All lines after it. */
  readonly tail: string
}

/** @param words lower case; only the first 16 kB of the body are looked at */
export function findCommand(body: string, words: ReadonlySet<string>): FoundCommand | null {
  const source = body.slice(0, MAX_CHARS)
  if (!SOME_LINE.test(source) || nestsTooDeeply(source)) return null
  const tree = fromMarkdown(source, { extensions: [{ disable: { null: SWITCHED_OFF } }] })
  const first = tree.children.find((node) => !(node.type === 'blockquote' || node.type === 'code' || isComment(node)))
  const start = first?.position?.start.offset
  if (first?.type !== 'paragraph' || start === undefined) return null
  const word = WORD.exec(source.slice(start))?.[1]?.toLowerCase()
  if (word === undefined || !words.has(word)) return null
  const from = start + 1 + word.length
  const end = source.slice(from).search(/[\r\n]/)
  const to = end === -1 ? source.length : from + end
  return {
    word,
    line: source.slice(from, to),
    noFlags: [...codeSpansOf(first, from), ...commentsOf(source.slice(from))],
    tail: source.slice(to),
  }
}

function nestsTooDeeply(source: string): boolean {
  return source.split(/\r\n?|\n/).some((line) => {
    const [lead = ''] = /^(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)]))+/.exec(line) ?? []
    return (lead.match(/[>*+-]|\d[.)]/g)?.length ?? 0) > MAX_CONTAINERS
  })
}

function isComment(node: { type: string; value?: unknown }): boolean {
  return node.type === 'html' && typeof node.value === 'string' && withoutComments(node.value, () => '').trim() === ''
}

type Paragraph = Extract<ReturnType<typeof fromMarkdown>['children'][number], { type: 'paragraph' }>

/** The paragraph's children are text and code spans only, everything else being switched off. */
function codeSpansOf(paragraph: Paragraph, origin: number): (readonly [number, number])[] {
  return paragraph.children.flatMap(({ type, position }) => {
    const from = position?.start.offset
    const to = position?.end.offset
    return type === 'inlineCode' && from !== undefined && to !== undefined
      ? [[from - origin, to - origin] as const]
      : []
  })
}
