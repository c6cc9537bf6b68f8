import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'

/** What GitHub leaves of HTML in a comment, as far as we write any. */
const ALLOWED = new Set([
  'details',
  'summary',
  'sub',
  'sup',
  'kbd',
  'code',
  'br',
  'b',
  'i',
  'strong',
  'em',
  'blockquote',
])
/** Tags that markdown itself makes. */
const OF_MARKDOWN =
  /^(?:p|h[1-6]|ul|ol|li|pre|hr|a|img|del|table|thead|tbody|tr|th|td|input|section|br|code|em|strong|blockquote)$/

/**
 * Markdown as a comment on GitHub shows it: its own flavour, every line break of a paragraph kept, HTML comments gone, and
 * of other HTML only the few harmless elements, without attributes.
 */
export function gitHubHtml(markdown: string): string {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  })
  return broken(sanitised(html.replace(/<!--[\s\S]*?-->/g, '')))
}

function sanitised(html: string): string {
  return html.replace(/<(\/?)([a-zA-Z][\w-]*)([^>]*)>/g, (all, slash: string, name: string, rest: string) => {
    const tag = name.toLowerCase()
    if (OF_MARKDOWN.test(tag) && !/\son\w+=|javascript:/i.test(rest)) return all
    if (!ALLOWED.has(tag)) return all.replaceAll('<', '&lt;')
    return `<${slash}${tag}${tag === 'details' && rest.trim() === 'open' ? ' open' : ''}>`
  })
}

/** In comments, unlike in files, GitHub turns a line's end into a break. */
function broken(html: string): string {
  return html.replace(/<p>([\s\S]*?)<\/p>/g, (_all, inner: string) => `<p>${inner.replace(/\n/g, '<br>\n')}</p>`)
}
