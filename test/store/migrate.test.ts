import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts'

let dir: string
let database: TestDatabase
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'supervisor-migrations-'))
  database = await createEmptyDatabase()
  write('0001_first', 'create table first (id int); insert into first values (1);')
  write('0002_second', 'create function two() returns int language sql as $$ select 2; $$;')
})
afterEach(async () => {
  rmSync(dir, { recursive: true, force: true })
  await database.drop()
})

const write = (name: string, sql: string): void => {
  mkdirSync(join(dir, name), { recursive: true })
  writeFileSync(join(dir, name, 'migration.sql'), sql)
}

test('applies in order of names, once, and later only what is new', async () => {
  expect(await migrate(database.url, dir)).toEqual(['0001_first', '0002_second'])
  expect(await migrate(database.url, dir)).toEqual([])
  write('0003_third', 'insert into first values (two())')
  expect(await migrate(database.url, dir)).toEqual(['0003_third'])
  expect(await query('select id from first order by id')).toEqual([{ id: 1 }, { id: 2 }])
})

test("keeps the books as Prisma's own command does", async () => {
  await migrate(database.url, dir)
  const rows = await query(
    'select migration_name, checksum, applied_steps_count, finished_at is not null as finished from "_prisma_migrations"',
  )
  expect(rows[0]).toEqual({
    migration_name: '0001_first',
    checksum: '55e82b5c79deaf4ef4fe42c85290129b63547924a8b698d2de3663e3b3e8cf3b',
    applied_steps_count: 1,
    finished: true,
  })
})

test('of several starters each migration is applied by one', async () => {
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database.url, dir)))
  expect(applied.flat().sort()).toEqual(['0001_first', '0002_second'])
})

test('a refused migration leaves nothing, says why, and can be mended', async () => {
  write('0003_third', 'create table third (id int); select * from nowhere;')
  await expect(migrate(database.url, dir)).rejects.toThrow(/0003_third was refused: relation "nowhere" does not exist/)
  expect(await query(`select to_regclass('third') as found, to_regclass('first') as kept`)).toEqual([
    { found: null, kept: 'first' },
  ])
  write('0003_third', 'create table third (id int);')
  expect(await migrate(database.url, dir)).toEqual(['0003_third'])
})

test('a migration that was edited after it had been applied is refused by name', async () => {
  await migrate(database.url, dir)
  write('0001_first', 'create table first (id bigint);')
  await expect(migrate(database.url, dir)).rejects.toMatchObject({
    failureClass: 'configuration',
    message: expect.stringMatching(/0001_first was edited after it had been applied.*Restore/),
  })
})

test('one that `prisma migrate` left unfinished stops the start and names the command that helps', async () => {
  await migrate(database.url, dir)
  await query(`update "_prisma_migrations" set finished_at = null where migration_name = '0002_second'`)
  await expect(migrate(database.url, dir)).rejects.toThrow(/prisma migrate resolve --rolled-back 0002_second/)
  await query(`update "_prisma_migrations" set rolled_back_at = now() where migration_name = '0002_second'`)
  await query('drop function two()')
  expect(await migrate(database.url, dir)).toEqual(['0002_second'])
})

test('an older release leaves the migrations of a newer one alone', async () => {
  write('0003_newer', 'create table newer (id int);')
  await migrate(database.url, dir)
  rmSync(join(dir, '0003_newer'), { recursive: true })
  expect(await migrate(database.url, dir)).toEqual([])
})

test('a directory without migration.sql, and a server that does not answer, are named', async () => {
  await expect(migrate('postgresql://a:b@127.0.0.1:1/x', dir)).rejects.toThrow(/ECONNREFUSED.*Check DATABASE_URL/)
  mkdirSync(join(dir, '0003_empty'))
  await expect(migrate(database.url, dir)).rejects.toThrow(/0003_empty.*migration\.sql is missing/)
})

test('the template that tests clone has every migration of the project', async () => {
  const clone = await createTestDatabase()
  try {
    expect(await migrate(clone.url)).toEqual([])
  } finally {
    await clone.drop()
  }
})

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
