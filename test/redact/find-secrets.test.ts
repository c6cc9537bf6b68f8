import { describe, expect, it } from 'vitest'
import { findSecrets } from '../../src/redact/find-secrets.ts'

const token = ['gh', 'p_', 'FAKEexampleNOTreal0123456789FAKEexam'].join('')

describe('secrets in a patch', () => {
  it('names the rule and the place, never the secret', () => {
    const patch = `+++ b/.env\n+TOKEN=${token}\n`
    expect(findSecrets(patch)).toEqual([{ rule: 'github-token', index: patch.indexOf(token) }])
    expect(JSON.stringify(findSecrets(patch))).not.toContain('FAKE')
  })

  it('finds a configured value in any encoding, also where a milder pattern covers it', () => {
    const value = 'operator-value-42'
    expect(findSecrets(`+const a = "${Buffer.from(value).toString('base64')}"`, [value])).toMatchObject([
      { rule: 'known_value' },
    ])
    expect(findSecrets(`+Authorization: Bearer ${value}`, [value])).toMatchObject([{ rule: 'known_value' }])
  })

  it('finds a private key in added lines', () => {
    const patch = ['+-----BE', 'GIN RSA PRIVATE KEY-----\n+MIIabc\n'].join('')
    expect(findSecrets(patch)).toEqual([{ rule: 'private-key', index: 1 }])
  })

  it('stops for a real password in a URL, not for that of an example', () => {
    expect(findSecrets('+postgres://app:u7Gq-x9Lm2@db.prod.corp/app')).toMatchObject([{ rule: 'url-password' }])
    for (const example of [
      'postgres://postgres:postgres@localhost:5432/test',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a compose file
      'postgres://app:${DB_PASSWORD}@db.prod.corp/app',
      'https://user:u7Gq-x9Lm2@api.example.com/',
      'redis://default:changeme@redis:6379',
    ]) {
      expect(findSecrets(`+${example}`), example).toEqual([])
    }
  })

  it('lets documentation, certificates and lock files pass', () => {
    for (const line of [
      '+Authorization: Bearer abc123abc123abc123abc123',
      '+-----BEGIN CERTIFICATE-----\n+MIIabc',
      '+      "integrity": "sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg=="',
      '+password = "test"',
      '+tokens begin with ghp_ or sk-',
    ]) {
      expect(findSecrets(line), line).toEqual([])
    }
  })
})
