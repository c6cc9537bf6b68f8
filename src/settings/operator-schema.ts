import { z } from 'zod'
import { CAPABILITIES, type Capability } from '../task/capability.ts'
import { duration, line, listOf, money, named, price, script, section, wholeNumber } from './fields.ts'
import { backendName, REPOSITORY_SHAPE } from './repository-schema.ts'
import type { BackendSettings } from './settings.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const variableName = named(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'a name of an environment variable')
const path = z
  .string({ error: 'must be a path' })
  .min(1, 'must be a path')
  .max(1_000, 'must be a path')
  .regex(/^[^\p{Cc}]*$/u, 'must be a path')
const argument = z
  .string({ error: 'must be text (put numbers in quotes)' })
  .max(20_000, 'must be at most 20000 characters')
  .regex(/^[^\0]*$/, 'must not hold a NUL')
const command = z
  .tuple([path], argument, { error: 'must be a list: the program, then its arguments, such as [claude, --verbose]' })
  .refine((argv) => argv.length <= 100, 'must have at most 100 entries')
const env = z
  .record(variableName, argument, { error: 'must map names of environment variables to text' })
  .refine((map) => Object.keys(map).length <= 100, 'must have at most 100 entries')
  .optional()
const hint = 'must be an https address, or http for this machine, without a user or password in it'
const baseUrl = z.string({ error: hint }).max(500, hint).refine(isBaseUrl, hint).optional()
const idle = duration(1_000, DAY).optional()
const capabilities = z
  .array(z.enum(CAPABILITIES), { error: `must be a list of: ${CAPABILITIES.join(', ')}` })
  .min(1, `must name at least one of: ${CAPABILITIES.join(', ')}`)

/** What a model without tools can do; that it changes files or runs commands must not be claimed of it. */
const TEXT_CAPABILITIES = ['reasoning', 'review', 'research', 'document'] as const satisfies readonly Capability[]
const textCapabilities = z
  .array(z.enum(TEXT_CAPABILITIES), { error: `must be a list of: ${TEXT_CAPABILITIES.join(', ')}` })
  .min(1, `must name at least one of: ${TEXT_CAPABILITIES.join(', ')}`)

const perMillion = price(10_000)
const prices = z
  .record(
    line(200),
    section({
      input: perMillion,
      output: perMillion,
      cacheRead: perMillion.optional(),
      cacheWrite: perMillion.optional(),
    }).transform(({ input, output, cacheRead = input, cacheWrite = input }) => ({
      input,
      output,
      cacheRead,
      cacheWrite,
    })),
    { error: 'must map models to what a million of their tokens cost, such as { input: 2usd, output: 10usd }' },
  )
  .refine((map) => Object.keys(map).length <= 100, 'must have at most 100 entries')
  .optional()

const AGENT_CAPABILITIES: readonly Capability[] = ['coding', 'review', 'reasoning', 'research', 'document']

const provider = z.enum(['anthropic', 'openai-compatible'], { error: 'must be one of anthropic, openai-compatible' })

function agent<Type extends 'claude-code' | 'codex'>(type: Type) {
  return section({ type: z.literal(type), command: command.optional(), ...AGENT_SHAPE })
}

const AGENT_SHAPE = {
  capabilities: capabilities.optional(),
  model: line(200).optional(),
  apiKeyEnv: variableName.optional(),
  baseUrl,
  prices,
  env,
  idle,
} as const

/** Where an agent's key stands if the operator does not say; an ACP agent may need none. */
const AGENT_KEYS = { 'claude-code': 'ANTHROPIC_API_KEY', codex: 'OPENAI_API_KEY', acp: undefined } as const
const AGENT_PROGRAMS = { 'claude-code': ['claude'], codex: ['codex'], acp: null } as const

const host = named(
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::[1-9]\d{0,4})?$/,
  'a host name such as packages.example.com or packages.example.com:8443 (no scheme, path or wildcard), in lower case',
)
const hosts = listOf(host, 200).optional()

