import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TRANSITIONS } from '../../src/task/states.ts'
import { stateDiagram } from '../support/state-diagram.ts'

const README = new URL('../../README.md', import.meta.url)
const BEGIN = '<!-- states:begin -->'
const END = '<!-- states:end -->'

/** `UPDATE_DOCS=1` writes what the table says into the README; without it the README must say it already. */
test('the diagram of the README is the table of states', () => {
  const block = `${BEGIN}\n\n\`\`\`mermaid\n${stateDiagram(TRANSITIONS)}\n\`\`\`\n\n${END}`
  if (process.env['UPDATE_DOCS']) writeFileSync(README, withBlock(existsSync(README) ? read() : '', block))
  const text = read()
  expect(text.split(BEGIN), `README.md needs ${BEGIN} … ${END} once; UPDATE_DOCS=1 writes it`).toHaveLength(2)
  expect(text.slice(text.indexOf(BEGIN), text.indexOf(END) + END.length)).toBe(block)
})

const read = (): string => readFileSync(README, 'utf8')

function withBlock(text: string, block: string): string {
  const from = text.indexOf(BEGIN)
  const to = text.indexOf(END)
  if (from === -1 || to < from) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${block}\n`
  return `${text.slice(0, from)}${block}${text.slice(to + END.length)}`
}
