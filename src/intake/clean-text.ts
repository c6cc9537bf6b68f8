/**
 * Text that people do not see, but a model reads, is taken out and counted (SPEC 1.7): HTML comments, attributes of HTML
 * tags, the `[//]: # (…)` idiom, and characters without a glyph (zero-width, bidi, tag characters, variation selectors,
 * fillers, controls). What emoji need stays: one U+FE0F after an emoji, one joiner between two pictographs.
 *
 * Comments go everywhere, also out of code, because what is code is a question on which two parsers can differ.
 * Attributes stay inside code fences and code spans, where a bug report needs them. Every pass is linear.
 */
const MAX_INPUT = 262_144
const VISIBLE_ATTRIBUTE = /\b(?:href|src)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)/gi
const TAG_WITH_ATTRIBUTES = /<([a-z][a-z0-9-]*)\s([^<>]{0,2000})>/gi
const COMMENT_DEFINITION = /^ {0,3}\[[^\]\n]{0,100}\]:[ \t]*(?:#|<#?>)[ \t]+\S.*$/
const CODE_SPAN = /`[^`\n]+`/g
const INVISIBLE =
  /(?<!\p{Emoji})\uFE0F|(?!\uFE0F|(?<=\p{Extended_Pictographic}\uFE0F?|\p{Emoji_Modifier})\u200D(?=\p{Extended_Pictographic}))\p{Default_Ignorable_Code_Point}|[\uFFF9-\uFFFB]|\p{Surrogate}|(?![\n\t])\p{Cc}/gu

/**
 * @param maxChars length of the result in UTF-16 units; longer text is cut and ends in `…`
 * @returns the text in NFC with `\n` line ends, and how many characters, comments and attribute lists were removed
 */
export function cleanText(text: string, maxChars: number): { text: string; hiddenRemoved: number } {
  let hiddenRemoved = 0
  const hide = () => {
    hiddenRemoved += 1
    return ''
  }
  const lines = text.slice(0, MAX_INPUT).replace(/\r\n?|[\u2028\u2029]/g, '\n')
  const uncommented = withoutComments(lines, hide)
  const visible = withoutHiddenMarkup(uncommented, hide).replace(INVISIBLE, hide).normalize('NFC')
  return { text: cut(visible, maxChars), hiddenRemoved }
}

/** Cuts HTML comments out; `hide` gives what stands in for each. */
export function withoutComments(text: string, hide: () => string): string {
  let out = ''
  let at = 0
  for (const [from, to] of commentsOf(text)) {
    out += text.slice(at, from) + hide()
    at = to
  }
  return out + text.slice(at)
}

/**
 * Where `<!-- … -->` stands: ranges [from, to), as a browser would read them. Without an end it hides the rest of the
 * text where it starts a line (an HTML block), and is plain text elsewhere.
 */
export function commentsOf(text: string): readonly (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = []
  let at = 0
  for (;;) {
    const from = text.indexOf('<!--', at)
    if (from === -1) return ranges
    const to = endOfComment(text, from)
    // Nothing ends after this one, so neither does any later one: only one that starts a line still counts.
    if (to === -1) return [...ranges, ...unendedComment(text, from)]
    ranges.push([from, to])
    at = to
  }
}

/** Cuts at `maxChars` without tearing a surrogate pair; what was cut shows as `…`. */
function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  return `${text.slice(0, Math.max(maxChars - 1, 0)).replace(/[\uD800-\uDBFF]$/, '')}…`.slice(0, maxChars)
}

function endOfComment(text: string, start: number): number {
  if (text.startsWith('<!-->', start)) return start + 5
  if (text.startsWith('<!--->', start)) return start + 6
  const match = /--!?>/g
  match.lastIndex = start + 4
  return match.exec(text) === null ? -1 : match.lastIndex
}

function unendedComment(text: string, from: number): readonly (readonly [number, number])[] {
  const block = /^ {0,3}<!--/gm
  block.lastIndex = text.lastIndexOf('\n', from) + 1
  const match = block.exec(text)
  return match === null ? [] : [[match.index, text.length]]
}

function withoutHiddenMarkup(text: string, hide: () => string): string {
  let fence: string | null = null
  const kept = text.split('\n').map((line) => {
    const [, mark = ''] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? []
    if (fence !== null) {
      if (mark.startsWith(fence) && line.trim() === mark) fence = null
      return line
    }
    if (mark !== '') {
      fence = mark
      return line
    }
    return COMMENT_DEFINITION.test(line) ? hide() : outsideCodeSpans(line, (part) => withoutAttributes(part, hide))
  })
  return kept.join('\n')
}

function outsideCodeSpans(line: string, change: (part: string) => string): string {
  let out = ''
  let at = 0
  for (const span of line.matchAll(CODE_SPAN)) {
    out += change(line.slice(at, span.index)) + span[0]
    at = span.index + span[0].length
  }
  return out + change(line.slice(at))
}

/** Addresses of links and pictures stay: they are what the reader follows and sees. */
function withoutAttributes(text: string, hide: () => string): string {
  return text.replace(TAG_WITH_ATTRIBUTES, (tag: string, name: string, attributes: string) => {
    const kept = attributes.match(VISIBLE_ATTRIBUTE) ?? []
    if (attributes.replace(VISIBLE_ATTRIBUTE, '').replace(/[\s/]/g, '') === '') return tag
    return `<${[name, ...kept].join(' ')}>${hide()}`
  })
}
