import pg from 'pg'
import { COMMAND_CHANNEL } from './commands.ts'

const RECONNECT_MS = 1_000

/**
 * Hears at once that a command for a task was stored. Only a shortcut: heartbeats look every two seconds anyway, so a
 * lost connection costs promptness, never a command.
 */
export async function listenForCommands(
  url: string,
  onCommand: (taskId: string) => void,
  onError: (error: Error) => void,
): Promise<{ stop: () => Promise<void> }> {
  let stopped = false
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | null = null

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
    next.on('notification', ({ payload }) => payload && onCommand(payload))
    next.on('error', (error) => {
      onError(error)
      retry()
    })
    try {
      await next.connect()
      await next.query(`listen ${COMMAND_CHANNEL}`)
      client = next
      if (stopped) await next.end()
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)))
      retry()
    }
  }
  const retry = (): void => {
    if (stopped || timer) return
    timer = setTimeout(() => {
      timer = null
      void connect()
    }, RECONNECT_MS)
  }

  await connect()
  return {
    stop: async () => {
      stopped = true
      if (timer) clearTimeout(timer)
      await client?.end()
    },
  }
}
