import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { runSupervisor } from '../run-supervisor.ts'
import { createRedact } from '../wiring.ts'
import { setUp } from './set-up.ts'
import { untilStopped } from './until-stopped.ts'

/** `supervisor start`: runs until SIGTERM or SIGINT, then stops within 30 seconds. */
export async function start({ worker }: { worker: boolean }): Promise<void> {
  const config = readConfig()
  if (!config.app) return setUp(config)
  const redact = createRedact(config)
  const log = createLog(config.logLevel, redact)
  const supervisor = await runSupervisor(config, log, redact, { web: true, work: worker })
  await untilStopped(log)
  await supervisor.stop()
}
