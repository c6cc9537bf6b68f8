import { type CallToolResult, Client, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/client'
import type { Partner } from '../talk/converse.ts'
import type { OfferedTool } from './read-call.ts'

export interface McpSession {
  readonly version: string
  /** All that the server has, whether it may be called or not. */
  readonly tools: readonly OfferedTool[]
  call(tool: string, given: Record<string, unknown>): Promise<CallToolResult>
  close(): Promise<void>
}

/** A server that tells its tools page by page without end is not asked for ever. */
const MAX_PAGES = 10
const MAX_TOOLS = 1_000

/**
 * One session with a server of the Model Context Protocol (https://modelcontextprotocol.io). It is offered nothing: no
 * sampling, no roots, no questions to a person. Throws where it is gone, does not answer in time, or answers with an error.
 * @param timeoutMs of each request
 */
export async function openMcpSession(partner: Partner, timeoutMs: number): Promise<McpSession> {
  const client = new Client(
    { name: 'autopilot-supervisor', version: '1' },
    { capabilities: {}, listMaxPages: MAX_PAGES },
  )
  const options = { timeout: timeoutMs, maxTotalTimeout: timeoutMs }
  await client.connect(transportOf(partner), options)
  const { tools } = await client.listTools(undefined, options)
  return {
    version: client.getServerVersion()?.version?.slice(0, 50) ?? 'unknown',
    tools: tools.slice(0, MAX_TOOLS).map(({ name, inputSchema }) => ({ name, inputSchema: { ...inputSchema } })),
    call: (name, given) => client.callTool({ name, arguments: given }, options),
    close: () => client.close(),
  }
}

function transportOf(partner: Partner): Transport {
  const transport: Transport = {
    async start() {
      // What a line holds is looked at by the client.
      partner.hear((line) => transport.onmessage?.(line as JSONRPCMessage))
      partner.gone.addEventListener('abort', () => transport.onclose?.(), { once: true })
    },
    async send(message) {
      partner.send(message)
    },
    async close() {
      transport.onclose?.()
    },
  }
  return transport
}
