#!/usr/bin/env node
/**
 * Stands in for Prisma's native schema engine, which the prisma command line would download: a development tool, so
 * that `prisma migrate dev | diff | status | deploy | reset`, `db push | pull` and `generate` work offline. What
 * runs in production (src/store/migrate.ts) does not need it. prisma.config.ts points to this file.
 *
 * The command line talks to its engine in JSON-RPC, one message a line, on stdin and stdout. We hand each call to the
 * same engine compiled to WebAssembly (@prisma/schema-engine-wasm, exactly the commit that the installed prisma wants)
 * on top of the `pg` driver adapter. Five things in between need help, each marked below:
 *   1. the adapter does not know the catalogue's type "char";
 *   2. the adapter splits scripts at every semicolon, which cuts function bodies in pieces;
 *   3. the adapter's shadow database is dropped while it is still in use;
 *   4. the engine connects at once, also for a diff between two files, which needs no database;
 *   5. an engine that has applied migrations cannot use a shadow database any more: the next call gets a new one.
 *
 * Not covered: several schemas in one database, views. Upgrade it together with prisma. It is one long file because the
 * command line wants one executable, and so that it can be thrown away in one piece when prisma can work offline.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import pg from 'pg'

const CLI_COMMANDS = ['can-connect-to-database', 'create-database', 'drop-database']
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datasource: { type: 'string' },
    datamodels: { type: 'string', multiple: true },
    version: { type: 'boolean' },
  },
})
const databaseUrl = JSON.parse(flags.datasource ?? '{}').url || null

if (flags.version) console.log('schema-engine-cli stand-in')
else if (positionals[0] === 'cli') await runCommand(positionals.find((word) => CLI_COMMANDS.includes(word)))
else serve()

// ---- the short commands -------------------------------------------------------------------------------------------

async function runCommand(command) {
  try {
    if (databaseUrl === null) throw new Error('no database URL is set: set DATABASE_URL')
    const name = connectionOf(databaseUrl).database
    if (command === 'create-database') await createDatabase(name)
    else if (command === 'drop-database') await dropDatabase(name)
    else await withClient(connectionOf(databaseUrl), () => undefined)
  } catch (error) {
    const code = error.code === '3D000' ? 'P1003' : 'P1001' // "does not exist", "cannot be reached"
    const entry = { is_panic: false, message: error.message, error_code: code }
    console.error(JSON.stringify({ level: 'INFO', fields: { message: 'the command line drops the first line' } }))
    console.error(JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields: entry }))
    process.exitCode = 1
  }
}

// ---- JSON-RPC -----------------------------------------------------------------------------------------------------

function serve() {
  let engine = null
  let turn = Promise.resolve() // one call after the other, as the native engine does
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    turn = turn.then(async () => {
      const { id, method, params } = JSON.parse(line)
      if (method === undefined) return // the answer to one of our `print`s
      try {
        engine ??= startEngine()
        send({ id, result: (await call(await engine, method, params)) ?? {} })
        if (method === 'applyMigrations') engine = null // (5)
      } catch (error) {
        const data = {
          is_panic: false,
          message: error.message,
          meta: error.meta ?? {},
          error_code: error.code ?? 'P3000',
        }
        send({ id, error: { code: 4466, message: error.message ?? String(error), data } })
      }
    })
  })
  lines.on('close', () => turn.finally(() => process.exit()))
}

async function call(engine, method, params) {
  if (method === 'getDatabaseVersion') return (await engine.version(params)) ?? ''
  if (typeof engine[method] !== 'function') throw new Error(`prisma/schema-engine.mjs does not know ${method}`)
  const result = await engine[method](params)
  if (method !== 'diff') return result
  // The native engine prints the diff by calling the command line back.
  if (result.stdout) send({ id: 'print', method: 'print', params: { content: result.stdout } })
  return { exitCode: result.exitCode, stdout: null }
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}

// ---- the engine ---------------------------------------------------------------------------------------------------

async function startEngine() {
  let panic = ''
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => {
      panic = message
    },
    get: () => panic,
  }
  const { SchemaEngine } = await loadWasm()
  const factory = databaseUrl === null ? withoutDatabase() : withDatabase()
  const datamodels = schemaFiles().map((file) => [file, readFileSync(file, 'utf8')])
  return SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    () => undefined, // its log
    bindMigrationAwareSqlAdapterFactory(factory),
  )
}

/** `--datamodels a.prisma b.prisma`: the first is the flag's value, the others are left over as positionals. */
function schemaFiles() {
  return [...(flags.datamodels ?? []), ...positionals].filter(
    (word) => typeof word === 'string' && word.endsWith('.prisma'),
  )
}

