import { randomBytes } from 'node:crypto'
import pg from 'pg'

/**
 * A database of the demo's own on the server that DATABASE_URL names, so that it never meets real tasks; null where no
 * server is given and the embedded one in the demo's folder serves.
 */
export async function demoDatabase(url: string | null): Promise<{ url: string; drop: () => Promise<void> } | null> {
  if (url === null) return null
  const name = `supervisor_demo_${randomBytes(6).toString('hex')}`
  await administer(url, `create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return { url: own.href, drop: () => administer(url, `drop database if exists ${name} with (force)`) }
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
