import { describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../src/classify/languages.ts'
import { matchSignals } from '../../src/classify/match-signals.ts'
import { SIGNALS } from '../../src/classify/signals.ts'
import { readText } from '../../src/classify/text.ts'
import { startsOf } from '../../src/classify/word-starts.ts'
import { EXAMPLES } from './examples.ts'
import { labelled } from './labelled.ts'

const ALL = [...SIGNALS, ...LANGUAGES]

/** What sets a signal off that no labelled example has. A new signal needs an example there, or a row here. */
const ROWS: readonly (readonly [signal: string, title: string, body?: string])[] = [
  ['tag_writing', '[content] Spring edition'],
  ['tag_data', 'data: third quarter'],
  ['as_pull_request', 'Compare both and open a pull request'],
  ['as_file', 'Compare both and put the result into docs/both.md'],
  ['in_thread', 'Compare both and answer here'],
  ['reaches_inside', 'The importer opens file:///etc/passwd'],
  ['lead_outside_account', 'Convert the npm account into an organization'],
  ['lead_identify', 'Identify the slowest three queries'],
  ['is_down', 'Website is down again'],
  ['heading_workaround', 'Menu', '### Workaround\nClose it.'],
  ['heading_automation', 'Release', '### Failing workflow\nrelease.yml'],
  ['heading_text', 'Spring edition', '### Audience\nTeachers.'],
  ['lead_clean_resource', 'Clean up fake users'],
  ['take_down', 'Take the old wiki offline'],
  ['change_live_thing', 'Rebuild the production index'],
  ['outside_account', 'Open an account for the project at the bank'],
  ['external_system', 'Create the ticket in Jira'],
  ['de_lead_fix', 'Behebe das Ruckeln beim Scrollen'],
  ['de_danger', 'Bitte alle Benutzer löschen, die nicht mehr da sind'],
  ['de_sensitive', 'Das Passwort ist für mich nicht sichtbar'],
  ['es_lead_fix', 'Corregir el color de los botones'],
  ['es_refactor', 'Renombrar los módulos para que sean claros'],
  ['es_data', 'Convertir los datos que están en la hoja de cálculo'],
  ['es_sensitive', 'Cambiar la contraseña por una más larga para los usuarios'],
  ['fr_lead_fix', 'Corriger les couleurs dans le menu'],
  ['fr_refactor', 'Renommer les modules pour plus de clarté'],
  ['fr_texts', 'Traduire le guide pour les débutants'],
  ['fr_research', 'Comparer les outils pour les cartes'],
  ['fr_operate', 'Redémarrer le serveur pour les tests'],
  ['fr_data', 'Convertir les doublons dans le tableur pour nous'],
  ['fr_danger', 'Supprimer les utilisateurs qui sont dans la liste'],
  ['fr_sensitive', 'Les mots de passe sont trop courts pour nous'],
  ['pt_negative', 'O menu não abre quando o teclado está em uso'],
  ['pt_lead_fix', 'Corrigir a cor dos botões'],
  ['pt_refactor', 'Renomear os módulos para que sejam claros'],
  ['pt_asks', 'Como faço para mudar a cor dos botões?'],
  ['pt_decision', 'Escolher uma licença para o projeto: vantagens e desvantagens'],
  ['pt_operate', 'Reiniciar o servidor quando os testes acabarem'],
  ['pt_data', 'Remover duplicatas da planilha para o relatório'],
  ['pt_danger', 'Apagar todos os usuários que não entraram'],
  ['pt_sensitive', 'As senhas são curtas para os usuários'],
  ['it_fault', 'Il menu non funziona sono triste'],
  ['it_wish', 'Vorrei una lista che sono pronto a usare, grazie'],
  ['it_asks', 'Come posso cambiare una lista? grazie'],
  ['it_danger', 'Cancellare gli utenti della lista, grazie'],
  ['zh_research', '调研地图组件'],
  ['zh_data', '把数据转换成表格'],
  ['ja_refactor', 'メニューのコードをリファクタリングする'],
  ['ja_decision', 'どちらがよいか決めたい'],
  ['ja_research', '地図ライブラリの調査'],
  ['ja_operate', 'サーバーの再起動をお願いします'],
  ['ja_data', 'データの重複を取り除いて集計する'],
  ['ja_danger', '古いユーザーをすべて削除してください'],
  ['ja_sensitive', 'パスワードが短いです'],
  ['ko_fault', '메뉴에서 오류가 발생합니다'],
  ['ko_wish', '다크 모드를 추가해 주세요'],
  ['ko_asks', '설정은 어떻게 바꾸나요'],
  ['ko_danger', '모든 사용자 데이터를 삭제해 주세요'],
  ['ko_sensitive', '비밀번호가 너무 짧습니다'],
  ['ru_refactor', 'Переименовать модули меню'],
  ['ru_decision', 'Стоит ли менять лицензию?'],
  ['ru_research', 'Сравнить библиотеки для карт'],
  ['ru_data', 'Преобразовать таблицу, убрать дубликаты'],
]

const found = (title: string, body = '', { request = '', labels = [] as readonly string[] } = {}) => {
  const { sources } = readText({ title, body, request, labels })
  return matchSignals(ALL, sources).map((match) => match.rule.name)
}

describe('the table of signals', () => {
  test.each(ROWS)('%s: %s', (signal, title, body) => expect(found(title ?? '', body)).toContain(signal))

  test('has no row that nothing sets off', () => {
    const texts = [...EXAMPLES, ...labelled().tuning]
    const seen = new Set(
      texts.flatMap((e) =>
        found(e.title ?? '', e.body ?? '', {
          request: 'request' in e ? (e.request ?? '') : '',
          labels: e.labels ?? [],
        }),
      ),
    )
    for (const [signal] of ROWS) seen.add(signal)
    expect(ALL.map((s) => s.name).filter((name) => !seen.has(name))).toEqual([])
  })
  test('has each name once', () => {
    expect(new Set(ALL.map((s) => s.name)).size).toBe(ALL.length)
  })
  test('has no pattern with an unbounded repetition, so that each is linear', () => {
    for (const { name, pattern } of ALL) {
      const bare = pattern.source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
      expect(bare, name).not.toMatch(/[*+]|\{\d+,\}/)
    }
  })
  test('the quick look before a pattern never keeps it from matching', () => {
    for (const { title = '', body = '', labels = [] } of labelled().tuning) {
      const { sources } = readText({ title, body, request: '', labels })
      const names = (rules: typeof ALL): readonly string[] => matchSignals(rules, sources).map((m) => m.rule.name)
      expect(names(ALL)).toEqual(names(ALL.map((rule) => ({ ...rule, starts: null }))))
    }
  })
})

describe('how a pattern begins', () => {
  test.each([
    ['delete|wipe', ['delet', 'wipe']],
    ['colou?r', ['colo']],
    ['(?:add|remove) it|drop', ['add', 'remov', 'drop']],
    ['(?:re)?start', null],
    ['\\w{2} x', null],
    ['a|be', null],
    ['crash(?:es|ed)?', ['crash']],
  ] as const)('%s → %j', (source, starts) => expect(startsOf(source)).toEqual(starts))
})
