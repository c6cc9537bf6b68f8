import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { runSupervisor } from '../run-supervisor.ts'
import { createRedact } from '../wiring.ts'
import { untilStopped } from './until-stopped.ts'

/** `supervisor worker`: the worker half alone. It needs the same credentials as the web half, and no port. */
export async function worker(): Promise<void> {
  const config = readConfig()
  const redact = createRedact(config)
  const log = createLog(config.logLevel, redact)
  const supervisor = await runSupervisor(config, log, redact, { web: false, work: true })
  log.info('working')
  await untilStopped(log)
  await supervisor.stop()
}
