#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import type { RunOptions } from './cli/run.ts'
import type { VerifyOptions } from './cli/verify.ts'
import { ConfigError } from './config.ts'
import { packageRoot } from './package-root.ts'

/** The command line: each command is one file under cli/, loaded when it is used. */
const program = new Command('supervisor')
  .description('Runs coding agents on a short leash and verifies their work itself.')
  .version(version())
  .showHelpAfterError('(type `supervisor --help` to see what there is)')

program
  .command('start')
  .description('web half and worker half in one process; without App credentials: the set-up page, on loopback only')
  .option('--no-worker', 'take webhooks, leave the work to `supervisor worker` elsewhere')
  .action(async (options: { worker: boolean }) => (await import('./cli/start.ts')).start(options))

program
  .command('worker')
  .description('the worker half alone; as many as you like share one database')
  .action(async () => (await import('./cli/worker.ts')).worker())

program
  .command('demo')
  .description('the whole loop against a GitHub on loopback: no account, no database server, no agent to install')
  .option('--json', 'print one JSON object on the last line')
  .option('--keep', 'leave everything running for a look, until Ctrl-C')
  .option(
    '--backend <name>',
    'use this backend of your supervisor.config.yml, or claude-code or codex, not the recorded run',
  )
  .option('--model-stub', 'with a real agent, a model on loopback: no key, no cost, nothing leaves this machine')
  .action(async (options: { json?: true; keep?: true; backend?: string; modelStub?: true }) =>
    (await import('./cli/demo.ts')).demo(options),
  )

program
  .command('run')
  .argument('<request>', 'what is to be done, as you would write it in an issue')
  .description('a whole task on a repository of this machine, without GitHub; the result is a new branch')
  .option('--repo <dir>', 'the repository; what is committed is seen', '.')
  .option('--backend <name>', 'one of supervisor.config.yml, or claude-code or codex where installed')
  .option('--json', 'print one JSON object on the last line')
  .action(async (request: string, options: RunOptions) => (await import('./cli/run.ts')).run(request, options))

program
  .command('tasks')
  .description('list tasks, newest first')
  .option('--all', 'ended ones, too')
  .option('--limit <n>', 'how many at most', '50')
  .option('--json', 'for programs')
  .action(async (options: { all?: true; limit: string; json?: true }) =>
    (await import('./cli/tasks.ts')).tasks(options),
  )

program
  .command('show')
  .argument('<task>', 'the task’s id, or how it ends')
  .description('everything that is known of one task')
  .option('--json', 'for programs')
  .action(async (task: string, options: { json?: true }) => (await import('./cli/show.ts')).show(task, options))

program
  .command('cancel')
  .argument('<task>', 'the task’s id, or how it ends')
  .description('stop a task for good, as `/supervise cancel` does; exit code 1 where no worker took notice')
  .option('--json', 'for programs')
  .action(async (task: string, options: { json?: true }) => (await import('./cli/cancel.ts')).cancel(task, options))

program
  .command('hold')
  .argument('[what]', 'on, off or status', 'status')
  .description('on: no step of any task begins until it is off; people are answered, what they ask for is kept')
  .option('--now', 'stop what runs, too; its step begins anew afterwards')
  .option('--why <text>', 'shown to people')
  .option('--json', 'for programs')
  .action(async (what: string, options: { now?: true; why?: string; json?: true }) =>
    (await import('./cli/hold.ts')).hold(what, options),
  )

program
  .command('classify')
  .argument('[text]', 'one request; without it: JSON lines {title, body} on standard input')
  .description('type, risk, mode, confidence and signals of requests, one JSON line each; needs no database')
  .action(async (text?: string) => (await import('./cli/classify.ts')).classify(text === undefined ? {} : { text }))

program
  .command('replay')
  .argument('<task>', 'the task’s id, or how it ends')
  .description('decide again from what was stored with a task, without a model; exit code 1 where something differs')
  .option('--json', 'for programs')
  .action(async (task: string, options: { json?: true }) => (await import('./cli/replay.ts')).replayTask(task, options))

const audit = program.command('audit').description('the record of what was decided, approved and written to GitHub')
audit
  .command('verify')
  .argument('[task]', 'the task’s id, or how it ends; default: all')
  .description('find what was edited, deleted or written past the record; exit code 1 where something was')
  .option('--against <file>', 'an earlier `audit export`: finds a record that was written anew as a whole, too')
  .option('--json', 'for programs')
  .action(async (task: string | undefined, options: { against?: string; json?: true }) =>
    (await import('./cli/audit.ts')).auditVerify(task, options),
  )
