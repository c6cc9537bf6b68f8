import { createHmac, randomUUID } from 'node:crypto'
import autocannon from 'autocannon'
import { examplesOf } from '../intake/examples.ts'

export const CONNECTIONS = 32

export interface Load {
  readonly perSecond: number
  readonly latenciesMs: readonly number[]
  readonly failed: number
}

/**
 * Signed deliveries of one real payload, each with an id of its own, for some seconds. The signature is of the body
 * alone, so it is made once; the id is a header, set anew for every request.
 */
export async function deliver(url: string, secret: string, seconds: number): Promise<Load> {
  const body = payload()
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  const headers = (): Record<string, string> => ({
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/bench',
    'x-github-event': 'issue_comment',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': signature,
  })
  const latenciesMs: number[] = []
  const result = await autocannon({
    url,
    method: 'POST',
    body,
    headers: {},
    connections: CONNECTIONS,
    duration: seconds,
    setupClient: (client) => {
      client.setHeaders(headers())
      client.on('response', (_status, _bytes, ms) => {
        latenciesMs.push(ms)
        client.setHeaders(headers())
      })
    },
  })
  return {
    perSecond: result['2xx'] / result.duration,
    latenciesMs,
    failed: result.non2xx + result.errors + result.timeouts,
  }
}

/** `issue_comment.created` as GitHub sent it: 12.7 kB, and no command for us. */
function payload(): Buffer {
  const [example] = examplesOf('issue_comment', 'created')
  return Buffer.from(JSON.stringify(example))
}
