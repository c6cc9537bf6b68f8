/** Puts text of others into blocks that it cannot leave (SPEC 5.4; OWASP agentic list, ASI01). */
export interface Untrusted {
  /** A block with its kind and, where known, its author; head and tail within `max` characters. */
  readonly block: (kind: string, text: string, max: number, author?: string) => string
  /** Text outside a block that still must not look like one: a skill's rules. */
  readonly plain: (text: string) => string
  /** How a block begins, for the rules that explain it. */
  readonly example: string
}

/** @param delimiter random, 8 to 64 letters and digits; anything else throws, because blocks would not hold */
export function createUntrusted(delimiter: string): Untrusted {
  if (!/^[A-Za-z0-9]{8,64}$/.test(delimiter)) throw new Error('the delimiter must be 8 to 64 letters and digits')
  const tag = `untrusted-${delimiter}`
  const plain = (text: string): string => withoutLookalikes(withoutHidden(text)).replaceAll(delimiter, '[removed]')
  return {
    plain,
    example: `<${tag} `,
    block: (kind, text, max, author) => {
      const by = author === undefined ? '' : ` author="${nameOf(author)}"`
      return `<${tag} kind="${kind}"${by}>\n${bounded(plain(text), max).toWellFormed()}\n</${tag}>`
    },
  }
}

/** Logs and reviews come here uncleaned: characters that people do not see are no part of what they said. */
const withoutHidden = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/[\p{Cf}\u0000-\u0008\u000b-\u001f\u007f-\u009f\u{e0000}-\u{e0fff}]/gu, '')

/** Whatever a reader could take for the edge of a block, with any bracket that looks like one. */
const withoutLookalikes = (text: string): string =>
  text.replace(
    /[<＜‹〈《﹤˂⟨❮]\s{0,10}[/／⁄∕\\]?\s{0,10}untrusted[\w.-]{0,80}\s{0,3}[>＞›〉》﹥⟩❯]?/giu,
    '[tag removed]',
  )

/** GitHub logins, bots included; anything else is not shown. */
const nameOf = (login: string): string =>
  /^[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:\[bot\])?$/.test(login) ? login : 'unknown'

function bounded(text: string, max: number): string {
  if (text.length <= max) return text
  const head = Math.floor(max * 0.7)
  const cut = text.length - max
  return `${text.slice(0, head)}\n[${cut} characters left out]\n${text.slice(text.length - (max - head))}`
}
