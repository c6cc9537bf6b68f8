import { describe, expect, test } from 'vitest'
import { redactor } from '../../src/redact/redact.ts'
import { createLineBatch } from '../../src/supervisor/jobs/line-batch.ts'

const SECRET = 'correct-horse-battery-staple-42'
const makeBatch = () => createLineBatch({ redact: redactor({ values: [SECRET] }), secrets: [SECRET] })
const texts = (batch: ReturnType<typeof makeBatch>): string[] => batch.take().map(({ text }) => text)

describe('lines of a run', () => {
  test('come out whole, however the output is cut, and once', () => {
    const batch = makeBatch()
    for (const text of ['one\ntw', 'o\n\nthr', 'ee']) batch.hear({ type: 'output', text })
    expect(texts(batch)).toEqual(['one', 'two'])
    batch.end()
    expect(texts(batch)).toEqual(['three'])
    expect(batch.take()).toEqual([])
  })

  test('keep what an agent says and does in its order', () => {
    const batch = makeBatch()
    batch.hear({ type: 'message', text: 'I look.\nAnd I see.' })
    batch.hear({ type: 'tool', name: 'Edit' })
    expect(batch.take()).toEqual([
      { kind: 'message', text: 'I look.' },
      { kind: 'message', text: 'And I see.' },
      { kind: 'tool', text: 'Edit' },
    ])
  })

  test.each([
    ['in one piece', [`key ${SECRET} end\n`]],
    ['cut anywhere', [...`key ${SECRET} end\n`]],
    ['with colours between its letters', [`key ${SECRET.slice(0, 9)}\u001b[31m${SECRET.slice(9)} end\n`]],
  ])('hold no secret: %s', (_, pieces) => {
    const batch = makeBatch()
    for (const text of pieces) batch.hear({ type: 'output', text })
    batch.end()
    const said = texts(batch).join('\n')
    expect(said).toMatch(/^key .* end$/)
    expect(said).not.toContain('correct-horse')
  })

  test('are bounded whatever comes in, and say that something is left out', () => {
    const batch = makeBatch()
    const flood = `${'y\n'.repeat(4_000)}`
    for (let n = 0; n < 200; n++) batch.hear({ type: 'output', text: flood })
    batch.hear({ type: 'output', text: 'z'.repeat(1_000_000) })
    const lines = batch.take()
    expect(lines.length).toBeLessThanOrEqual(201)
    expect(lines[0]?.kind).toBe('left_out')
    expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThanOrEqual(501)
  })

  test('go on after a flood with the next whole line: a secret that the cut went through is not shown', () => {
    const batch = makeBatch()
    batch.hear({ type: 'output', text: `key ${SECRET.slice(0, 20)}` })
    batch.hear({ type: 'output', text: 'y\n'.repeat(200_000) })
    batch.take()
    batch.hear({ type: 'output', text: `${SECRET.slice(20)}\nnext\n` })
    expect(texts(batch)).toEqual(['next'])
  })
})
