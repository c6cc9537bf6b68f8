import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

/** A Chromium of its own, spoken to through a pipe: no port, no profile of anybody, no network. */
export interface Browser {
  /** The whole page as PNG, as high as it is. @param width in CSS pixels @param scale device pixels for each of them */
  readonly picture: (html: string, width: number, scale: number) => Promise<Buffer>
  readonly close: () => Promise<void>
}

const LIMIT_MS = 30_000
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--font-render-hinting=none',
  '--remote-debugging-pipe',
]

/** @param program Debian's `chromium`, or the path of another one */
export async function openBrowser(program: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'supervisor-pictures-'))
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: profile },
  })
  const exited = Promise.race([once(child, 'exit'), once(child, 'error')])
  const send = connect(child)
  const close = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await Promise.race([exited, send('Browser.close', {})]).catch(() => undefined)
    await exited
    clearTimeout(timer)
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
    const ask = (method: string, params: object): Promise<Answer> => send(method, params, String(sessionId))
    const { frameTree } = await ask('Page.getFrameTree', {})
    const frameId = (frameTree as { frame: { id: string } }).frame.id
    return { picture: (html, width, scale) => picture(ask, frameId, html, width, scale), close }
  } catch (error) {
    await close()
    throw new Error(`starting ${program} (Debian: apt-get install chromium)`, { cause: error })
  }
}

type Answer = Readonly<Record<string, unknown>>
type Ask = (method: string, params: object, session?: string) => Promise<Answer>

async function picture(ask: Ask, frameId: string, html: string, width: number, scale: number): Promise<Buffer> {
  const size = (height: number): Promise<Answer> =>
    ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: scale, mobile: false })
  await size(100)
  await ask('Page.setDocumentContent', { frameId, html })
  const { result } = await ask('Runtime.evaluate', {
    expression: 'document.fonts.ready.then(() => Math.ceil(document.body.getBoundingClientRect().height))',
    awaitPromise: true,
  })
  await size(Number((result as { value: unknown }).value))
  const { data } = await ask('Page.captureScreenshot', { format: 'png', optimizeForSpeed: false })
  return Buffer.from(String(data), 'base64')
}

/** Chromium's debugging protocol: JSON messages, each ended by a zero byte, out on descriptor 3 and back on 4. */
function connect(child: ChildProcess): Ask {
  const [, , , out, back] = child.stdio as unknown as [null, null, null, Writable, Readable]
  const waiting = new Map<number, PromiseWithResolvers<Answer>>()
  const fail = (error: Error): void => {
    for (const w of waiting.values()) w.reject(error)
    waiting.clear()
  }
  let rest = ''
  back.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\0')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const { id, result, error } = JSON.parse(part) as { id?: number; result?: Answer; error?: { message: string } }
      if (id === undefined) continue
      if (error) waiting.get(id)?.reject(new Error(error.message))
      else waiting.get(id)?.resolve(result ?? {})
      waiting.delete(id)
    }
  })
  out.on('error', fail)
  child.on('error', fail).on('exit', (code, signal) => fail(new Error(`the browser ended (${code ?? signal})`)))
  let last = 0
  return (method, params, sessionId) => {
    const answer = Promise.withResolvers<Answer>()
    const id = ++last
    waiting.set(id, answer)
    out.write(`${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`)
    const timer = setTimeout(() => answer.reject(new Error(`${method}: no answer`)), LIMIT_MS)
    return answer.promise.finally(() => clearTimeout(timer))
  }
}