audit
  .command('export')
  .argument('[task]', 'the task’s id, or how it ends; default: all')
  .description('the record as JSON lines, to be kept where nobody can rewrite it')
  .action(async (task?: string) => (await import('./cli/audit.ts')).auditExport(task))

program
  .command('doctor')
  .description('what is installed, in which version, and what is missing; exit code 1 where something needed is')
  .option('--json', 'for programs')
  .action(async (options: { json?: true }) => (await import('./cli/doctor.ts')).doctor(options))

program
  .command('verify')
  .description('verify a change of any local repository: exit code 0 pass, 1 fail, 2 inconclusive')
  .option('--repo <dir>', 'the repository', '.')
  .requiredOption('--base <ref>', 'the commit that the change starts from')
  .requiredOption('--head <ref>', 'the commit that is verified')
  .option('--type <type>', 'bug_fix wants a test that fails without the change and passes with it', 'code_change')
  .option('--command <command...>', 'what must pass, instead of what the base names or what is detected there')
  .option('--setup <command>', 'what is run first in each fresh checkout')
  .option('--timeout <time>', 'of each command: 90s, 10m')
  .option('--sandbox <mode>', 'auto: where there is one; required; off', 'auto')
  .option('--network', 'let setup and commands use the network, without a sandbox')
  .option('--json', 'print one JSON object')
  .action(async (options: VerifyOptions) => (await import('./cli/verify.ts')).verify(options))

const ci = program.command('ci').description('steps of a GitHub Actions workflow (docs/github-actions.md)')
ci.command('verify')
  .description('verify the pull request of the event; writes a report, needs no token')
  .action(async () => (await import('./cli/ci/verify.ts')).verifyPull())
ci.command('publish')
  .description('show the report of `ci verify` as a check run, from a run that may')
  .action(async () => (await import('./cli/ci/publish.ts')).publishVerification())
ci.command('supervise')
  .description('take the event as a delivery, and work until everything rests')
  .action(async () => (await import('./cli/ci/supervise.ts')).superviseInCi())

const evidence = program.command('evidence').description('signed evidence of what was verified')
evidence
  .command('verify')
  .argument('<file>', 'a bundle, as `evidence export` writes it')
  .description('whether it is what the operator’s key has signed; exit code 1 where it is not')
  .option('--key <file>', 'the public key in PEM; default: that of this data directory')
  .option('--json', 'for programs')
  .action(async (file: string, options: { key?: string; json?: true }) =>
    (await import('./cli/evidence.ts')).verifyBundle(file, options),
  )
evidence
  .command('export')
  .argument('<task>', 'the task’s id, or how it ends')
  .description('print the newest bundle of a task: an in-toto statement in a DSSE envelope')
  .action(async (task: string) => (await import('./cli/evidence.ts')).exportBundle(task))
evidence
  .command('key')
  .description('print the public key that others verify bundles with')
  .action(async () => (await import('./cli/evidence.ts')).printPublicKey())

program
  .command('migrate')
  .description('bring the database up to date (start does so, too)')
  .action(async () => (await import('./cli/migrate.ts')).migrateDatabase())

const config = program.command('config').description('settings files')
config
  .command('check')
  .argument('[file]', 'default: the operator’s, supervisor.config.yml')
  .description('say what is wrong with a settings file, line by line')
  .option('--as <kind>', 'operator or repository (an organisation’s is read like a repository’s); default: by its name')
  .action(async (file: string | undefined, options: { as?: string }) =>
    (await import('./cli/config-check.ts')).configCheck(file, options),
  )
config
  .command('forget')
  .argument('<owner>', 'an organisation or a person')
  .description('let the settings file of an owner hold no longer that cannot be read any more')
  .action(async (owner: string) => (await import('./cli/config-forget.ts')).configForget(owner))

program
  .command('skills')
  .description('skill packs')
  .command('check')
  .argument('<dir>', 'a folder of packs: <dir>/<name>/SKILL.md')
  .description('read every pack of a folder and name what is wrong, by file and line')
  .option('--json', 'for programs')
  .action(async (dir: string, options: { json?: true }) =>
    (await import('./cli/skills-check.ts')).checkSkills(dir, options),
  )

if (existsSync('.env')) process.loadEnvFile('.env')
// simple-git would print the environment of its child processes under DEBUG, and with it the credential of a fetch.
delete process.env['DEBUG']
try {
  await program.exitOverride().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else {
    const text =
      error instanceof ConfigError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error)
    process.stderr.write(`${text}\n`)
    process.exitCode = 1
  }
}

function version(): string {
  const { version: v } = JSON.parse(readFileSync(join(packageRoot(import.meta.dirname), 'package.json'), 'utf8')) as {
    version: string
  }
  return v
}
