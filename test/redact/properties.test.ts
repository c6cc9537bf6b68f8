import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactor } from '../../src/redact/redact.ts'
import { streamRedactor } from '../../src/redact/stream.ts'

/** What a leak can look like. Each takes the value and the text around it, because base64 depends on both. */
const LEAKS: Record<string, (value: string, before: string) => string> = {
  plain: (v) => v,
  json: (v) => JSON.stringify({ v }),
  jsonTwice: (v) => JSON.stringify(JSON.stringify({ v })),
  base64: (v, b) => Buffer.from(b + v).toString('base64'),
  base64url: (v, b) => Buffer.from(b + v).toString('base64url'),
  base64Wrapped: (v, b) =>
    Buffer.from(b + v)
      .toString('base64')
      .replace(/.{13}/g, '$&\n'),
  url: (v) => encodeURIComponent(v),
  urlLower: (v) => encodeURIComponent(v).replace(/%../g, (c) => c.toLowerCase()),
  form: (v) => new URLSearchParams({ v }).toString(),
  percent: (v) => Buffer.from(v).toString('hex').replace(/../g, '%$&'),
  hex: (v) => Buffer.from(v).toString('hex'),
  hexUpper: (v) => Buffer.from(v).toString('hex').toUpperCase(),
}

/** Long and random enough that no chance puts it into the text or into the words of the placeholder. */
const value = fc
  .tuple(fc.string({ unit: 'grapheme', minLength: 0, maxLength: 20 }), fc.stringMatching(/^[A-Z0-9+/!"&<% ]{12,30}$/))
  .map(([a, b]) => `${a}Q${b}Z9`.trim())
const prose = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', ':', '=', '"', '\\', '-', '@'), maxLength: 40 })

/** The value as each decoder would give it back from what is left. */
function readable(text: string): string[] {
  const joined = text.replaceAll('\n', '')
  const decoded = [0, 1, 2, 3].flatMap((skip) =>
    (joined.match(/[A-Za-z0-9+/_-]{8,}/g) ?? []).map((run) => Buffer.from(run.slice(skip), 'base64').toString()),
  )
  const hex = (joined.match(/(?:[0-9a-fA-F]{2}){6,}/g) ?? []).map((run) => Buffer.from(run, 'hex').toString())
  const percent = text
    .replace(/\+/g, ' ')
    .replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
  const json = text.replace(/\\+(["\\/])/g, '$1')
  return [text, percent, json, ...decoded, ...hex]
}

const chunksOf = (text: string, sizes: readonly number[]): string[] => {
  const chunks: string[] = []
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = sizes[i % Math.max(1, sizes.length)] ?? 1
    chunks.push(text.slice(at, at + size))
    at += size
  }
  return chunks
}
const stream = (values: readonly string[], chunks: readonly string[]): string => {
  const redactor = streamRedactor({ values })
  return chunks.map((chunk) => redactor.push(chunk)).join('') + redactor.end()
}

describe('no configured value survives', () => {
  it.each(Object.entries(LEAKS))('as %s, whole or in any chunks', (_name, leak) => {
    fc.assert(
      fc.property(
        value,
        prose,
        prose,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        (v, before, after, sizes) => {
          const text = `${before} ${leak(v, before)} ${after}`
          const whole = redactor({ values: [v] })(text)
          expect(whole).toContain('[redacted')
          for (const shown of readable(whole)) expect(shown.includes(v)).toBe(false)
          expect(stream([v], chunksOf(text, sizes))).toBe(whole)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('comes out of the stream as out of the whole, with tokens, keys and long lines in it', () => {
    const token = ['gh', 'p_', 'FAKEexampleNOTreal0123456789FAKEexam'].join('')
    const body = `${'Q'.repeat(64)}\n`.repeat(4)
    const key = ['-----BE', 'GIN PRIVATE KEY-----\n', body, '-----EN', 'D PRIVATE KEY-----'].join('')
    const piece = fc.oneof(
      prose,
      fc.constantFrom(
        token,
        key,
        key.slice(0, 120),
        'known-value-1',
        'known',
        '\n',
        'known-value-12\n',
        'x'.repeat(3000),
        `"${'y z'.repeat(6000)}`,
      ),
      fc.constantFrom(
        'Authorization: ',
        'Bearer ',
        'abc123def456ghi789',
        '-----BEGIN',
        ' CERTIFICATE-----',
        '://u:',
        'p4ss',
        '@h',
      ),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 }),
        (pieces, sizes) => {
          const text = pieces.join('')
          const values = ['known-value-1', 'known-value-12']
          expect(stream(values, chunksOf(text, sizes))).toBe(redactor({ values })(text))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('holds back a bounded part, whatever arrives', () => {
    for (const unit of ['x', '-----BEGIN A-----', 'QUJD\n', 'known-', '\\']) {
      const s = streamRedactor({ values: ['known-value-1'] })
      let pushed = 0
      let shown = 0
      for (let i = 0; i < 60; i++) {
        const chunk = unit.repeat(Math.ceil(4096 / unit.length))
        pushed += chunk.length
        shown += s.push(chunk).length
      }
      expect(pushed - shown, unit).toBeLessThan(unit.startsWith('-') ? pushed : 70_000)
    }
  })

  it('shows a line that might go on as a secret after a while of silence, and nothing of one that has begun', () => {
    const v = 'known-value-1'
    const wrapped = Buffer.from(v).toString('base64')
    const s = streamRedactor({ values: [v] })
    expect(s.push(`step ${wrapped.slice(0, 1)}\n`)).toBe('')
    expect(s.settle()).toBe(`step ${wrapped.slice(0, 1)}\n`)
    const rest = s.push(`${wrapped.slice(1)} and more\nnext line.\n`) + s.end()
    expect(rest).toMatch(/^\[redacted\]\S{0,4} and more\nnext line\.\n$/)
    const begun = streamRedactor({ values: [v] })
    expect(begun.push(`first.\n${wrapped.slice(0, 12)}\n`)).toBe('first.\n')
    expect(begun.settle()).toBe('')
    expect(begun.push(`${wrapped.slice(12)}\n`) + begun.end()).toMatch(/^\[redacted\]\S{0,4}\n$/)
  })

  it('shows a complete line at once', () => {
    const s = streamRedactor({ values: ['known-value-1'] })
    expect(s.push('first line\nsecond')).toBe('first line\n')
    expect(s.push(' line with known-')).toBe('')
    expect(s.push('value-1.\n')).toBe('second line with [redacted].\n')
  })
})
