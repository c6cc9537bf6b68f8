import type { Intake } from '../task/command.ts'
import { cleanText } from './clean-text.ts'
import { happened } from './happened.ts'
import * as payloads from './payloads.ts'
import { ignored } from './reader.ts'

const MAX_ANSWER = 16_000

/**
 * A comment that is no command. Whether anybody waits for it is not known here; what it quotes (a reply by mail repeats
 * the question) and what people do not see in it is no answer.
 */
export function plainReplyOf(data: payloads.IssueComment): Intake {
  const { issue, comment, sender } = data
  const body = withoutQuotes(cleanText(comment.body, MAX_ANSWER).text)
  if (body === '') return ignored('not_a_command')
  return happened({
    kind: 'plain_reply',
    // As a command of this comment would be known: one comment is taken once, whoever brings it.
    sourceKey: `comment:${comment.id}`,
    repository: payloads.repositoryOf(data),
    issueNumber: issue.number,
    commentId: comment.id,
    actor: sender,
    body,
    at: comment.created_at,
  })
}

/** Mail programs announce a quote in a line that ends in a colon: "On Monday, … wrote:". */
const ANNOUNCED = /^(?:On|Am|Le|El|Il|Em)\b.{0,200}:$/
const isQuote = (line: string): boolean => /^ {0,3}>/.test(line)

function withoutQuotes(text: string): string {
  const lines = text.split('\n')
  const own = lines.filter((line, n) => !isQuote(line) && !(ANNOUNCED.test(line) && isQuote(nextText(lines, n))))
  return own.join('\n').trim()
}

const nextText = (lines: readonly string[], n: number): string => lines.slice(n + 1).find((l) => l.trim() !== '') ?? ''
