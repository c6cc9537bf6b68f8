import type { Situation } from '../../report/situation.ts'
import { visible } from '../../report/text/clean.ts'
import { dateText } from '../../report/text/format.ts'
import { HEADLINES } from '../../report/text/headline.ts'
import { type Html, html, type Piece } from '../html.ts'

/** Foreign text as one line: no hidden characters, nothing that turns the line around. */
export function line(text: string, max = 200): string {
  const clean = visible(text.slice(0, 4 * max))
    .replace(/\s+/g, ' ')
    .trim()
  return clean.length > max ? `${clean.slice(0, max - 1).trimEnd()}…` : clean
}

/** Our own words, in which `…` stands for code. */
export function prose(text: string): Html {
  return html`${text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}`
}

/** `approved_by_person` as people read it. */
export const spoken = (name: string): string => name.toLowerCase().replaceAll('_', ' ')

export const time = (at: Date): Html => html`<time datetime="${at.toISOString()}">${dateText(at)}</time>`

/** How each situation is coloured: what goes on, what waits for people, what went well or badly, what is over. */
const TONES: Record<(typeof HEADLINES)[Situation][0], string> = {
  '▶': 'work',
  '⏸': 'wait',
  '✔': 'good',
  '✖': 'bad',
  '■': 'over',
}

export function badge(situation: Situation): Html {
  const [mark, words] = HEADLINES[situation]
  return html`<span class="badge ${TONES[mark]}"><span aria-hidden="true">${mark}</span> ${words}</span>`
}

/** A part of a page that its contents lead to. */
export interface Section {
  readonly id: string
  readonly heading: string
  readonly body: Html
}

export function section(id: string, heading: string, body: Piece): Section {
  return { id, heading, body: html`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>${body}</section>` }
}

/** A table that can be scrolled sideways, also by keyboard. */
export function table(label: string, heads: readonly string[], rows: readonly (readonly Piece[])[]): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${heads.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) => html`<tr>${cells.map((c) => html`<td>${c}</td>`)}</tr>
`,
  )}</tbody></table></div>`
}

/** A page of GitHub; the address is made by us, and checked all the same. */
export function outward(address: string | null, words: Piece): Piece {
  if (address === null || !/^https?:\/\//.test(address)) return words
  return html`<a href="${address}" rel="noopener noreferrer">${words}</a>`
}
