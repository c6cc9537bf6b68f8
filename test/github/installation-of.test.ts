import { expect, test } from 'vitest'
import { installationOf } from '../../src/github/installation-of.ts'
import { startFakeGitHub } from './fake-github.ts'

test('the installation of a repository is asked for by its name, and may be missing', async () => {
  const fake = await startFakeGitHub()
  try {
    fake.on('GET', /repos\/acme\/app\/installation$/, () => ({ status: 200, body: { id: 7 } }))
    fake.on('GET', /repos\/acme\/other\/installation$/, () => ({ status: 404, body: { message: 'Not Found' } }))
    const github = fake.client()
    expect(await installationOf(github, 'acme', 'app')).toBe(7)
    expect(await installationOf(github, 'acme', 'other')).toBeNull()
  } finally {
    await fake.close()
  }
})
