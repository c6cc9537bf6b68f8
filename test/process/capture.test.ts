import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCapture } from '../../src/process/capture.ts'

test('what fits is kept whole, to the last byte', () => {
  const capture = createCapture(100)
  capture.add('a'.repeat(60))
  capture.add('b'.repeat(40))
  expect(capture.text()).toBe('a'.repeat(60) + 'b'.repeat(40))
  expect(capture.truncatedBytes()).toBe(0)
})

test('what does not fit keeps its head and its tail, tells exactly what is missing, and breaks no character', () => {
  const pieces = fc.array(fc.string({ unit: 'binary', maxLength: 80 }), { maxLength: 60 })
  fc.assert(
    fc.property(pieces, fc.integer({ min: 100, max: 400 }), (texts, limit) => {
      const whole = Buffer.from(texts.join('')).toString()
      const capture = createCapture(limit)
      for (const text of texts) capture.add(text)
      const kept = capture.text()
      if (Buffer.byteLength(whole) <= limit) return kept === whole
      const gone = capture.truncatedBytes()
      const notice = `\n[… ${gone} bytes left out …]\n`
      const at = kept.indexOf(notice)
      const [head, tail] = [kept.slice(0, at), kept.slice(at + notice.length)]
      return (
        at > 0 &&
        Buffer.byteLength(kept) <= limit &&
        whole.startsWith(head) &&
        whole.endsWith(tail) &&
        Buffer.byteLength(head) + Buffer.byteLength(tail) + gone === Buffer.byteLength(whole)
      )
    }),
  )
})
