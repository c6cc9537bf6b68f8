import { describe, expect, it } from 'vitest'
import { redactor } from '../../src/redact/redact.ts'

/** Parts are joined here so that no scanner takes this file for a leak; every value is made up. */
const FAKE = 'FAKEexampleNOTreal0123456789FAKEexampleNOTreal0123456789FAKEexampleNOTreal0123456789'
const fake = (n: number) => FAKE.repeat(20).slice(0, n)
const join = (...parts: string[]) => parts.join('')
const pem = (label: string) =>
  join('-----BE', `GIN ${label}-----\n`, `MII${fake(61)}\n${fake(64)}\n${fake(20)}==\n`, `-----EN`, `D ${label}-----`)

const KINDS: [string, string, string][] = [
  ['GitHub classic', join('gh', 'p_', fake(36)), 'github-token'],
  ['GitHub OAuth', join('gh', 'o_', fake(36)), 'github-token'],
  ['GitHub installation', join('gh', 's_', fake(36)), 'github-token'],
  [
    'GitHub installation 2026',
    join('gh', 's_123456_ey', 'J', fake(60), '.ey', 'J', fake(380), '.', fake(120)),
    'github-token',
  ],
  ['GitHub fine-grained', join('github', '_pat_', fake(22), '_', fake(59)), 'github-token'],
  ['Anthropic key', join('sk', '-ant-', 'api03-', fake(90), 'AA'), 'anthropic-key'],
  ['Anthropic OAuth', join('sk', '-ant-', 'oat01-', fake(90), 'AA'), 'anthropic-key'],
  ['OpenAI project', join('sk', '-proj-', fake(120)), 'openai-key'],
  ['OpenAI classic', join('sk', '-', fake(48)), 'openai-key'],
  ['AWS id', join('AK', 'IA', 'FAKEFAKEFAKEFAK2'), 'aws-key'],
  ['AWS secret', join('aws_secret', '_access_key=', fake(40)), 'aws-key'],
  ['Google API', join('AI', 'za', fake(35)), 'google-key'],
  ['Google OAuth', join('ya', '29.', fake(60)), 'google-key'],
  ['Slack bot', join('xo', 'xb-', '000000000000-000000000000-', fake(24)), 'slack-token'],
  ['Slack app', join('xa', 'pp-1-', 'A0000000000-0000000000000-', fake(60)), 'slack-token'],
  ['npm', join('np', 'm_', fake(36)), 'npm-token'],
  ['PyPI', join('py', 'pi-', 'AgEIcHlwaS5vcmc', fake(100)), 'pypi-token'],
  ['Stripe', join('sk', '_live_', fake(24)), 'stripe-key'],
  ['Hugging Face', join('h', 'f_', 'FAKEexampleNOTrealFAKEexampleNOTre'), 'huggingface-token'],
  ['JWT', join('ey', 'J', fake(20), '.', 'ey', 'J', fake(40), '.', fake(43)), 'jwt'],
  ['Telegram bot', join('123456789', ':AA', fake(33)), 'telegram-token'],
  ['Azure storage', join('Account', 'Key=', fake(86), '=='), 'azure-key'],
  ['Bearer', join('Authorization: Bea', 'rer ', fake(32)), 'authorization'],
  ['curl header', join("curl -H 'X-Api-", 'Key: ', fake(30), "'"), 'api-key'],
  ['Postgres URL', join('postgres://app:', 'FAKEnotReal99', '@db.invalid:5432/app'), 'url-password'],
  ['git remote', join('https://x-access-token:', 'gh', 's_', fake(36), '@github.com/o/r.git'), ''],
  ['PEM', pem('RSA PRIVATE KEY'), 'pem'],
  ['PEM without key bytes', pem('ENCRYPTED PRIVATE KEY').replace('MII', 'XYZ'), 'pem'],
  ['PEM certificate', pem('CERTIFICATE'), 'pem'],
  ['PEM in JSON', JSON.stringify({ private_key: pem('PRIVATE KEY') }), 'pem'],
]

