import { expect, test } from 'vitest'
import { parseDuration, parseMoney, parseSize } from '../../src/settings/units.ts'

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['2H', 7_200_000],
  ['7d', 604_800_000],
  ['0s', 0],
  ['10', null],
  ['1.5h', null],
  ['-5m', null],
  ['10 m', null],
  ['1h30m', null],
  ['9999999999m', null],
  ['constructor', null],
  ['', null],
])('duration %j → %j', (text, ms) => expect(parseDuration(text)).toBe(ms))

test.each([
  ['5usd', 5],
  ['0.50USD', 0.5],
  ['$12', 12],
  ['5', null],
  ['$5usd', null],
  ['5eur', null],
  ['1.234usd', null],
  ['-1usd', null],
  ['1e3usd', null],
  ['Infinityusd', null],
])('money %j → %j', (text, usd) => expect(parseMoney(text)).toBe(usd))

test.each([
  ['1MB', 1_000_000],
  ['500kB', 500_000],
  ['2MiB', 2_097_152],
  ['10B', 10],
  ['1m', null],
  ['1', null],
  ['1ib', null],
])('size %j → %j', (text, bytes) => expect(parseSize(text)).toBe(bytes))
