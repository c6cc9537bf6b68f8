import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Emulator } from './emulator.ts'
import type { Json } from './json.ts'
import type { LoopbackOptions } from './types.ts'
import { ACTIONS_APP, type AppFacts, botLogin } from './world.ts'

/** PKCS#1, as GitHub hands keys out. */
export async function makePrivateKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return privateKey
}

/** Accounts, the App and its installation on everything that the owner has. */
export function seedOf(options: LoopbackOptions, owner: string, people: readonly string[], app: AppFacts): Json {
  const { permissions, events } = options.manifest
  const logins = [...new Set([owner, ...people, botLogin(app.slug), botLogin(ACTIONS_APP.slug)])]
  const installation = { installation_id: app.installationId, account: owner, repository_selection: 'all' }
  return {
    tokens: {},
    github: {
      users: logins.map((login) => ({ login })),
      apps: [
        {
          app_id: app.id,
          slug: app.slug,
          name: app.name,
          private_key: app.privateKey,
          webhook_secret: app.webhookSecret,
          permissions,
          events,
          installations: [installation],
        },
      ],
    },
  }
}

export function markBots(emulator: Emulator): void {
  const { users } = emulator.rows
  for (const user of users.all()) if (user.login.endsWith('[bot]')) users.update(user.id, { type: 'Bot' })
}
