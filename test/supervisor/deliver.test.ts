import { describe, expect, test } from 'vitest'
import { fileOf } from '../../src/supervisor/answers/deliver.ts'

const DATA = 'Here they are:\n\n```csv\nname,sum\na,3\n```\n\nThat is 1 record.\n'

describe('the file that holds a result', () => {
  test.each([
    ['a document holds the answer as it is', '# Report\n\nYes.', 'docs/report.md', '# Report\n\nYes.\n'],
    ['data are taken out of the words around them', DATA, 'data/sums.csv', 'name,sum\na,3\n'],
    ['in a document the words stay', DATA, 'docs/sums.md', DATA],
    ['data without a block are all of the answer', '{"a":1}', 'a.JSON', '{"a":1}\n'],
    ['nothing stays nothing', ' \n', 'docs/report.md', ''],
  ])('%s', (_, answer, path, file) => expect(fileOf(answer, path)).toBe(file))
})
