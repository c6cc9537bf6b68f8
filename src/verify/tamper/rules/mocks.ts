import { posix } from 'node:path'
import type { FileChange } from '../../before-after/touched.ts'
import type { Finding } from '../../findings.ts'
import type { PatchLine } from '../patch-lines.ts'

const MOCK =
  /\b(?:jest|vi|vitest)\.(?:mock|doMock|unstable_mockModule|setMock)\(\s*(?:import\(\s*)?['"]([^'"]{1,300})['"]|\bmock\.module\(\s*['"]([^'"]{1,300})['"]|\b(?:proxyquire|rewiremock|td\.replace(?:Esm)?|t\.mock(?:Import|Require)?|mockery\.registerMock|esmock)\(\s*['"](\.[^'"]{1,300})['"]/
const PYTHON_MOCK =
  /\b(?:mock\.)?patch(?:\.object)?\(\s*['"]([\w.]{1,300})['"]|\bmonkeypatch\.setattr\(\s*['"]?([\w.]{1,300})/

/** The thing under test replaced by a stand-in: a mock of a file that the change itself is about. */
export function mockedSubjects(file: string, added: readonly PatchLine[], product: readonly FileChange[]): Finding[] {
  return added.flatMap(({ line, text }): Finding[] => {
    const target = MOCK.exec(text)
      ?.slice(1)
      .find((one) => one !== undefined)
    const python = PYTHON_MOCK.exec(text)
      ?.slice(1)
      .find((one) => one !== undefined)
    const isSubject = product.some(
      ({ path }) =>
        (target !== undefined && isSame(file, target, path)) || (python !== undefined && isModule(python, path)),
    )
    return isSubject
      ? [{ rule: 'mocked_subject', file, line, what: text.trim().slice(0, 200), weight: 'blocking' }]
      : []
  })
}

function isSame(from: string, target: string, path: string): boolean {
  if (!target.startsWith('.')) return false
  const resolved = posix.join(posix.dirname(from), target)
  const plain = (name: string) => name.replace(/\.[cm]?[jt]sx?$/, '').replace(/\/index$/, '')
  return plain(resolved) === plain(path)
}

/** `patch('package.module.function')` replaces something in `package/module.py`. */
function isModule(dotted: string, path: string): boolean {
  const module = path
    .replace(/\.py$/, '')
    .replace(/\/__init__$/, '')
    .replace(/^src\//, '')
    .replaceAll('/', '.')
  return path.endsWith('.py') && (dotted === module || dotted.startsWith(`${module}.`))
}