describe('patterns', () => {
  const redact = redactor({ values: [] })

  it.each(KINDS)('%s goes, and the kind is named', (_name, secret, kind) => {
    const out = redact(`before ${secret} after`)
    expect(out).toContain(kind === '' ? '[redacted' : `[redacted:${kind}]`)
    expect(out.startsWith('before ')).toBe(true)
    expect(out.endsWith(' after')).toBe(true)
    expect(out).not.toMatch(/FAKE|NOTreal/)
  })

  it.each(KINDS)('%s goes with an ANSI colour glued to it', (_name, secret) => {
    expect(redact(`\u001b[32m${secret}\u001b[0m`)).not.toMatch(/FAKEexampleNOT/)
  })

  it('keeps what stands around a password, so that the text still tells something', () => {
    expect(redact(join('postgres://app:', 'FAKEpw99', '@db.invalid/app'))).toBe(
      'postgres://app:[redacted:url-password]@db.invalid/app',
    )
    expect(redact(join('authorization: Ba', 'sic QWxhZGRpbjpvcGVu'))).toBe(
      'authorization: Basic [redacted:authorization]',
    )
  })

  it('finds what is left of a PEM block when its end or its beginning is cut off', () => {
    const whole = pem('PRIVATE KEY')
    expect(redact(`log\n${whole.slice(0, 100)}`)).toBe('log\n[redacted:pem]')
    expect(redact(`${whole.slice(60)}\nlog goes on`)).toBe('[redacted:pem]\nlog goes on')
    expect(redact(`It ends here\n${whole.slice(120)}`)).not.toMatch(/FAKE/)
    expect(redact(`It ends here\n${whole.slice(120)}`)).toContain('It ends here')
  })

  it('does not hide the log between a cut block and the next block', () => {
    const out = redact(`${pem('PRIVATE KEY').slice(0, 90)}\nthe build goes on here\n${pem('CERTIFICATE')}\nend`)
    expect(out).toContain('the build goes on here')
    expect(out).not.toMatch(/FAKE/)
  })

  it.each([
    ['git SHA-1', '9fceb02d0ae598e95dc970b74767f19372d61af8'],
    ['SHA-256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['UUID', '123e4567-e89b-12d3-a456-426614174000'],
    ['ULID', '01JD3V5K8Z9QYF2M4N6P7R8S9T'],
    ['integrity', 'sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg=='],
    ['words with sk-', 'risk-assessment-task-force-desk-sk-notes'],
    ['CSS class', 'sk-circle-fade-animation-delayed-by-some-time-in-the-middle'],
    [
      'prose',
      'ghp_ is the prefix of a classic token, npm_ that of npm; Authorization: see the docs; bearer of bad news',
    ],
    [
      'image',
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    ],
    ['URL with port', 'http://localhost:3000/users/@me and https://github.com/o/r/issues/3'],
    ['npm variables', 'npm_package_config_registry npm_lifecycle_event_of_the_whole_run_and_more'],
    ['e-mail', 'Ann <ann@example.org>: hello'],
    ['a file', 'src/auth/redirect.ts:12:5 - error TS2304: Cannot find name'],
  ])('leaves %s alone', (_name, text) => {
    expect(redact(text)).toBe(text)
  })

  it('is its own fixed point', () => {
    const once = redact(KINDS.map(([, secret]) => secret).join('\n'))
    expect(redact(once)).toBe(once)
  })

  it('stays fast on hostile text of 256 kB', { timeout: 20_000 }, () => {
    const hostile = [
      'eyJ',
      '-----BEGIN A-----\n',
      '-----END A-----',
      '://a:',
      'Authorization: ',
      'gh',
      'A',
      'sk-',
      'bearer 1',
      '\\n',
      'password=',
    ]
    for (const unit of hostile) expect(redact(unit.repeat(Math.ceil(262_144 / unit.length))).length).toBeGreaterThan(0)
  })
})

describe('known values', () => {
  it('ignores values shorter than six characters', () => {
    expect(redactor({ values: ['', 'a', 'main1'] })('main1 is a branch')).toBe('main1 is a branch')
  })

  it('knows a value with the line break of its file, and the lines of a key', () => {
    const redact = redactor({ values: ['correct-horse\n', pem('PRIVATE KEY')] })
    expect(redact('it is correct-horse!')).toBe('it is [redacted]!')
    expect(redact(`only this line: ${fake(64)}`)).toBe('only this line: [redacted]')
  })

  it('finds values wrapped by base64 and xxd', () => {
    const value = 'hunter2-and-some-more-of-it'
    const redact = redactor({ values: [value] })
    const wrapped = Buffer.from(`PATH=/usr/bin:/bin\nSECRET=${value}\n`).toString('base64').replace(/.{19}/g, '$&\n')
    const shown = redact(wrapped).replaceAll('\n', '')
    expect(shown).toContain('[redacted]')
    expect(Buffer.from(shown.replace('[redacted]', ''), 'base64').toString()).not.toContain('hunter2')
    const bytes = Buffer.from(value).toString('hex').toUpperCase()
    for (const hex of [
      bytes,
      bytes.replace(/../g, '$& '),
      bytes.replace(/..(?!$)/g, '$&:'),
      bytes.replace(/../g, '\\x$&'),
    ]) {
      expect(redact(`dump ${hex}.`)).toMatch(/^dump (\\x)?\[redacted\] ?\.$/)
    }
  })

  it('hides both of two values that overlap', () => {
    expect(redactor({ values: ['abcdefgh', 'efghijkl'] })('x abcdefghijkl y')).toBe('x [redacted] y')
  })
})
