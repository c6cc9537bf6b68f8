/**
 * A block behind one line. Markdown needs the empty lines inside it.
 * @param summary our own words or `htmlText`, because markdown does not work in it
 */
export function folded(summary: string, body: string, open: 'open' | 'closed' = 'closed'): string {
  return `<details${open === 'open' ? ' open' : ''}><summary>${summary}</summary>\n\n${body}\n\n</details>`
}
