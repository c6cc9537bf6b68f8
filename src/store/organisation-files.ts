import type { Database } from './database.ts'

/** An owner's settings file as it was last read. */
export interface OrganisationFile {
  /** git's hash of its content. */
  readonly sha: string
  /** null = it was too large to be read. */
  readonly text: string | null
}

/** By the owner's name, because an installation that is made anew has another number. */
export async function rememberOrganisationFile(db: Database, owner: string, file: OrganisationFile): Promise<void> {
  const row = { sha: file.sha, text: file.text === null ? null : db.text(file.text), seenAt: new Date() }
  const key = owner.toLowerCase()
  await db.prisma.organisationFile.upsert({ where: { owner: key }, create: { owner: key, ...row }, update: row })
}

export async function knownOrganisationFile(db: Database, owner: string): Promise<OrganisationFile | null> {
  const row = await db.prisma.organisationFile.findUnique({ where: { owner: owner.toLowerCase() } })
  return row === null ? null : { sha: row.sha, text: row.text }
}

/** @returns whether there was one */
export async function forgetOrganisationFile(db: Database, owner: string): Promise<boolean> {
  const { count } = await db.prisma.organisationFile.deleteMany({ where: { owner: owner.toLowerCase() } })
  return count > 0
}
