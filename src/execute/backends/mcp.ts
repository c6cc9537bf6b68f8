import { basename, resolve } from 'node:path'
import type { CallToolResult } from '@modelcontextprotocol/client'
import { BASE_PATH } from '../../process/base-path.ts'
import { createCapture } from '../../process/capture.ts'
import type { ProcessSpec } from '../../process/run.ts'
import type { McpBackendSettings } from '../../settings/settings.ts'
import type { RunResult } from '../../task/job.ts'
import { findProgram, notFound } from '../agents/find-program.ts'
import type { BackendFactory, Probe, RunInput } from '../backend.ts'
import { filesOf, type Looked, lookAt } from '../mcp/look-at.ts'
import { openMcpSession } from '../mcp/mcp-session.ts'
import { type OfferedTool, readCall } from '../mcp/read-call.ts'
import { wordsOf } from '../mcp/words-of.ts'
import { resultOfProcess, resultWithoutWork, storable } from '../run-result.ts'
import { type Conversation, converse } from '../talk/converse.ts'
import { PROGRAM_CONTRACT, PROGRAM_JOB_TYPES, withProgram } from './run-program.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** More than a request may take: the process is stopped before, and that is the reason then. */
const BEYOND_MS = 20_000
const LOG_BYTES = 250_000
const SUMMARY_CHARS = 15_000
const ERROR_CHARS = 2_000

/**
 * One call of a tool of the operator's own server, which is started in the box for it and ends with it. Which tool and
 * with what is read from the request, never guessed and never asked of a model.
 */
export const mcp =
  (environment: Environment): BackendFactory<McpBackendSettings> =>
  (name, settings) => {
    const program = settings.command[0].includes('/') ? resolve(settings.command[0]) : settings.command[0]
    const find = () => findProgram(program, settings.env['PATH'] ?? BASE_PATH)
    let looked: { of: string; is: Looked } | null = null
    const probe = async (): Promise<Probe> => {
      const found = await find()
      if (found === null) return { available: false, reason: notFound(name, program, 'Install it') }
      const unset = settings.envFrom.filter((variable) => !environment[variable])
      if (unset.length > 0) return { available: false, reason: notSet(name, unset) }
      // One that did not answer is asked again: it may be mended by now.
      if (looked?.of !== found.file || !('version' in looked.is))
        looked = { of: found.file, is: await lookAt(found, settings, variablesOf(settings, environment)) }
      return told(name, settings, looked.is)
    }
    return {
      name,
      type: settings.type,
      version: null,
      capabilities: settings.capabilities,
      jobTypes: PROGRAM_JOB_TYPES,
      timeoutBehaviour: PROGRAM_CONTRACT.timeoutBehaviour,
      failureModes: [
        'a tool that says of its own result that it is an error has failed',
        'a request that does not say which tool to call, and with what, is answered with what it may say',
        'more than 64 MB of output, or a single answer of more than 8 MB, stops it',
        'without a sandbox it does not run, unless the operator set `sandbox: off`',
      ],
      securityConstraints: [
        'calls only the tools that the settings name',
        'the server runs in a sandbox that reaches the hosts of its settings and of the grant and no others',
        'the server gets only the environment of its settings and a minimal set of our own; nothing of ours is offered to it',
        'cannot change .git and the configuration of agents',
      ],
      probe,
      run: async (input) => {
        const found = await find()
        if (found === null) {
          const reason = notFound(name, program, 'Install it')
          return resultWithoutWork('unavailable', reason, { isolation: 'none', durationMs: 0 })
        }
        const { tools } = input.grant
        return withProgram(
          {
            argv: [found.file, ...settings.command.slice(1)],
            env: variablesOf(settings, environment),
            idleMs: settings.idleMs,
            files: filesOf(found, settings),
            network: settings.network,
            isSealed: input.workspace !== null && !tools.includes('edit') && !tools.includes('shell'),
          },
          input,
          (spec) => callTool(spec, settings, input),
        )
      },
    }
  }

