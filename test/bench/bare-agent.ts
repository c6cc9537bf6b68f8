import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Runs an agent's own program as a person would: no box, straight to its model. Rejects where it fails. */
export async function runBare(o: {
  readonly cli: string
  readonly place: string
  readonly url: string
  readonly key: string
  readonly model: string
  readonly path: string
}): Promise<void> {
  const child = spawn(o.cli, ['--print', '--model', o.model, '--session-id', 'bench'], {
    cwd: join(o.place, 'tree'),
    env: { PATH: o.path, HOME: o.place, ANTHROPIC_BASE_URL: o.url, ANTHROPIC_API_KEY: o.key },
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  child.stdin.end('Make it so.')
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`the bare program ended with ${String(code)}`)
}
