import type { Tx } from './database.ts'

/**
 * What GitHub has of a task's branch and pull request belongs from now on to another try of it: the receipts are copied,
 * so that the next push builds on the branch as it stands, and no second pull request is opened.
 * @param branchHead where the branch stands on GitHub
 */
export async function inheritSurfaces(tx: Tx, parentId: string, childId: string, branchHead: string): Promise<void> {
  await tx.$executeRaw`
    insert into outbox (id, task_id, repository_id, installation_id, issue_number, surface, key, rank, payload,
      wanted, sent, remote_id, sent_at)
    select ${childId} || ':' || surface, ${childId}, repository_id, installation_id, issue_number, surface,
      ${childId} || ':' || surface, rank, payload, 1, 1,
      case surface when 'branch' then ${branchHead} else remote_id end, now()
    from outbox where key in (${`${parentId}:branch`}, ${`${parentId}:pull`}) and remote_id is not null`
}
