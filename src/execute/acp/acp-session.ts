import {
  type ClientContext,
  client,
  methods,
  type NewSessionRequest,
  type PromptRequest,
  type SessionUpdate,
} from '@agentclientprotocol/sdk'
import { createCapture } from '../../process/capture.ts'
import { listOf, objectOf, textOf } from '../agents/json-lines.ts'
import type { AgentReader, AgentWay } from '../agents/run-agent.ts'
import type { RunInput } from '../backend.ts'
import type { Partner } from '../talk/converse.ts'
import { streamOf } from '../talk/stream-of.ts'
import { isGranted, optionFor, type PermissionPlace } from './answer-permission.ts'

const PROTOCOL = 1
const MAX_MESSAGE_CHARS = 64_000
const MAX_TITLE_CHARS = 200
const MAX_TOOLS = 1_000
const LOG_BYTES = 200_000

/** Codes of the protocol's errors that have words of their own here. */
const LOGIN_WANTED = -32_000

/**
 * One session with an agent that speaks the Agent Client Protocol (https://agentclientprotocol.com, version 1):
 * initialize, a new session or the one to go on with, one prompt. It may ask for leave, which the grant answers; files
 * and terminals of ours are not offered, as it has its own in the box, and asking for them is refused by the library.
 */
export function acpSession(emit: RunInput['emit'], input: RunInput, way: AgentWay): AgentReader {
  const heard = listener(emit)
  const place: PermissionPlace = { ...way, readOnlyPaths: input.workspace?.readOnlyPaths ?? [] }
  const denied = new Map<string, number>()
  let sessionId: string | null = null
  let finished: 'well' | 'badly' | null = null
  let errors: string[] = []
  let usage: unknown = null
  let isOverBudget = false

  const session = async (agent: ClientContext): Promise<string> => {
    const told = await agent.request(methods.agent.initialize, {
      protocolVersion: PROTOCOL,
      clientInfo: { name: 'autopilot-supervisor', version: '1' },
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    })
    if (told.protocolVersion !== PROTOCOL)
      throw new Error(`it speaks version ${told.protocolVersion} of the protocol, and this speaks ${PROTOCOL}`)
    const where: NewSessionRequest = { cwd: way.cwd, mcpServers: [] }
    const known = input.sessionId
    if (known !== null && told.agentCapabilities?.loadSession === true) {
      try {
        await agent.request(methods.agent.session.load, { ...where, sessionId: known })
        return known
      } catch {
        // Gone, or of another version: it begins anew.
      }
    }
    return (await agent.request(methods.agent.session.new, where)).sessionId
  }

  const overBudget = Promise.withResolvers<null>()
  const talk = async (partner: Partner): Promise<void> => {
    const connection = client({ name: 'autopilot-supervisor' })
      .onNotification(methods.client.session.update, ({ params }) => {
        heard.update(params.update)
        // Where its calls pass the gateway, that one counts and cuts.
        if (way.url !== '' || (heard.costUsd() ?? 0) < input.budgetUsd) return
        isOverBudget = true
        overBudget.resolve(null)
      })
      .onRequest(methods.client.session.requestPermission, ({ params }) => {
        const tool = heard.toolOf(params.toolCall)
        const isAllowed = isGranted(tool, input.grant, place)
        if (!isAllowed && (denied.size < 20 || denied.has(tool.kind)))
          denied.set(tool.kind, (denied.get(tool.kind) ?? 0) + 1)
        heard.note(`${isAllowed ? 'allowed' : 'denied'}: ${tool.title}`)
        const optionId = optionFor(params.options, isAllowed)
        return { outcome: optionId === null ? { outcome: 'cancelled' } : { outcome: 'selected', optionId } }
      })
      .connect(streamOf(partner))
    const stop = (): void => {
      if (connection.signal.aborted) return
      if (sessionId !== null)
        connection.agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => undefined)
    }
    input.signal.addEventListener('abort', stop, { once: true })
    try {
      const { agent } = connection
      const id = await session(agent)
      sessionId = id
      heard.begin()
      if (input.signal.aborted) return
      const request: PromptRequest = { sessionId: id, prompt: [{ type: 'text', text: input.prompt }] }
      const answer = await Promise.race([agent.request(methods.agent.session.prompt, request), overBudget.promise])
      if (answer === null) return stop()
      heard.end()
      usage = objectOf(answer)['usage']
      finished = answer.stopReason === 'end_turn' ? 'well' : 'badly'
      if (finished === 'badly') errors = [STOPPED[answer.stopReason] ?? `it stopped: ${String(answer.stopReason)}`]
    } catch (error) {
      heard.end()
      // Where the program is gone, its own end says more.
      if (partner.gone.aborted) return
      finished = 'badly'
      errors = [wordsOf(error)]
    } finally {
      input.signal.removeEventListener('abort', stop)
      connection.close()
    }
  }

  return {
    line: () => undefined,
    talk,
    said: () => ({
      sessionId,
      finished,
      summary: heard.lastMessage(),
      errors: [...errors, ...[...denied].map(([kind, times]) => `the tool ${kind} was denied ${times} times`)],
      spent: { ...tokensIn(usage), costUsd: heard.costUsd() },
      isOverBudget,
      log: heard.log(),
    }),
  }
}