async function callTool(spec: ProcessSpec, settings: McpBackendSettings, input: RunInput): Promise<RunResult> {
  const log = createCapture(LOG_BYTES)
  let result: CallToolResult | null = null
  let refusal: string | null = null
  const timeoutMs = input.timeoutMs + BEYOND_MS
  const conversation = await converse(spec, async (partner) => {
    const session = await openMcpSession(partner, timeoutMs)
    try {
      const call = readCall(input.request ?? input.prompt, allowed(session.tools, settings))
      if (!call.ok) {
        refusal = call.why
        return
      }
      input.emit({ type: 'tool', name: call.tool })
      log.add(`${JSON.stringify({ tool: call.tool, arguments: call.arguments }, null, 2)}\n`)
      result = await session.call(call.tool, call.arguments)
      log.add(`${JSON.stringify(result, null, 2)}\n`)
    } finally {
      await session.close()
    }
  })
  return resultOf(conversation, { result, refusal, log: log.text(), input })
}

const allowed = (tools: readonly OfferedTool[], { tools: names }: McpBackendSettings): OfferedTool[] =>
  tools.filter((tool) => names.includes(tool.name))

function resultOf(
  { result: process, trouble }: Conversation,
  facts: {
    readonly result: CallToolResult | null
    readonly refusal: string | null
    readonly log: string
    readonly input: RunInput
  },
): RunResult {
  const { result, refusal, log, input } = facts
  const own = resultOfProcess(process)
  const words = result === null ? '' : storable(wordsOf(result))
  const common = { ...own, exitCode: null, log: storable(`${log}${process.stderr}`) }
  if (input.signal.aborted) return { ...common, ended: 'cancelled', summary: '', errors: [] }
  if (refusal !== null) return { ...common, ended: 'failed', summary: '', errors: [storable(refusal)] }
  if (result?.isError === true)
    return { ...common, ended: 'failed', summary: '', errors: ['the tool failed', words.slice(0, ERROR_CHARS)] }
  if (result !== null && trouble === null) {
    input.emit({ type: 'message', text: words })
    return { ...common, ended: 'completed', summary: words.slice(0, SUMMARY_CHARS), errors: [] }
  }
  const isOwnEnd = process.ended === 'exited' || process.ended === 'signalled' || process.ended === 'aborted'
  const said = storable(trouble?.message ?? '').slice(0, ERROR_CHARS)
  return {
    ...common,
    ended: isOwnEnd ? 'failed' : own.ended,
    summary: '',
    errors: isOwnEnd ? [`speaking with the server: ${said}`, ...own.errors] : own.errors,
  }
}

const MAX_NAMES = 20

function told(name: string, { command, tools }: McpBackendSettings, looked: Looked): Probe {
  if ('trouble' in looked) {
    const fetches = /^(?:npx|uvx|bunx|pnpx)$/.test(basename(command[0]))
      ? `${basename(command[0])} fetches at each start, which a box without network cannot: install the server, and name its own program. `
      : ''
    const note = `${fetches}started without network to look at its tools, it did not answer: ${looked.trouble}`
    return { available: true, version: null, note }
  }
  const absent = tools.filter((tool) => !looked.tools.includes(tool))
  const offers = looked.tools
    .slice(0, MAX_NAMES)
    .map((tool) => tool.slice(0, 100))
    .join(', ')
  const words = `it has no tool ${absent.join(', ')}; it has ${offers || 'none'}. Correct backends.${name}.tools`
  if (absent.length === tools.length) return { available: false, reason: `the backend "${name}": ${words}` }
  return { available: true, version: looked.version, ...(absent.length === 0 ? {} : { note: words }) }
}

const notSet = (name: string, variables: readonly string[]): string =>
  `the backend "${name}" takes ${variables.join(', ')} from our environment, where it is not set: set it where the supervisor is started, or correct backends.${name}.envFrom`

function variablesOf({ env, envFrom }: McpBackendSettings, environment: Environment): Record<string, string> {
  return { ...Object.fromEntries(envFrom.map((variable) => [variable, environment[variable] ?? ''])), ...env }
}
