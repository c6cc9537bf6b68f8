import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A process of ours beside this one, with functions to be called in it. */
export interface Child {
  call<T>(name: string, ...args: readonly unknown[]): Promise<T>
  stop(): Promise<void>
}

type Handlers = Readonly<Record<string, (...args: never[]) => unknown>>
interface Asked {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}
interface Answered {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

const STOP_LIMIT_MS = 10_000

/** @param entry a module that ends with `serve(…)` */
export function startChild(entry: URL): Child {
  const child = fork(entry, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  child.on('message', ({ id, value, error }: Answered) => {
    if (error === undefined) waiting.get(id)?.resolve(value)
    else waiting.get(id)?.reject(new Error(error))
    waiting.delete(id)
  })
  child.on('exit', (code, signal) => {
    for (const call of waiting.values()) call.reject(new Error(`${entry.pathname} ended (${code ?? signal})`))
  })
  let last = 0
  return {
    call: async <T>(name: string, ...args: readonly unknown[]) => {
      const answer = Promise.withResolvers<unknown>()
      const id = ++last
      waiting.set(id, answer)
      child.send({ id, name, args } satisfies Asked)
      return (await answer.promise) as T
    },
    stop: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
      if (child.connected) child.disconnect()
      if (child.exitCode === null && child.signalCode === null) await exited
      clearTimeout(timer)
    },
  }
}

/** The other end: answers calls until the parent lets go or dies, then `close` and the end. */
export function serve(handlers: Handlers, close: () => Promise<unknown>): void {
  process.on('message', ({ id, name, args }: Asked) => {
    const answer = (rest: Omit<Answered, 'id'>): void => void process.send?.({ id, ...rest } satisfies Answered)
    Promise.resolve()
      .then(() => handlers[name]?.(...(args as never[])))
      .then(
        (value) => answer({ value }),
        (error: unknown) => answer({ error: error instanceof Error ? String(error.stack) : String(error) }),
      )
  })
  process.once('disconnect', () => void close().finally(() => process.exit()))
  // Ctrl-C goes to the whole group; the parent is the one that stops us.
  process.on('SIGINT', () => undefined)
}