const STOPPED: Readonly<Record<string, string>> = {
  max_tokens: 'stopped: its model came to the limit of its tokens',
  max_turn_requests: 'stopped: it came to its own limit of calls to the model',
  refusal: 'its model refused to go on',
  cancelled: 'it says that it was cancelled',
}

function wordsOf(error: unknown): string {
  const { code, message, data } = objectOf(error instanceof Error ? { ...error, message: error.message } : error)
  const more = textOf(objectOf(data)['details']) || textOf(objectOf(data)['message'])
  const words = [textOf(message) || 'it answered with an error', more].filter((text) => text !== '').join(': ')
  const said = words.slice(0, 1_000)
  return code === LOGIN_WANTED ? `it wants a login, which nobody can give in the box: ${said}` : said
}

/** `usage` of a prompt's answer is not in the stable protocol yet; most agents send it. */
function tokensIn(usage: unknown): { tokensIn: number; tokensOut: number } {
  const told = objectOf(usage)
  const sum = (...names: readonly string[]): number =>
    names.reduce((total, name) => {
      const value = told[name]
      return total + (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0)
    }, 0)
  return {
    tokensIn: sum('inputTokens', 'cachedReadTokens', 'cachedWriteTokens'),
    tokensOut: sum('outputTokens', 'thoughtTokens'),
  }
}

/** What the agent tells while it works. What it repeats of an earlier run, when a session is loaded, does not count. */
function listener(emit: RunInput['emit']) {
  const log = createCapture(LOG_BYTES)
  const tools = new Map<string, { kind: string; title: string }>()
  let hasBegun = false
  let message = ''
  let last = ''
  let costs: { before: number; now: number } | null = null

  const say = (): void => {
    if (message.trim() === '') return
    last = message
    log.add(`${message.trim()}\n`)
    emit({ type: 'message', text: message })
    message = ''
  }
  const remember = (call: { toolCallId: string; kind?: string | null; title?: string | null }) => {
    const known = tools.get(call.toolCallId)
    const tool = {
      kind: call.kind ?? known?.kind ?? 'other',
      title: (call.title ?? known?.title ?? call.kind ?? 'a tool').slice(0, MAX_TITLE_CHARS),
    }
    if (known !== undefined || tools.size < MAX_TOOLS) tools.set(call.toolCallId, tool)
    return tool
  }

  return {
    begin: () => {
      hasBegun = true
      if (costs !== null) costs = { before: costs.now, now: costs.now }
    },
    end: say,
    update(update: SessionUpdate): void {
      if (update.sessionUpdate === 'usage_update') {
        const { amount, currency } = objectOf(update.cost)
        if (typeof amount === 'number' && amount >= 0 && currency === 'USD')
          costs = { before: costs?.before ?? 0, now: amount }
      }
      if (!hasBegun) return
      if (update.sessionUpdate === 'agent_message_chunk') {
        const { type, text } = objectOf(update.content)
        if (type === 'text') message = (message + textOf(text)).slice(-MAX_MESSAGE_CHARS)
      } else if (update.sessionUpdate === 'tool_call') {
        say()
        const tool = remember(update)
        log.add(`${tool.kind}: ${tool.title}\n`)
        emit({ type: 'tool', name: tool.kind })
      } else if (update.sessionUpdate === 'tool_call_update') remember(update)
    },
    toolOf(call: { toolCallId: string; kind?: string | null; title?: string | null } & object) {
      const told = objectOf(call)
      const content = listOf(told['content'])
      const diffs = content.filter(({ type }) => type === 'diff')
      const paths = [...listOf(told['locations']), ...diffs].map(({ path }) => textOf(path))
      return {
        ...remember(call),
        paths: paths.filter((path) => path !== ''),
        hasDiff: diffs.length > 0,
        hasCommand: objectOf(told['rawInput'])['command'] !== undefined,
      }
    },
    note: (text: string) => log.add(`${text}\n`),
    lastMessage: () => last,
    /** The session's, less what it had cost before this run; null = it does not tell, or not in dollars. */
    costUsd: () => (costs === null ? null : costs.now >= costs.before ? costs.now - costs.before : costs.now),
    log: () => log.text(),
  }
}
