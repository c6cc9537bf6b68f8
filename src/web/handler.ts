import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers a request, or says that it is not its business. */
export type WebHandler = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>

/** The path alone, without what stands behind the question mark. */
export const pathOf = (req: IncomingMessage): string => req.url?.split('?')[0] ?? '/'

/** A short text; nothing keeps it. */
export function answerText(res: ServerResponse, status: number, text: string): true {
  const body = `${text}\n`
  res
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(res.req.method === 'HEAD' ? undefined : body)
  return true
}

/** Only reads; all else is answered. */
export function refusesWrites(req: IncomingMessage, res: ServerResponse): boolean {
  if (req.method === 'GET' || req.method === 'HEAD') return false
  res.setHeader('allow', 'GET, HEAD')
  return answerText(res, 405, 'this can only be read')
}
