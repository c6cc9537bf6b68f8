import { describe, expect, test } from 'vitest'
import { firstLine } from '../../src/classify/first-line.ts'
import { isRead, languageOf } from '../../src/classify/language.ts'
import { splitMarkdown } from '../../src/classify/markdown.ts'
import { classifyIssue } from './labelled.ts'

describe('the first line', () => {
  test.each([
    ['[Bug]: it crashes', ['bug'], 'it crashes'],
    ['fix(parser)!: commas', ['fix', 'breaking'], 'commas'],
    ['🐛 Bug report: it crashes', ['bug report'], 'it crashes'],
    ['Feature Request | dark mode', ['feature request'], 'dark mode'],
    ['rpc: allow null', ['rpc'], 'allow null'],
    ['Diff editor: do not jump', ['diff editor'], 'do not jump'],
    ['Delete these users: they are old', [], 'Delete these users: they are old'],
    ['Hi, could you please add a flag', [], 'add a flag'],
    ['We need to rotate the keys', [], 'rotate the keys'],
    ['', [], ''],
  ] as const)('%s', (line, tags, lead) => expect(firstLine(line)).toEqual({ tags, lead }))
})

describe('an issue form', () => {
  const form = [
    '### Issue type',
    '',
    'Feature Request',
    '',
    '### Describe the bug',
    'It is ugly.',
    '### Steps to reproduce',
    '1. look at it',
    '### My own heading',
    'Some words.',
    '<details><summary>Log</summary>',
    'rm -rf /',
    '</details>',
    '- [x] I have searched the issues',
    '_No response_',
    '```sh',
    '# Steps to reproduce',
    '```',
    'At the end.',
  ].join('\n')
  const parts = splitMarkdown(form)

  test('its headings are structure, what stands below is content', () => {
    expect(parts.headings.split('\n')).toEqual(['Issue type', 'Describe the bug', 'Steps to reproduce'])
    expect(parts.prose).toBe('Feature Request\n\nIt is ugly.\n### My own heading\nSome words.\n\nAt the end.')
  })
  test('its type is an answer', () => expect(parts.answers).toEqual(['Feature Request']))
  test('steps, folded logs, confirmations and code give no orders', () => {
    expect(parts.evidence).toContain('1. look at it')
    expect(parts.evidence).toContain('rm -rf /')
    expect(parts.evidence).toContain('I have searched')
    expect(parts.code).toBe('# Steps to reproduce')
  })
  test.each([
    ['Type: <b>Bug</b>', ['Bug']],
    ['**Do you want to request a *feature* or report a *bug*?**\nfeature', ['feature']],
    ['- [x] Bug report\n- [ ] Feature', ['Bug report']],
    ['Type: delete everything', ['delete everything']],
    ['no form', []],
  ])('%j', (text, answers) => expect(splitMarkdown(text).answers).toEqual(answers))

  test('what a heading orders is read as an order', () => {
    expect(splitMarkdown('# Delete all users\nnow').prose).toContain('Delete all users')
    const c = classifyIssue({ title: 'Menu', body: '### Steps: delete all users' })
    expect(c.risk).toBe('high')
  })
})

describe('the language', () => {
  test.each([
    ['Crash when saving a file with the mouse', 'en'],
    ['Absturz beim Speichern einer Datei', 'de'],
    ['El programa se cierra cuando guardo un archivo', 'es'],
    ["L'application plante quand on enregistre dans les dossiers", 'fr'],
    ['O programa fecha quando uma janela abre', 'pt'],
    ['保存文件时崩溃', 'zh'],
    ['保存するとクラッシュします', 'ja'],
    ['저장하면 충돌합니다', 'ko'],
    ['Падает при сохранении', 'ru'],
    ['يتعطل عند الحفظ', 'und'],
    ['Het programma stopt niet als ik het sluit', 'nl'],
    ['Add Müller to the list of the contributors', 'en'],
    ['x', 'en'],
    ['', 'en'],
  ])('%s: %s', (text, code) => {
    expect(
      languageOf(
        text
          .normalize('NFD')
          .replace(/[\u0300-\u036f]/g, '')
          .normalize('NFC'),
      ).code,
    ).toBe(code)
  })
  test('what nobody here reads is known not to be read', () => {
    expect(['en', 'de', 'zh'].every((code) => isRead({ code, isEnglish: false, stopWords: 0 }))).toBe(true)
    expect(['und', 'nl', 'tr'].some((code) => isRead({ code, isEnglish: false, stopWords: 0 }))).toBe(false)
  })
})
