import { describe, expect, it } from 'vitest'
import { readTestRun } from '../../src/verify/counts/counts.ts'
import { readJUnit } from '../../src/verify/counts/junit.ts'

const JEST = {
  numFailedTests: 1,
  testResults: [
    {
      name: '/a.test.js',
      status: 'failed',
      assertionResults: [
        { ancestorTitles: ['list', 'deep'], title: 'x', status: 'passed' },
        { ancestorTitles: [], title: 'y', status: 'failed' },
        { ancestorTitles: [], title: 'z', status: 'pending' },
      ],
    },
    { name: '/b.test.js', status: 'failed', assertionResults: [] },
  ],
}
const MOCHA = {
  stats: { tests: 2 },
  tests: [],
  passes: [{ fullTitle: 'list x' }],
  failures: [{ fullTitle: 'list y', err: { message: 'no' } }],
  pending: [],
}
const GO = [
  { Action: 'run', Package: 'a/b', Test: 'TestX' },
  { Action: 'pass', Package: 'a/b', Test: 'TestX' },
  { Action: 'fail', Package: 'a/b', Test: 'TestY' },
  { Action: 'fail', Package: 'a/b' },
  { Action: 'fail', Package: 'a/c' },
]
const JUNIT = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>
<testsuites><testsuite name="outer"><testsuite name="inner">
  <testcase classname="T" name="x"/><testcase classname="T" name="y"><failure message="no">&a;</failure></testcase>
  <testcase classname="T" name="z"><skipped/></testcase></testsuite></testsuite></testsuites>`

describe('reports that programs read', () => {
  it('jest and vitest in JSON, behind a banner, on one line or many', () => {
    for (const text of [JSON.stringify(JEST), JSON.stringify(JEST, null, 2)]) {
      const run = readTestRun(`\n> a@1.0.0 test\n> jest --json\n\n${text}\n`)
      expect(run.counts).toEqual({ passed: 1, failed: 2, skipped: 1 })
      expect(Object.fromEntries(run.cases)).toEqual({
        'list › deep › x': 'pass',
        y: 'fail',
        z: 'skip',
        '/b.test.js': 'fail',
      })
    }
  })

  it('mocha in JSON', () => {
    const run = readTestRun(JSON.stringify(MOCHA, null, 2))
    expect(run.counts).toEqual({ passed: 1, failed: 1, skipped: 0 })
    expect(Object.fromEntries(run.cases)).toEqual({ 'list x': 'pass', 'list y': 'fail' })
  })

  it('go test -json; a package that does not build has failed', () => {
    const run = readTestRun(GO.map((line) => JSON.stringify(line)).join('\n'))
    expect(Object.fromEntries(run.cases)).toEqual({ 'a/b › TestX': 'pass', 'a/b › TestY': 'fail', 'a/c': 'fail' })
  })

  it('JUnit’s XML, nested, without resolving what a document type declares', () => {
    const run = readJUnit([JUNIT, 'not xml', '<html></html>'])
    expect(run?.counts).toEqual({ passed: 1, failed: 1, skipped: 1 })
    expect(Object.fromEntries(run?.cases ?? [])).toEqual({ 'T › x': 'pass', 'T › y': 'fail', 'T › z': 'skip' })
    expect(readJUnit(['<html></html>'])).toBeNull()
  })

  it.each([
    '{',
    '{"testResults":[null,1,{"assertionResults":[null]}]}',
    '{"stats":{},"passes":[1],"failures":[null]}',
    '{"Action":"pass"}',
  ])('is not put out by %s', (text) => {
    expect(() => readTestRun(text)).not.toThrow()
  })
})
