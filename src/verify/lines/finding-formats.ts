/** How failures are told by what people run: each reader knows one family of formats. All expressions are linear. */
import type { LineFinding } from '../../task/evidence.ts'
import { type KnownFiles, pathIn } from './repository-paths.ts'

type Reader = (lines: readonly string[], files: KnownFiles) => Iterable<LineFinding>

/** Longer blocks are read in part. */
const MAX_BLOCK = 200
const MAX_SAID = 15

/** TAP with the diagnostics of node:test: `not ok 1 - name`, then a block that names the place. */
function* tap(lines: readonly string[], files: KnownFiles): Iterable<LineFinding> {
  for (const [at, line] of lines.entries()) {
    const [, indent = '', name] = /^( *)not ok \d+(?: -)? ?(.*)$/.exec(line) ?? []
    if (name === undefined || /# (?:TODO|SKIP)\b/i.test(name) || !/^ *---$/.test(lines[at + 1] ?? '')) continue
    const block = until(lines, at + 2, (one) => one === `${indent}  ...`)
    // The tests within it are told themselves.
    if (block.some((one) => /failureType: 'subtestsFailed'/.test(one))) continue
    const location = block.map((one) => /^ *location: '(.+):(\d+):\d+'$/.exec(one)).find((found) => found !== null)
    if (!location) continue
    const place = placeOf(location[1], location[2], files)
    if (place) yield { ...closer(place, block, files), title: name, message: tapError(block) }
  }
}

function tapError(block: readonly string[]): string {
  const at = block.findIndex((one) => /^ *error: /.test(one))
  const [, indent = '', value = ''] = /^( *)error: (.*)$/.exec(block[at] ?? '') ?? []
  if (!/^[|>]-?$/.test(value)) return value.replace(/^'|'$/g, '')
  const inner = until(block, at + 1, (one) => one.trim() !== '' && !one.startsWith(`${indent}  `))
  return inner
    .slice(0, MAX_SAID)
    .map((one) => one.trim())
    .join('\n')
}

/** The report of node:test: `test at path:4:1`, the name behind a mark, then what was thrown. */
function* nodeSpec(lines: readonly string[], files: KnownFiles): Iterable<LineFinding> {
  for (const [at, line] of lines.entries()) {
    const [, path, number] = /^ *test at (.+):(\d+):\d+$/.exec(line) ?? []
    const [, name] = /^ *✖ (.*?)(?: \([\d.]+ms\))?$/.exec(lines[at + 1] ?? '') ?? []
    const place = name === undefined ? null : placeOf(path, number, files)
    if (!place) continue
    const block = until(lines, at + 2, (one) => /^ *test at /.test(one))
    yield { ...closer(place, block, files), title: name ?? '', message: beforeTrace(block) }
  }
}

/** `path:3:5: error: …`, `path:12: …`, `path:3:5 - error …`, `path(3,5): error …`, and eslint's list below a path. */
function* diagnostics(lines: readonly string[], files: KnownFiles): Iterable<LineFinding> {
  let listed: string | null = null
  for (const [at, line] of lines.entries()) {
    const [, path, number, said] =
      /^\s*([^\s:()]+):(\d+):(?:\d+:)?\s+(\S.*)$/.exec(line) ??
      /^\s*([^\s:()]+):(\d+):\d+ - (error .*)$/.exec(line) ??
      /^\s*([^\s:()]+)\((\d+),\d+\): (error .*)$/.exec(line) ??
      []
    if (said !== undefined && !/^warning\b|^note\b/i.test(said)) {
      const place = placeOf(path, number, files)
      if (place) yield { ...place, title: '', message: said }
    }
    const [, rustPath, rustLine] = /^\s*--> ([^\s:]+):(\d+):\d+$/.exec(line) ?? []
    const above = lines.slice(Math.max(0, at - 3), at).findLast((one) => /^(?:error|warning)\b/.test(one))
    if (rustPath !== undefined && above?.startsWith('error')) {
      const place = placeOf(rustPath, rustLine, files)
      if (place) yield { ...place, title: '', message: above }
    }
    const [, row, complaint] = /^\s+(\d+):\d+\s+error\s+(\S.*)$/.exec(line) ?? []
    if (complaint !== undefined && listed !== null)
      yield { path: listed, line: Number(row), title: '', message: complaint }
    if (!/^\s/.test(line)) listed = line.includes(' ') ? null : pathIn(line, files)
  }
}

/** What was thrown, and the first line of the trace below it that is in the repository. */
function* traces(lines: readonly string[], files: KnownFiles): Iterable<LineFinding> {
  let thrown: string | null = null
  for (const line of lines) {
    const frame = FRAME.exec(line)
    if (!frame) {
      if (THROWN.test(line)) thrown = line.trim()
      continue
    }
    const place = thrown === null ? null : placeOf(frame[1], frame[2], files)
    if (!place || thrown === null) continue
    yield { ...place, title: '', message: thrown }
    thrown = null
  }
}

/** `at f (path:3:5)`, `at path:3:5`, ` ❯ path:3:5`. */
const FRAME = /^\s*(?:at |❯ )(?:[^()]*\()?([^()\s]+):(\d+):\d+\)?\s*$/
const THROWN = /^\s*(?:Uncaught )?(?:[\w.]*Error|AssertionError|[\w.]*Exception)\b.{0,40}:/

/** Python names the innermost place last, and what was raised below it. */
function* python(lines: readonly string[], files: KnownFiles): Iterable<LineFinding> {
  let place: Pick<LineFinding, 'path' | 'line'> | null = null
  for (const line of lines) {
    const [, path, number] = /^\s*File "([^"]+)", line (\d+)/.exec(line) ?? []
    if (path !== undefined) {
      place = placeOf(path, number, files) ?? place
      continue
    }
    if (place === null || !/^[\w.]*(?:Error|Exception|Warning|Exit)\b/.test(line)) continue
    yield { ...place, title: '', message: line }
    place = null
  }
}

export const FINDING_READERS: readonly Reader[] = [tap, nodeSpec, diagnostics, python, traces]

function placeOf(path: string | undefined, line: string | undefined, files: KnownFiles) {
  const known = path === undefined ? null : pathIn(path, files)
  return known === null ? null : { path: known, line: Number(line) }
}

/** Where in the same file the trace of a failed test leads: the assertion says more than the test's first line. */
function closer(place: { path: string; line: number }, block: readonly string[], files: KnownFiles) {
  for (const line of block) {
    const [, path, number] = /(?:\(|\bat )([^()\s]+):(\d+):\d+\)?/.exec(line) ?? []
    const found = placeOf(path, number, files)
    if (found?.path === place.path) return found
  }
  return place
}

function beforeTrace(block: readonly string[]): string {
  const said = until(block, 0, (one) => /^\s+at /.test(one)).slice(0, MAX_SAID)
  return said
    .map((one) => one.trim())
    .join('\n')
    .trim()
}

function until(lines: readonly string[], from: number, ends: (line: string) => boolean): string[] {
  const block = lines.slice(from, from + MAX_BLOCK)
  const end = block.findIndex(ends)
  return end < 0 ? block : block.slice(0, end)
}
