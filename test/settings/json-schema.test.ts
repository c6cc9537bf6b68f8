import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { packageRoot } from '../../src/package-root.ts'
import { operatorSchema } from '../../src/settings/operator-schema.ts'
import { parseOperatorSettings, parseRepositorySettings } from '../../src/settings/parse.ts'
import { repositorySchema } from '../../src/settings/repository-schema.ts'

const DIR = join(packageRoot(import.meta.dirname), 'schema')

/** What editors complete and check by; `UPDATE_SCHEMA=1` writes the files anew. */
const PUBLISHED = [
  ['supervisor.config', operatorSchema, 'The operator’s supervisor.config.yml', parseOperatorSettings],
  ['supervisor', repositorySchema, 'A repository’s .github/supervisor.yml', parseRepositorySettings],
] as const

describe.each(PUBLISHED)('%s.schema.json', (name, schema, title, parse) => {
  const file = join(DIR, `${name}.schema.json`)
  const made = { ...z.toJSONSchema(schema, { io: 'input' }), title }
  const text = `${JSON.stringify(made, null, 2)}\n`
  if (process.env['UPDATE_SCHEMA'] === '1') {
    mkdirSync(DIR, { recursive: true })
    writeFileSync(file, text)
  }

  test('is the schema that the program reads with', () =>
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(text)))

  const isValid = new Ajv2020({ strict: false, unicodeRegExp: true }).compile(JSON.parse(readFileSync(file, 'utf8')))
  test.each([
    [{ automation: 'manual', verify: [{ name: 'tests', run: 'npm test', timeout: '10m' }] }, true],
    [{ rules: [{ except: ['maria'], commands: ['run'], decide: 'refuse' }] }, true],
    [{ automation: 'careless' }, false],
    [{ verfy: [] }, false],
    [{ limits: { files: 0 } }, false],
    [{ rules: [{ decide: 'allow' }] }, false],
  ])('%j: editor and program agree', (value, wanted) => {
    expect(isValid(value)).toBe(wanted)
    expect(parse(JSON.stringify(value), 'x.yml').ok).toBe(wanted)
  })
})
