import { describe, expect, test } from 'vitest'
import type { ClassifyInput } from '../../src/classify/classify.ts'
import { classify } from '../../src/classify/classify.ts'
import { inputOf } from './input.ts'

const severalOf = (input: Partial<ClassifyInput>): readonly string[] =>
  (classify(inputOf(input)).several ?? []).map(({ title, type }) => `${type}: ${title}`)

describe('several tasks in one request', () => {
  test('a numbered list in the command', () => {
    const request = '1. fix the crash in the parser\n2. write a blog post about it\n3. deploy the website to production'
    expect(severalOf({ request })).toEqual([
      'bug_fix: fix the crash in the parser',
      'writing: write a blog post about it',
      'ops_automation: deploy the website to production',
    ])
  })
  test('a list in the issue that the command points at', () => {
    const body = 'This is what is left:\n\n- add a search box\n- research hosting providers, with prices'
    expect(severalOf({ request: 'please do this', title: 'Before the launch', body })).toHaveLength(2)
  })
  test('"and also"', () => {
    expect(severalOf({ request: 'Translate the handbook into French, and also rotate the API keys' })).toEqual([
      'writing: Translate the handbook into French',
      'ops_automation: rotate the API keys',
    ])
  })
})

describe('one task, however long', () => {
  test.each([
    ['code, its tests and its documents', '1. add the endpoint\n2. write tests for it\n3. update the README'],
    ['what a form lists', '## Tasks\n\n1. fix the crash\n2. write a blog post about it'],
    ['a checklist', '- [ ] fix the crash\n- [ ] deploy to production'],
    ['how it went wrong', '## Steps to reproduce\n\n1. Add a file\n2. Deploy it to staging'],
    ['what is quoted', '> 1. fix the crash\n> 2. deploy it to production'],
    ['questions and thanks', '- add a flag\n- what do you think?\n- thank you!'],
    ['one order among remarks', '- it is slow\n- it is ugly\n- it is old\n- deploy the website\n- write a blog post'],
    ['more than anybody asks for', '1. add a flag\n2. write a blog post\n'.repeat(10)],
  ])('%s', (_, body) => expect(severalOf({ title: 'The importer', body })).toEqual([]))

  test('a list below a title that says what to do tells how', () => {
    const body = '1. open a file\n2. run the linter\n3. compare the results'
    expect(severalOf({ title: 'Fix the crash of the linter', body })).toEqual([])
  })
  test('whoever has said which kind it is, or which one, is not asked again', () => {
    const request = '1. fix the crash\n2. write a blog post about it'
    expect(severalOf({ request, told: 'bug_fix' })).toEqual([])
    expect(severalOf({ request, isOne: true })).toEqual([])
  })
})
