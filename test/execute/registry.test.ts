import { expect, test } from 'vitest'
import { createRegistry } from '../../src/execute/registry.ts'
import type { BackendSettings } from '../../src/settings/settings.ts'
import type { Capability } from '../../src/task/capability.ts'
import { makeBench } from './execute-support.ts'

const shell = (...capabilities: Capability[]): BackendSettings => ({
  type: 'shell',
  run: 'true',
  capabilities,
  env: {},
})

const registry = createRegistry({
  first: shell('coding', 'review'),
  second: shell('coding'),
  writer: shell('document'),
  tickets: {
    type: 'mcp',
    command: ['no-such-server'],
    tools: ['search'],
    capabilities: ['coding'],
    env: {},
    envFrom: [],
    network: [],
  },
})

const chosen = (capability: Capability, selection: Parameters<typeof registry.select>[2]) =>
  registry.select(capability, 'executor', selection)?.name ?? null

test.each([
  ['without a preference the settings’ order decides', 'coding', {}, 'first'],
  ['a preference goes first', 'coding', { prefer: ['second', 'first'] }, 'second'],
  ['a preference that does not exist is passed over', 'coding', { prefer: ['missing', 'second'] }, 'second'],
  ['a preference that lacks the capability is passed over', 'coding', { prefer: ['writer'] }, 'first'],
  ['what is excluded is not taken', 'coding', { prefer: ['second'], exclude: new Set(['second', 'first']) }, 'tickets'],
  ['a fixed one is taken against the preference', 'coding', { prefer: ['first'], fixed: 'second' }, 'second'],
  ['a fixed one that lacks the capability is not taken, nor is another', 'coding', { fixed: 'writer' }, null],
  ['a fixed one that is excluded is not replaced', 'coding', { fixed: 'second', exclude: new Set(['second']) }, null],
  ['a fixed one that does not exist is not replaced', 'coding', { fixed: 'constructor' }, null],
  ['nobody can do it', 'mcp', { prefer: ['first'] }, null],
] as const)('%s', (_what, capability, selection, name) => {
  expect(chosen(capability, selection)).toBe(name)
})

test('an approval is never given to a backend', () => {
  expect(registry.select('coding', 'approval', {})).toBeNull()
})

test('one that is not installed is kept, and says so when it is asked', async () => {
  expect(registry.list().map((backend) => backend.name)).toEqual(['first', 'second', 'writer', 'tickets'])
  const tickets = registry.get('tickets')
  expect(await tickets?.probe()).toMatchObject({
    available: false,
    reason: expect.stringMatching(/"tickets" runs no-such-server.*Install it/),
  })
  expect(await tickets?.run(makeBench().input())).toMatchObject({
    ended: 'unavailable',
    errors: [expect.stringContaining('no-such-server')],
  })
  expect(registry.get('constructor')).toBeNull()
})
