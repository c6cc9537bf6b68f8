/**
 * Text that is safe to stand in a page. Only the tag `html` makes it, and it escapes everything that is put into it, so
 * there is no way to write foreign text into a page unescaped: no function here takes a string for markup.
 */
export interface Html {
  readonly [SAFE]: string
}

const SAFE = Symbol('safe HTML')

export type Piece = Html | string | number | null | false | readonly Piece[]

/** A template of a page. Put values into text, or into attributes in double quotes; never into the name of anything. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let text = strings[0] ?? ''
  for (const [i, piece] of pieces.entries()) text += markup(piece) + (strings[i + 1] ?? '')
  return { [SAFE]: text }
}

/** The page as it is sent. */
export const sent = (page: Html): string => page[SAFE]

function markup(piece: Piece): string {
  if (piece === null || piece === false) return ''
  if (typeof piece === 'string' || typeof piece === 'number') return escaped(String(piece))
  if (SAFE in piece) return piece[SAFE]
  return piece.map(markup).join('')
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? '')