const backend = z
  .discriminatedUnion(
    'type',
    [
      agent('claude-code'),
      agent('codex'),
      section({ type: z.literal('acp'), command, provider: provider.optional(), ...AGENT_SHAPE }),
      section({ type: z.literal('script'), command, capabilities, env, idle }),
      section({ type: z.literal('shell'), run: script(4_000), capabilities: capabilities.optional(), env, idle }),
      section({ type: z.literal('recorded'), recording: path, capabilities }),
      section({
        type: z.literal('reasoning'),
        provider,
        model: line(200),
        apiKeyEnv: variableName,
        baseUrl,
        capabilities: textCapabilities.optional(),
      }),
      section({
        type: z.literal('mcp'),
        command,
        tools: listOf(line(100), 100).min(1, 'must name at least one tool'),
        capabilities: capabilities.optional(),
        env,
        envFrom: listOf(variableName, 50).optional(),
        network: hosts,
        idle,
      }),
    ],
    {
      error: (issue) =>
        issue.code === 'invalid_union'
          ? 'must be one of claude-code, codex, acp, script, shell, recorded, reasoning, mcp'
          : 'must say how to run it, such as { type: script, command: [./agent.sh], capabilities: [coding] }',
    },
  )
  .transform((given): BackendSettings => {
    if (given.type === 'recorded') return given
    if (given.type === 'reasoning')
      return { ...given, capabilities: given.capabilities ?? ['reasoning', 'research', 'document'] }
    const { idle: idleMs, env: own, ...rest } = given
    const common = { env: own ?? {}, idleMs }
    switch (rest.type) {
      case 'script':
        return { ...rest, ...common }
      case 'shell':
        return { ...rest, ...common, capabilities: rest.capabilities ?? ['shell'] }
      case 'mcp':
        return {
          ...rest,
          ...common,
          capabilities: rest.capabilities ?? ['mcp'],
          envFrom: rest.envFrom ?? [],
          network: rest.network ?? [],
        }
      default:
        return {
          ...rest,
          ...common,
          command: rest.command ?? AGENT_PROGRAMS[rest.type] ?? [rest.type],
          capabilities: rest.capabilities ?? AGENT_CAPABILITIES,
          apiKeyEnv: rest.apiKeyEnv ?? AGENT_KEYS[rest.type],
        }
    }
  })

const installation = named(
  /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})(?:\/[A-Za-z0-9._-]{1,100})?$/,
  'an owner or owner/repository, such as acme or acme/app',
)

/** The keys that only the operator may set. */
export const OPERATOR_ONLY_SHAPE = {
  backends: z
    .record(backendName, backend, { error: 'must map names to backends' })
    .refine((map) => Object.keys(map).length <= 50, 'must have at most 50 entries')
    .optional(),
  sandbox: z.enum(['required', 'off']).optional(),
  network: section({ agent: hosts, setup: hosts, verify: hosts }).optional(),
  sandboxPaths: listOf(path, 100).optional(),
  installations: section({ allow: listOf(installation, 1_000).optional() }).optional(),
  budgets: section({
    taskMax: money(100_000).optional(),
    repoDay: money(1_000_000).optional(),
    installationDay: money(1_000_000).optional(),
    perUserHour: wholeNumber(1, 10_000).optional(),
  })
    .transform(({ taskMax, repoDay, installationDay, perUserHour }) => ({
      taskMaxUsd: taskMax,
      repoDayUsd: repoDay,
      installationDayUsd: installationDay,
      perUserHour,
    }))
    .optional(),
  concurrency: wholeNumber(1, 256).optional(),
  dataDir: path.optional(),
  retention: section({
    workspaces: duration(HOUR, 3_650 * DAY).optional(),
    artifacts: duration(HOUR, 3_650 * DAY).optional(),
  })
    .transform(({ workspaces, artifacts }) => ({ workspacesMs: workspaces, artifactsMs: artifacts }))
    .optional(),
} as const

export const operatorSchema = section({ ...REPOSITORY_SHAPE, ...OPERATOR_ONLY_SHAPE })

/** A key goes along with the requests: it must not travel in the clear, nor be written into the address. */
function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return (
    (url.protocol === 'https:' || (url.protocol === 'http:' && local)) && url.username === '' && url.password === ''
  )
}
