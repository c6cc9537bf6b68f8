import type { Stream } from '@agentclientprotocol/sdk'
import type { Partner } from './converse.ts'

type Message = Stream['readable'] extends ReadableStream<infer One> ? One : never

/** A partner as a pair of streams of messages. Its lines are bounded already, each and all together. */
export function streamOf(partner: Partner): Stream {
  let isOpen = true
  return {
    readable: new ReadableStream<Message>({
      start(controller) {
        const close = (): void => {
          if (isOpen) controller.close()
          isOpen = false
        }
        // What a line holds is looked at by the reader of the stream.
        partner.hear((line) => {
          if (isOpen) controller.enqueue(line as Message)
        })
        partner.gone.addEventListener('abort', close, { once: true })
        if (partner.gone.aborted) close()
      },
      cancel() {
        isOpen = false
      },
    }),
    writable: new WritableStream<Message>({ write: (message) => partner.send(message) }),
  }
}