/** The package wants a bundler that can import .wasm; Node is told by hand. */
async function loadWasm() {
  const dir = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'))
  const bindings = await import(join(dir, 'schema_engine_bg.js'))
  const module = new WebAssembly.Module(readFileSync(join(dir, 'schema_engine_bg.wasm')))
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(exports)
  exports.__wbindgen_start()
  return bindings
}

// ---- the driver adapter -------------------------------------------------------------------------------------------

function withDatabase() {
  const schema = new URL(databaseUrl).searchParams.get('schema') ?? undefined
  const connectTo = async (connection) => mendAdapter(await new PrismaPg(connection, { schema }).connect())
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connectTo(connectionOf(databaseUrl)),
    // (3) Close first, drop then.
    connectToShadowDb: async () => {
      const database = `prisma_shadow_${crypto.randomUUID().replaceAll('-', '')}`
      await createDatabase(database)
      const adapter = await connectTo({ ...connectionOf(databaseUrl), database })
      const close = adapter.dispose.bind(adapter)
      adapter.dispose = async () => {
        await close()
        await dropDatabase(database)
      }
      return adapter
    },
  }
}

function mendAdapter(adapter) {
  mendQueries(adapter)
  const begin = adapter.startTransaction.bind(adapter)
  adapter.startTransaction = async (level) => mendQueries(await begin(level))
  // (2) A script without parameters is one simple query: Postgres itself knows where its statements end.
  adapter.executeScript = async (script) => {
    await adapter
      .underlyingDriver()
      .query(script)
      .catch((error) => adapter.onError(error))
  }
  return adapter
}

/** (1) Such a column travels as text, and is declared as the character that the engine expects. */
function mendQueries(queryable) {
  const CHAR_OID = 18
  const TEXT_OID = 25
  const charColumns = new WeakMap()
  const perform = queryable.performIO.bind(queryable)
  const query = queryable.queryRaw.bind(queryable)
  queryable.performIO = async (statement) => {
    const result = await perform(statement)
    const chars = result.fields.filter((field) => field.dataTypeID === CHAR_OID)
    charColumns.set(
      result.rows,
      chars.map((field) => result.fields.indexOf(field)),
    )
    for (const field of chars) field.dataTypeID = TEXT_OID
    return result
  }
  queryable.queryRaw = async (statement) => {
    const result = await query(statement)
    for (const index of charColumns.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character
    return result
  }
  return queryable
}

/** (4) Answers the two questions that the engine asks on connecting, and refuses everything else. */
function withoutDatabase() {
  const refuse = async () => {
    throw new Error('this needs a database: set DATABASE_URL')
  }
  const answer = (name, type, value) => ({ columnNames: [name], columnTypes: [type], rows: [[value]] })
  const adapter = {
    provider: 'postgres',
    adapterName: 'none',
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    queryRaw: async ({ sql }) => {
      if (/version/i.test(sql)) return answer('version', ColumnTypeEnum.Text, 'PostgreSQL 18.4')
      const { columnNames, columnTypes, rows } = answer('exists', ColumnTypeEnum.Boolean, true)
      return {
        columnNames: [...columnNames, 'name'],
        columnTypes: [...columnTypes, ColumnTypeEnum.Text],
        rows: [[...rows[0], 'public']],
      }
    },
    executeRaw: async () => 0,
    executeScript: refuse,
    startTransaction: refuse,
    dispose: async () => undefined,
  }
  return { provider: 'postgres', adapterName: 'none', connect: async () => adapter, connectToShadowDb: refuse }
}

// ---- databases ----------------------------------------------------------------------------------------------------

/** In fields, because the database's name must be exchangeable. */
function connectionOf(url) {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const sslmode = searchParams.get('sslmode')
  return {
    host: decodeURIComponent(hostname),
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    ...(sslmode === null || sslmode === 'disable' ? {} : { ssl: { rejectUnauthorized: sslmode === 'verify-full' } }),
  }
}

function administer(work) {
  return withClient({ ...connectionOf(databaseUrl), database: 'postgres' }, work)
}

function createDatabase(name) {
  return administer(async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`)
  })
}

function dropDatabase(name) {
  return administer((client) => client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`))
}

async function withClient(connection, work) {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
