import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { DEFAULT_OPERATOR_SETTINGS, parseOperatorSettings } from './settings/parse.ts'
import type { BackendSettings, OperatorSettings, Problem } from './settings/settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Of the step of a workflow, which no settings file is about. */
export const callersEnvironment = (): Environment => process.env

/** Where the caller's own shell looks for programs. */
export const searchPath = (env: Environment = process.env): string => env['PATH'] ?? ''

/** Everything that the environment and the operator's file say, read once, frozen. The only reader of process.env. */
export interface Config {
  /** null = no credentials yet: set-up mode. */
  readonly app: { readonly id: number; readonly privateKey: string; readonly webhookSecret: string } | null
  readonly host: string
  readonly port: number
  /**
   * Where this machine's operator looks: metrics, health, and on loopback the task page without signing in; null = nowhere.
   * `isAsked`: the operator has named the port, so that it must be had.
   */
  readonly ops: { readonly host: string; readonly port: number; readonly isAsked: boolean } | null
  /** Under which address people reach the web half, without a slash at the end; links lead there. null = nobody does. */
  readonly publicUrl: string | null
  /** The App's OAuth credentials: people may sign in to the task page on the web half. Needs `publicUrl`. */
  readonly oauth: { readonly clientId: string; readonly clientSecret: string } | null
  /** Base URLs of GitHub: of its REST API and of its pages (and git). */
  readonly apiUrl: string
  readonly webUrl: string
  /** null = the embedded Postgres in the data directory. */
  readonly databaseUrl: string | null
  readonly dataDir: string
  /** PEM of the key that signs evidence; null = one of the data directory. */
  readonly evidenceKey: string | null
  readonly logLevel: string
  readonly hostName: string
  readonly settings: OperatorSettings
  /** For tests and the demo, which cannot wait for a minute; null = as long as the program means it. */
  readonly changesQuietMs: number | null
  /**
   * This process ends with what it was started for, and its database with it: nobody hears afterwards what people answer,
   * and they are told so. True in CI without a database only.
   */
  readonly endsWithRun: boolean
  /** The environment as it was read, for Probot's own set-up page. */
  readonly environment: Environment
  /** Values that must never be shown, for the redactor. */
  readonly secrets: readonly string[]
}

/** What is wrong with the configuration, in words; nothing has been started. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Throws ConfigError, with every problem named. */
export function readConfig(env: Environment = process.env): Config {
  const { settings, base } = readSettingsFile(env)
  const dataDir = resolve(base, settings.dataDir)
  const app = readApp(env)
  const { apiUrl, webUrl } = readUrls(env)
  return Object.freeze({
    app,
    host: env['HOST'] ?? 'localhost',
    port: readPort(env['PORT']),
    ops: readOps(env),
    publicUrl: readPublicUrl(env['PUBLIC_URL']),
    oauth: readOAuth(env),
    apiUrl,
    webUrl,
    databaseUrl: env['DATABASE_URL'] || null,
    dataDir,
    evidenceKey: readKey(env, 'EVIDENCE_KEY'),
    logLevel: env['LOG_LEVEL'] ?? 'info',
    hostName: hostname(),
    settings: { ...settings, backends: resolveBackends(settings.backends, base) },
    changesQuietMs: readQuiet(env['SUPERVISOR_CHANGES_QUIET_MS']),
    endsWithRun: false,
    environment: env,
    secrets: secretsOf(env, settings),
  })
}

/** The operator's file, whether it is there or not. */
export const settingsFile = (env: Environment = process.env): string =>
  env['SUPERVISOR_CONFIG'] ?? 'supervisor.config.yml'

function readSettingsFile(env: Environment): { settings: OperatorSettings; base: string } {
  const named = env['SUPERVISOR_CONFIG']
  const file = resolve(settingsFile(env))
  if (!existsSync(file)) {
    if (named) throw new ConfigError(`SUPERVISOR_CONFIG names ${file}, which does not exist`)
    return { settings: DEFAULT_OPERATOR_SETTINGS, base: process.cwd() }
  }
  const parsed = parseOperatorSettings(readFileSync(file, 'utf8'), file)
  if (parsed.ok) return { settings: parsed.value, base: dirname(file) }
  throw new ConfigError(problemsText(parsed.problems))
}

/** One line each: `FILE:LINE:COLUMN: key: what is allowed`. */
export function problemsText(problems: readonly Problem[]): string {
  return problems
    .map((p) => `${p.file}:${p.line}:${p.column}: ${p.key === '' ? '' : `${p.key}: `}${p.message}`)
    .join('\n')
}

