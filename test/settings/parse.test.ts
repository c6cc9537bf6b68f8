import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { operatorSchema } from '../../src/settings/operator-schema.ts'
import { DEFAULT_OPERATOR_SETTINGS, parseOperatorSettings, parseRepositorySettings } from '../../src/settings/parse.ts'
import { repositorySchema } from '../../src/settings/repository-schema.ts'

const FILE = '.github/supervisor.yml'

function problemsOf(
  text: string,
  parse: typeof parseRepositorySettings | typeof parseOperatorSettings = parseRepositorySettings,
) {
  const parsed = parse(text, FILE)
  return parsed.ok ? [] : parsed.problems
}

describe('a repository file', () => {
  test('every key of it is read, with its units', () => {
    const text = `
automation: balanced
prefer: { coding: [claude-code, codex], reasoning: [claude] }
verify:
  - { name: tests, run: npm test, timeout: 10m, required: false }
  - { name: lint, run: npm run lint }
setup: npm ci
protected: ["infra/**"]
approvals: { required: 2, requesterCounts: false, expires: 36h }
merge: on_approval
ci: { wait: 90s, required: [build, "test (20)"] }
limits: { budget: 2.50usd, time: 1h, files: 10, bytes: 200kB, repairs: 0, followUps: 1, parallel: 3 }
commands: { aliases: true }
labels: { trigger: "bot: go", states: false }
results: { as: pull_request, folder: docs/research }
skills: { allow: [release-notes] }
`
    expect(parseRepositorySettings(text, FILE)).toEqual({
      ok: true,
      value: {
        automation: 'balanced',
        prefer: { coding: ['claude-code', 'codex'], reasoning: ['claude'] },
        verify: [
          { name: 'tests', run: 'npm test', timeoutMs: 600_000, required: false },
          { name: 'lint', run: 'npm run lint', timeoutMs: 600_000, required: true },
        ],
        setup: 'npm ci',
        protected: ['infra/**'],
        approvals: { required: 2, requesterCounts: false, expiresMs: 129_600_000 },
        merge: 'on_approval',
        ci: { waitMs: 90_000, required: ['build', 'test (20)'] },
        limits: { budgetUsd: 2.5, timeMs: 3_600_000, files: 10, bytes: 200_000, repairs: 0, followUps: 1, parallel: 3 },
        commands: { aliases: true },
        labels: { trigger: 'bot: go', states: false },
        results: { as: 'pull_request', folder: 'docs/research' },
        skills: { allow: ['release-notes'] },
      },
    })
  })

  test.each(['', '# nothing yet\n', '\uFEFF', '{}', '---\n'])('an empty one is no mistake: %j', (text) => {
    expect(parseRepositorySettings(text, FILE)).toEqual({ ok: true, value: {} })
  })

  test("this repository's own is valid", () => {
    expect(problemsOf(readFileSync(new URL('../../.github/supervisor.yml', import.meta.url), 'utf8'))).toEqual([])
  })

  test.each([
    ['automation: ful', 'automation', 1, 13, 'manual, cautious, balanced, full'],
    ['results: { as: issue }', 'results.as', 1, 16, 'comment, pull_request'],
    ['results: { folder: .github/workflows }', 'results.folder', 1, 20, 'a folder of the repository'],
    ['results: { folder: docs/../src }', 'results.folder', 1, 20, 'a folder of the repository'],
    ['limits:\n  budget: 5\n', 'limits.budget', 2, 11, '5usd'],
    ['limits:\n  bugdet: 5usd\n', 'limits.bugdet', 2, 3, 'budget, time, files'],
    ['limits: { time: 2w }', 'limits.time', 1, 17, 's, m, h, d'],
    ['limits: { bytes: 1TB }', 'limits.bytes', 1, 18, 'kB, MB'],
    ['limits: { repairs: 1.5 }', 'limits.repairs', 1, 20, 'whole number from 0 to 20'],
    ['limits: { files: .inf }', 'limits.files', 1, 18, 'whole number'],
    ['verify:\n  - name: a\n    run: ""\n', 'verify[0].run', 3, 10, 'shell command'],
    ['verify: []', 'verify', 1, 9, 'leave the key out'],
    ['verify:\n  - { name: a, run: x }\n  - { name: a, run: y }\n', 'verify', 2, 3, 'different name'],
    ['setup:\n', 'setup', 1, 7, 'shell command'],
    ['ci: { required: [] }', 'ci.required', 1, 17, 'auto, or a list'],
    ['ci: { required: some }', 'ci.required', 1, 17, 'auto, or a list'],
    ['protected:\n  - ok/**\n  - "!src/**"\n', 'protected[1]', 3, 5, 'without a leading !'],
    ['protected: ["a/../../b"]', 'protected[0]', 1, 13, 'without ..'],
    ['prefer: { codng: [a] }', 'prefer.codng', 1, 11, 'reasoning, coding'],
    ['commands: { aliases: yes }', 'commands.aliases', 1, 22, 'true or false'],
    ['labels: { trigger: "a,b" }', 'labels.trigger', 1, 20, 'without a comma'],
    ['merge: always', 'merge', 1, 8, 'never, on_approval'],
    ['verify: npm test', 'verify', 1, 9, 'a list'],
    ['- automation', '', 1, 1, 'map of keys'],
    ['policy: { default: auto-execute }', 'policy', 1, 1, 'automation, prefer'],
  ])('%j is refused at its line, and the message names what is allowed', (text, key, line, column, allowed) => {
    const [problem] = problemsOf(text)
    expect(problem).toMatchObject({ file: FILE, key, line, column })
    expect(problem?.message).toContain(allowed)
  })

  test.each([
    'backends',
    'sandbox',
    'network',
    'sandboxPaths',
    'installations',
    'budgets',
    'concurrency',
    'dataDir',
    'retention',
  ])('cannot set the operator’s key %s, and is told so', (key) => {
    const [problem] = problemsOf(`automation: full\n${key}: off\n`)
    expect(problem).toMatchObject({ key, line: 2, column: 1 })
    expect(problem?.message).toContain('operator only')
  })

  test.each([
    ['an alias cycle', 'policy: &a\n  x: *a\n', 2],
    ['an alias', 'setup: &a npm ci\nverify: [{ name: a, run: *a }]\n', 2],
    ['a merge key', 'limits: { <<: { files: 9 } }', 1],
    ['a tag', 'merge: !never never', 1],
    ['a binary tag', 'setup: !!binary bnBtIGNp', 1],
    ['a key that stands twice', 'automation: manual\nautomation: full\n', 2],
    ['a key that is a list', '? [automation]\n: full\n', 1],
    ['two documents', 'automation: manual\n---\nautomation: full\n', 2],
    ['broken syntax', 'limits: { files: 3\nmerge: never\n', 1],
    ['brackets without end', '['.repeat(50_000), 1],
    ['dashes without end', '- '.repeat(30_000), 1],
    ['too many levels', Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 1],
    ['more than 64 kB', `# ${'x'.repeat(65_536)}`, 1],
  ])('%s is refused', (_, text, line) => {
    const [problem] = problemsOf(text)
    expect(problem?.message).toMatch(/^(?!cannot be read)./)
    expect(problem?.line).toBeGreaterThanOrEqual(line)
  })

  test('prototype keys are refused and change nothing', () => {
    const keys = problemsOf('__proto__:\n  automation: full\nconstructor:\n  prototype: { admin: true }\n').map(
      (p) => p.key,
    )
    expect(keys).toEqual(['__proto__', 'constructor', 'prototype'])
    expect(({} as Record<string, unknown>)['automation']).toBeUndefined()
  })

  test('what is shown of a hostile file is short and visible', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => `k${i}\u202e: 1`).join('\n')
    const problems = problemsOf(many)
    expect(problems).toHaveLength(20)
    for (const { key, message } of problemsOf(`"${'k'.repeat(500)}\\u202e\\n": 1`)) {
      expect(key.length).toBeLessThanOrEqual(120)
      expect(`${key}${message}`).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    }
  })

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void parseRepositorySettings(text, FILE)),
    )
    fc.assert(fc.property(fc.json(), (text) => void parseOperatorSettings(text, FILE)))
  })
})

