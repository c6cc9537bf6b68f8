import { type Hold, liftHold, readHold, setHold } from '../store/hold.ts'
import { withStore } from './with-store.ts'

const DOES = ['on', 'off', 'status'] as const

/**
 * `supervisor hold on|off|status`: the operator's brake for all workers. On hold no step begins; people are answered, and
 * what they ask for is kept. With `--now` what runs is stopped, too; its step begins anew afterwards.
 */
export async function hold(what: string, options: { why?: string; now?: true; json?: true }): Promise<void> {
  const does = DOES.find((d) => d === what)
  if (!does) throw new Error(`\`supervisor hold\` takes on, off or status, not ${JSON.stringify(what.slice(0, 40))}`)
  const told = await withStore(async (db) => {
    if (does === 'on') await setHold(db, { interrupts: options.now === true, why: options.why ?? '' })
    const lifted = does === 'off' ? await liftHold(db) : null
    return { hold: await readHold(db), lifted }
  })
  const text = options.json
    ? JSON.stringify({ held: told.hold !== null, ...told })
    : words(does, told.hold, told.lifted)
  process.stdout.write(`${text}\n`)
}

function words(does: (typeof DOES)[number], held: Hold | null, lifted: number | null): string {
  if (does === 'off')
    return lifted === null
      ? 'Nothing was on hold.'
      : `Everything runs again; ${lifted} tasks that rested go on within seconds.`
  if (!held) return 'Nothing is on hold.'
  const running = held.interrupts
    ? 'What ran is stopped within seconds.'
    : 'What runs comes to the end of its step; `--now` stops it.'
  const why = held.why === '' ? '' : ` (${held.why.replaceAll(/\p{Cc}/gu, ' ')})`
  return `On hold since ${held.since.toISOString()}${why}: no step begins, people are answered. ${running} \`supervisor hold off\` lifts it.`
}