function readApp(env: Environment): Config['app'] {
  const id = env['APP_ID']
  const privateKey = readKey(env, 'PRIVATE_KEY')
  if (!id && !privateKey) return null
  if (!id || !/^\d+$/.test(id)) throw new ConfigError('APP_ID must be the number that GitHub shows on the App’s page')
  if (!privateKey) throw new ConfigError('PRIVATE_KEY or PRIVATE_KEY_PATH is missing: generate a key on the App’s page')
  const webhookSecret = env['WEBHOOK_SECRET']
  if (!webhookSecret) {
    throw new ConfigError(
      'WEBHOOK_SECRET is missing: without it anybody could send commands. Set the same secret here and on the App’s page',
    )
  }
  return { id: Number(id), privateKey, webhookSecret }
}

/** As Probot reads it: the key itself, with real or written line ends, its base64, or a path. */
function readKey(env: Environment, name: string): string | null {
  const path = env[`${name}_PATH`]
  if (path) return readFileSync(path, 'utf8')
  const value = env[name]
  if (!value) return null
  if (value.includes('-----BEGIN')) return value.replaceAll('\\n', '\n')
  return Buffer.from(value, 'base64').toString('utf8')
}

function readUrls(env: Environment): { apiUrl: string; webUrl: string } {
  const host = env['GHE_HOST']
  if (!host) return { apiUrl: 'https://api.github.com', webUrl: 'https://github.com' }
  const origin = `${env['GHE_PROTOCOL'] ?? 'https'}://${host}`
  return { apiUrl: `${origin}/api/v3`, webUrl: origin }
}

function readPort(value: string | undefined, name = 'PORT', usual = 3000): number {
  const port = Number(value ?? usual)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ConfigError(`${name} must be a number up to 65535, not ${value}`)
  return port
}

function readOps(env: Environment): Config['ops'] {
  const value = env['OPS_PORT'] || undefined
  if (value === 'off') return null
  const port = readPort(value, 'OPS_PORT (or `off`)', 3001)
  return { host: env['OPS_HOST'] || '127.0.0.1', port, isAsked: value !== undefined }
}

function readPublicUrl(value: string | undefined): string | null {
  if (!value) return null
  const url = URL.canParse(value) ? new URL(value) : null
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw new ConfigError(`PUBLIC_URL must be an address such as https://supervisor.example.com, not ${value}`)
  return url.href.replace(/\/+$/, '')
}

/** By the names that the set-up page writes to `.env`. */
function readOAuth(env: Environment): Config['oauth'] {
  const [clientId, clientSecret] = [env['GITHUB_CLIENT_ID'], env['GITHUB_CLIENT_SECRET']]
  return clientId && clientSecret ? { clientId, clientSecret } : null
}

function readQuiet(value: string | undefined): number | null {
  if (value === undefined || value === '') return null
  if (!/^\d{1,7}$/.test(value))
    throw new ConfigError(`SUPERVISOR_CHANGES_QUIET_MS must be a number of milliseconds, not ${value}`)
  return Number(value)
}

/** Paths in the operator's file are relative to the file. */
function resolveBackends(backends: OperatorSettings['backends'], base: string): Record<string, BackendSettings> {
  return Object.fromEntries(
    Object.entries(backends).map(([name, b]): [string, BackendSettings] => {
      if (b.type === 'recorded') return [name, { ...b, recording: resolve(base, b.recording) }]
      if ('command' in b) {
        const [program, ...rest] = b.command
        const local = !isAbsolute(program) && program.startsWith('.')
        return [name, { ...b, command: [local ? join(base, program) : program, ...rest] }]
      }
      return [name, b]
    }),
  )
}

function secretsOf(env: Environment, settings: OperatorSettings): string[] {
  const names = Object.values(settings.backends).flatMap((b) => [
    ...('apiKeyEnv' in b && b.apiKeyEnv ? [b.apiKeyEnv] : []),
    ...('envFrom' in b ? b.envFrom : []),
  ])
  const databasePassword = env['DATABASE_URL'] ? safePassword(env['DATABASE_URL']) : ''
  const values = [
    env['WEBHOOK_SECRET'],
    env['PRIVATE_KEY'],
    env['GITHUB_CLIENT_SECRET'],
    env['EVIDENCE_KEY'],
    databasePassword,
    ...names.map((n) => env[n]),
  ]
  return values.filter((v): v is string => v !== undefined && v !== '')
}

function safePassword(url: string): string {
  try {
    return decodeURIComponent(new URL(url).password)
  } catch {
    throw new ConfigError('DATABASE_URL is not a URL: it must look like postgresql://user:password@host:5432/name')
  }
}
