import { run } from 'probot'
import type { Config } from '../config.ts'

/**
 * No credentials yet: Probot's own set-up page, which registers the App from app.yml and writes them to `.env`. Anybody
 * who reaches that page could set its credentials, so it listens on loopback whatever HOST says.
 */
export async function setUp(config: Config): Promise<void> {
  process.stdout.write(
    [
      'No App credentials yet (APP_ID, PRIVATE_KEY, WEBHOOK_SECRET).',
      `Open http://127.0.0.1:${config.port}/probot to register the App; this page is served on loopback only.`,
      'Then start again.',
      '',
    ].join('\n'),
  )
  // In production Probot wants credentials, which are what is to be made here.
  delete process.env['NODE_ENV']
  await run(() => undefined, {
    env: {
      ...config.environment,
      HOST: '127.0.0.1',
      PORT: String(config.port),
      NO_SMEE_SETUP: 'true',
    },
  })
}