describe('the operator’s file', () => {
  test('an empty one has the careful defaults of the specification', () => {
    const parsed = parseOperatorSettings('', 'supervisor.config.yml')
    expect(parsed).toEqual({ ok: true, value: DEFAULT_OPERATOR_SETTINGS })
    expect(DEFAULT_OPERATOR_SETTINGS).toMatchObject({
      automation: 'cautious',
      sandbox: 'required',
      merge: 'never',
      network: { agent: [] },
    })
  })

  test('a key that is set leaves its neighbours at their defaults', () => {
    const parsed = parseOperatorSettings('limits: { files: 7 }\nnetwork: { agent: [example.org] }\n', FILE)
    expect(parsed.ok && parsed.value.limits).toEqual({ ...DEFAULT_OPERATOR_SETTINGS.limits, files: 7 })
    expect(parsed.ok && parsed.value.network).toEqual({ agent: ['example.org'], setup: ['detected'], verify: [] })
  })

  test('JSON is read, and every type of backend', () => {
    const backends = {
      claude: {
        type: 'claude-code',
        model: 'sonnet',
        apiKeyEnv: 'ANTHROPIC_API_KEY',
        baseUrl: 'https://gateway.example',
      },
      codex: { type: 'codex', command: ['codex', 'exec'], apiKeyEnv: 'OPENAI_API_KEY' },
      gemini: { type: 'acp', command: ['gemini', '--acp'], capabilities: ['coding'] },
      mine: { type: 'script', command: ['./agent.sh'], capabilities: ['coding'], env: { FOO: 'bar' }, idle: '2m' },
      lines: { type: 'shell', run: 'make fix' },
      tape: { type: 'recorded', recording: 'tapes/one.json', capabilities: ['coding', 'review'] },
      thinker: { type: 'reasoning', provider: 'anthropic', model: 'm', apiKeyEnv: 'KEY' },
      tickets: { type: 'mcp', command: ['npx', 'server'], tools: ['search'] },
    }
    const parsed = parseOperatorSettings(
      JSON.stringify({ automation: 'full', prefer: { coding: ['mine'] }, backends }, null, 2),
      FILE,
    )
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    expect(parsed.value.backends['mine']).toEqual({
      type: 'script',
      command: ['./agent.sh'],
      capabilities: ['coding'],
      env: { FOO: 'bar' },
      idleMs: 120_000,
    })
    expect(parsed.value.backends['claude']).toMatchObject({
      command: ['claude'],
      env: {},
      capabilities: expect.arrayContaining(['coding']),
    })
    expect(parsed.value.backends['lines']).toMatchObject({ run: 'make fix', capabilities: ['shell'] })
    expect(Object.keys(parsed.value.backends)).toEqual(Object.keys(backends))
  })

  test.each([
    ['backends: { a: { type: bash } }', 'backends.a.type', 'claude-code, codex, acp, script'],
    ['backends: { a: {} }', 'backends.a.type', 'script'],
    ['backends: { a: { type: script, command: ./a.sh, capabilities: [coding] } }', 'backends.a.command', 'a list'],
    ['backends: { a: { type: script, command: [], capabilities: [coding] } }', 'backends.a.command[0]', 'path'],
    ['backends: { a: { type: script, command: [a], capabilities: [codng] } }', 'backends.a.capabilities[0]', 'coding'],
    [
      'backends: { a: { type: script, command: [a], capabilities: [coding], env: { "A B": c } } }',
      'backends.a.env.A B',
      'environment variable',
    ],
    ['backends: { a: { type: codex, baseUrl: "http://example.org" } }', 'backends.a.baseUrl', 'https'],
    ['backends: { a: { type: codex, baseUrl: "https://me:pw@example.org" } }', 'backends.a.baseUrl', 'without a user'],
    ['backends: { "a b": { type: shell, run: x } }', 'backends.a b', 'letters, digits'],
    ['prefer: { coding: [ghost] }', 'prefer.coding[0]', 'there: none'],
    ['network: { agent: ["*.example.org"] }', 'network.agent[0]', 'host name'],
    ['installations: { allow: ["a/b/c"] }', 'installations.allow[0]', 'owner/repository'],
    ['sandbox: maybe', 'sandbox', 'required, off'],
    ['concurrency: 0', 'concurrency', 'from 1'],
    ['budgets: { taskMax: 0usd }', 'budgets.taskMax', '0.01usd'],
  ])('%s is refused', (text, key, allowed) => {
    const [problem] = problemsOf(text, parseOperatorSettings)
    expect(problem?.key).toBe(key)
    expect(problem?.message).toContain(allowed)
  })
})

test('both schemas can be published for editors', () => {
  for (const schema of [operatorSchema, repositorySchema]) {
    const published = z.toJSONSchema(schema, { io: 'input' })
    expect(published.properties).toHaveProperty('automation')
    expect(published.additionalProperties).toBe(false)
  }
})
