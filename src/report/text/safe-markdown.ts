import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { visibleHead } from './clean.ts'
import { code, fence, joined, plain, quote, row } from './safe.ts'

type Block = ReturnType<typeof fromMarkdown>['children'][number]

const MAX_DEPTH = 12
/** Deeper nesting than anybody writes: such text is quoted as it is, because parsing it costs more than it is worth. */
const TOO_DEEP = /^[ \t]*(?:(?:[>*+-]|\d{1,9}[.)])[ \t]*){16}|[[*_]{64}/m

/**
 * A longer answer in markdown, rebuilt from its syntax tree: paragraphs, lists, tables, quotes, code and emphasis stay,
 * every text in them goes through `plain`. Headings become bold lines (ours must not be imitated), links show their
 * address as code, images and HTML do nothing.
 * @param max characters of the source that are shown; a cut is said
 */
export function markdown(text: string, max: number): string {
  const source = visibleHead(text, max, (head) => head.trim())
  if (TOO_DEEP.test(source)) return quote(source, max)
  const tree = fromMarkdown(source, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
  return blocks(tree.children, max, 0)
}

function blocks(nodes: readonly Block[], max: number, depth: number): string {
  if (depth > MAX_DEPTH) return '…'
  return nodes
    .map((node) => block(node, max, depth))
    .filter((text) => text !== '')
    .join('\n\n')
}

function block(node: Block, max: number, depth: number): string {
  switch (node.type) {
    case 'paragraph':
      return inline(node.children, depth)
    case 'heading': {
      const words = plain(textOf(node.children, 0))
      return words === '' ? '' : `**${words}**`
    }
    case 'code':
      return fence(node.value, max)
    case 'blockquote':
      return prefixed(blocks(node.children, max, depth + 1), '> ', '> ')
    case 'list':
      return node.children
        .map((item, i) => {
          const mark = node.ordered === true ? `${Math.min((node.start ?? 1) + i, 999_999)}. ` : '- '
          return prefixed(blocks(item.children, max, depth + 1), mark, ' '.repeat(mark.length))
        })
        .join('\n')
    case 'table': {
      const [head, ...body] = node.children.map((line) => line.children.map((cell) => inline(cell.children, depth)))
      if (head === undefined) return ''
      return [row(head), row(head.map(() => '---')), ...body.map(row)].join('\n')
    }
    case 'thematicBreak':
      return '* * *'
    case 'html':
      return code(node.value, 200)
    case 'definition':
      return `${plain(node.label ?? node.identifier)}: ${code(node.url)}`
    case 'footnoteDefinition':
      return blocks(node.children, max, depth + 1)
    default:
      return inline([node], depth)
  }
}

function inline(nodes: readonly Block[], depth: number): string {
  if (depth > MAX_DEPTH) return '…'
  return joined(nodes.map((node) => phrase(node, depth + 1)))
}

function phrase(node: Block, depth: number): string {
  switch (node.type) {
    case 'text':
      return spaced(node.value)
    case 'inlineCode':
      return code(node.value, 400)
    case 'html':
      return code(node.value, 200)
    case 'emphasis':
      return `*${inline(node.children, depth)}*`
    case 'strong':
      return `**${inline(node.children, depth)}**`
    case 'delete':
      return `~~${inline(node.children, depth)}~~`
    case 'break':
      return ' '
    case 'image':
    case 'imageReference':
      return '(image left out)'
    case 'link': {
      const label = textOf(node.children, 0)
      return label === '' || node.url.endsWith(label)
        ? code(node.url, 400)
        : `${spaced(label)} (${code(node.url, 400)})`
    }
    case 'linkReference':
      return inline(node.children, depth)
    default:
      return ''
  }
}

/** `plain` trims; between other words the space must stay. */
function spaced(text: string): string {
  const shown = plain(text, 100_000)
  return `${/^\s/.test(text) ? ' ' : ''}${shown}${/\S\s+$/.test(text) ? ' ' : ''}`
}

function textOf(nodes: readonly Block[], depth: number): string {
  if (depth > MAX_DEPTH) return '…'
  return nodes
    .map((node) => ('value' in node ? node.value : 'children' in node ? textOf(node.children, depth + 1) : ''))
    .join('')
}

const prefixed = (text: string, first: string, rest: string): string =>
  text
    .split('\n')
    .map((line, i) => `${i === 0 ? first : rest}${line}`.trimEnd())
    .join('\n')
