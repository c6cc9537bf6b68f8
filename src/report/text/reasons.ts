import type { ReasonCode } from '../../task/reasons.ts'

/**
 * What people read for a reason code: what happened, why it is so, and what to do or type now. Words of our own only;
 * whatever was foreign stands beside them, made harmless. A code without words does not compile.
 *
 * Longer than other files because it is one table, a row for each code.
 */
export interface ReasonWords {
  readonly happened: string
  readonly why: string | null
  readonly next: string | null
}

/** The words of a stored code; one that this version does not know (an older or newer row) is shown by its name. */
export function wordsFor(code: string): ReasonWords {
  const known: Readonly<Record<string, ReasonWords>> = REASONS
  if (Object.hasOwn(known, code) && known[code] !== undefined) return known[code]
  return words('A step was taken that this version has no words for.', null, 'Ask the operator: their log has it.')
}

function words(happened: string, why: string | null = null, next: string | null = null): ReasonWords {
  return { happened, why, next }
}

const ASK_HELP = '`/supervise help` shows every command.'
const ASK_WRITER = 'Ask somebody with write access to this repository.'
const ASK_OPERATOR = 'Ask the operator of this service; nothing here can mend it.'
/** Said by most ends; the comment says it in its own way. */
export const AGAIN_WORDS = '`/supervise <request>` starts again.'
const BY_ITSELF = 'It goes on by itself. To stop it: `/supervise cancel`.'

export const REASONS = {
  // intake
  command_accepted: words('The command was accepted.'),
  label_accepted: words('The label started this task.'),
  not_a_command: words('The comment is no command.', 'A command begins with `/supervise` on its first line.', ASK_HELP),
  actor_without_write_access: words(
    'Not started.',
    'Only people with write access to this repository can do that.',
    ASK_WRITER,
  ),
  actor_is_bot: words('Not started.', 'Bots do not command here.', ASK_WRITER),
  actor_is_ourselves: words('Not started.', 'The supervisor does not obey its own comments.'),
  unknown_verb: words(
    'Nothing was started.',
    'This command is not known.',
    `If it was a request, \`/supervise run <request>\` always takes it as one. ${ASK_HELP}`,
  ),
  verb_not_available: words('Nothing was changed.', 'This version does not have that command.', ASK_HELP),
  ambiguous_verb: words(
    'Nothing was started.',
    'This can be read as a command or as a request.',
    'Type the command alone, or `/supervise run <request>` for the request.',
  ),
  unknown_flag: words(
    'Nothing was started.',
    'This flag is not known.',
    'Send the command again with a flag that exists.',
  ),
  invalid_flag_value: words(
    'Nothing was started.',
    'The value of a flag is not one that it takes.',
    'Send the command again with a value that it takes.',
  ),
  verb_needs_no_request: words(
    'Nothing was changed.',
    'This command takes no words after it.',
    'Type it alone, or `/supervise run <request>` if it was a request.',
  ),
  verb_needs_argument: words('Nothing was changed.', 'This command needs something after it.', ASK_HELP),
  no_open_task: words(
    'Nothing was changed.',
    'No open task belongs to this thread.',
    '`/supervise <request>` starts one.',
  ),
  unknown_task: words(
    'Nothing was changed.',
    'No task of this thread that this could mean has that id.',
    'Give the id of one of them, or its last six characters or more.',
  ),
  not_waiting_for_that: words(
    'Nothing was changed.',
    'The task does not wait for that now.',
    'Its comment says what it waits for. `/supervise status` brings it up to date.',
  ),
  task_already_open: words(
    'No second task was started.',
    'A task is open in this thread already.',
    'Wait for it, `/supervise cancel` it, or add `--new` to start another one beside it.',
  ),
  too_many_tasks: words(
    'No task was started.',
    'You have started as many tasks as the operator allows one person in an hour.',
    'Ask again later. The operator can raise `budgets.perUserHour`.',
  ),
  several_open_tasks: words(
    'Nothing was changed.',
    'Several tasks are open in this thread.',
    'Say which: add `--task ID`. `/supervise tasks` lists them.',
  ),
  fork_not_supported: words(
    'Not started.',
    'The pull request comes from a fork, and code of others must not run beside the rights of this repository.',
    'Push the branch to this repository, open a pull request from it, and ask there.',
  ),
  pull_request_not_open: words(
    'Not started.',
    'The pull request is merged or closed.',
    'Reopen it, or ask on an issue.',
  ),
  head_is_default_branch: words(
    'Not started.',
    'The pull request comes from the default branch, and work goes there through pull requests only.',
    'Push the work to a branch of its own, open a pull request from it, and ask there.',
  ),
  head_branch_unusable: words(
    'Not started.',
    'The branch of the pull request has a name that this program does not work with.',
    'Rename the branch (letters, digits, `-`, `_`, `.` and `/`), and ask on its new pull request.',
  ),
  branch_has_task: words(
    'No second task was started.',
    'A task works on this branch already, and a branch has one task at a time.',
    'Write the request in its pull request without `--new`: it becomes the next round there. Or `/supervise cancel` it first.',
  ),
  installation_not_allowed: words(
    'Not started.',
    'The operator of this service has not allowed this repository.',
    'Ask the operator to add it to `installations.allow`.',
  ),
  snapshot_changed: words(
    'The text was changed after the command was given.',
    'What is worked on must be what was asked for.',
    'Answer with what is meant now, or give the command again.',
  ),
  empty_request: words(
    'There is no request.',
    'Neither the command nor the issue says what to do.',
    '`/supervise <request>` with what to do.',
  ),
  edited_comment: words(
    'The edit was not taken as a command.',
    'Only a new comment commands.',
    'Write the command in a new comment.',
  ),
  event_not_handled: words('Nothing was done.', 'This kind of event starts nothing.'),
  delivery_malformed: words(
    'The delivery could not be read.',
    'GitHub sent something that is not of the shape it documents.',
    ASK_OPERATOR,
  ),
  delivery_failed: words(
    'The delivery could not be handled, after several tries.',
    null,
    'Give the command again; if that does not help, ask the operator.',
  ),

  // classification and policy
  classified: words('The request was read and sorted.'),
  low_risk_goes_on: words('Goes on without approval.', 'The risk is low and the scope is clear.'),
  goes_on_by_policy: words('Goes on without approval.', 'The automation level that is set here allows it.'),
  plan_needs_approval: words(
    'The plan waits for approval.',
    'The request can be read in several ways.',
    '`/supervise approve`',
  ),
  plan_only: words(
    'The plan is ready. Nothing is started by itself.',
    'Only the plan was asked for.',
    '`/supervise approve` starts it, `/supervise cancel` drops it.',
  ),
  medium_risk_needs_approval: words('The plan waits for approval.', 'The risk is medium.', '`/supervise approve`'),
  high_risk_needs_approval: words(
    'The plan waits for approval by another person than the requester.',
    'The risk is high.',
    '`/supervise approve`',
  ),
  public_code_needs_approval: words(
    'The plan waits for approval.',
    'Code in a public repository is not changed without it.',
    '`/supervise approve`',
  ),
  manual_needs_approval: words(
    'Waits for approval.',
    'The automation level here is manual: everything is approved by a person.',
    '`/supervise approve`',
  ),
  unknown_type_needs_answer: words(
    'It is not clear what kind of work this is.',
    'Guessing would waste money or do harm.',
    'Answer the questions.',
  ),
  low_confidence_needs_answer: words(
    'The request can be read in several ways.',
    'Guessing would waste money or do harm.',
    'Answer the questions.',
  ),
  several_tasks_need_choice: words(
    'The request holds several tasks.',
    'Each of them is planned, approved and verified by itself.',
    'Answer with the number of the one to start; ask for the others with `/supervise --new …`.',
  ),
  no_backend_for_capability: words(
    'Nobody here can do this kind of work.',
    'No configured backend has the capability that it needs.',
    'Ask the operator to add a backend, or ask for something else.',
  ),
  unknown_backend: words(
    'Not started.',
    'The backend that was asked for is not configured.',
    'Send the command again with one that exists, or without `--backend`.',
  ),
  unknown_skill: words(
    'Not started.',
    'The skill that was asked for does not exist or is not allowed here.',
    'Send the command again with one that exists, or without `--skill`.',
  ),
  protected_paths_need_approval: words(
    'Held before the push.',
    'The change touches protected paths.',
    'Look at the change, then `/supervise approve` or `/supervise reject`.',
  ),
  workflow_files_refused: words(
    'Not published.',
    'The change touches `.github/workflows/`. The App has no right to push such files, and no approval can give it.',
    'Copy that part of the change by hand, and ask again for the rest.',
  ),
  too_many_files: words(
    'Held before the push.',
    'The change touches more files than the limit allows.',
    'Ask for a smaller change, or raise `limits.files`.',
  ),
  too_many_bytes: words(
    'Held before the push.',
    'The change is larger than the limit allows.',
    'Ask for a smaller change, or raise `limits.bytes`.',
  ),
  secret_in_diff: words(
    'Not published.',
    'The change contains what looks like a secret. It is not shown here, and it was not pushed.',
    'Keep secrets out of the request and out of the files, then ask again. If it is a real one, replace it.',
  ),
  risk_rose_with_diff: words(
    'Held before the push.',
    'The change turned out riskier than the plan said.',
    'Look at the change, then `/supervise approve` or `/supervise reject`.',
  ),
  paths_outside_grant: words(
    'Held before the push.',
    'The change touches paths that the plan does not allow.',
    'Look at the change, then `/supervise approve` or `/supervise reject`.',
  ),
  result_path_unusable: words(
    'The result could not be put into its file.',
    'The path is a link, a folder, or something that the repository ignores.',
    'Start again with another path: `/supervise <request>`',
  ),
  refused_by_rule: words(
    'Refused by a rule.',
    'The settings have a rule (`rules`) about who may ask for what, or about these paths.',
    'Somebody whom the rule does not concern can ask, or leave those paths out.',
  ),
  rule_needs_approval: words(
    'Waiting for approval.',
    'A rule of the settings (`rules`) wants it for this person, command or path.',
  ),
  skill_invalid: words(
    'A skill pack of the repository was left out.',
    'It has a mistake.',
    'Mend it on the default branch; `supervisor skills check skills` shows what is wrong.',
  ),
  repository_settings_invalid: words(
    'The strictest policy holds.',
    '`.github/supervisor.yml` on the default branch has a mistake.',
    'Mend the file on the default branch. This task keeps that policy; one that starts later reads the mended file.',
  ),
  organisation_settings_invalid: words(
    'The strictest policy holds.',
    'The organisation’s settings, `.github/supervisor.yml` in its repository `.github`, have a mistake.',
    'Mend the file on the default branch there. This task keeps that policy; one that starts later reads the mended file.',
  ),
  organisation_settings_unreachable: words(
    'The strictest policy holds.',
    'The organisation’s settings, `.github/supervisor.yml` in its repository `.github`, were read before and cannot be read any more.',
    'Give the App access to that repository again; to end them, delete the file there. If the repository is gone for good, the operator can type `supervisor config forget OWNER`. This task keeps that policy; one that starts later looks again.',
  ),
  budget_above_cap: words(
    'That budget was not taken.',
    'It is higher than the operator, the organisation or the repository allows for one task.',
    'Send the command again with a smaller one.',
  ),
  flag_lowered: words('A flag asks for more than is allowed here; the limit holds.'),

  // running
  plan_ready: words('The plan is ready.'),
  workspace_ready: words('The workspace is ready.'),
  executed: words('The agent has ended; its work is verified next.'),
  no_slot_free: words('Waits for a free place.', 'As many agents run at once as the operator allows.', BY_ITSELF),
  slot_free: words('A place is free again.'),
  retry_after_failure: words('A step did not work and is tried again.', null, BY_ITSELF),
  wait_over: words('The wait is over.'),
  backend_failed: words('The agent ended with an error.', null, AGAIN_WORDS),
  backend_timeout: words(
    'The agent was stopped at its time limit.',
    null,
    'Ask for a smaller change, or give more time with `--timeout`.',
  ),
  backend_stalled: words('The agent was stopped: it showed no sign of life for too long.', null, AGAIN_WORDS),
  backend_flooded: words('The agent was stopped: it printed more than the limit allows.', null, AGAIN_WORDS),
  backend_unavailable: words(
    'No agent could be started.',
    'The backend is not installed, not configured or does not answer.',
    ASK_OPERATOR,
  ),
  backend_down: words('What the agent needs does not answer, and nobody else can do the work.', null, BY_ITSELF),
  sandbox_unavailable: words(
    'No agent was started.',
    'There is no sandbox on this machine, and agents do not run without one here.',
    'Ask the operator to install bubblewrap; `supervisor doctor` says what is missing.',
  ),
  budget_reached: words('The budget is used up; the work is kept.', null, '`/supervise budget 10usd` gives more.'),
  day_budget_reached: words(
    "The operator's budget for today is used up; the work is kept.",
    null,
    'It goes on by itself after midnight UTC. An operator can raise `budgets.repoDay` or `budgets.installationDay`.',
  ),
  budget_changed: words('The budget of the task was changed.'),
  budget_expired: words('Nobody gave more budget in time.', null, AGAIN_WORDS),
  quota_reached: words('The provider of the model has no quota left for now; the work is kept.', null, BY_ITSELF),
  github_unavailable: words('GitHub does not answer.', null, BY_ITSELF),
  github_refused: words(
    'GitHub refused a request.',
    'The App may lack a permission, or a rule of the repository forbids it.',
    ASK_OPERATOR,
  ),
  github_rate_limited: words("GitHub's rate limit is reached.", null, BY_ITSELF),
  github_login_failed: words(
    'GitHub does not accept the App.',
    'Its id or private key is wrong, or was replaced.',
    ASK_OPERATOR,
  ),
  github_permission_missing: words(
    'The App lacks a permission in this repository.',
    'New permissions count only when an owner has accepted them.',
    'Ask an owner to accept the permissions of the App in its installation settings.',
  ),
  held_by_operator: words(
    'The operator lets nothing run now.',
    'What was asked for is kept.',
    'It goes on by itself when the hold is lifted. To stop it for good: `/supervise cancel`.',
  ),
  installation_suspended: words(
    'The App is suspended here.',
    null,
    'It goes on by itself when an owner unsuspends the App.',
  ),
  installation_removed: words(
    'The App was removed here.',
    null,
    'Install it again, then `/supervise <request>` starts again.',
  ),
  repository_removed: words(
    'The App was taken off this repository.',
    null,
    'Give it the repository again, then `/supervise <request>` starts again.',
  ),
  ends_with_run: words(
    'This ran in CI without a database, and ends with its run.',
    'Approvals, answers and commands on this task are heard by nobody then.',
    'Review and merge the pull request by hand; with a database, the workflow hears them.',
  ),
  conversation_locked: words(
    'Nothing can be written here.',
    'The conversation is locked.',
    'Unlock it, or ask in another issue.',
  ),
  repository_archived: words(
    'Nothing can be changed here.',
    'The repository is archived.',
    'Unarchive it, then give the command again.',
  ),
  repository_gone: words(
    'The repository, issue or branch is gone.',
    'It was deleted, transferred, or the App was removed from it.',
    'Install the App where it is now, and ask there.',
  ),
  issue_gone: words(
    'The issue is gone.',
    'It was deleted or transferred to another repository.',
    'Ask in the issue where it is now.',
  ),
  base_conflict: words(
    'The base branch has moved, and this change conflicts with it.',
    null,
    'Request changes that ask for the conflict to be resolved, or resolve it on the branch by hand.',
  ),
  merge_left: words('It was approved, but not merged: that is left to you.'),
  state_label_refused: words('The label of the state could not be put.'),
  base_branch_missing: words(
    'The base branch does not exist.',
    null,
    'Send the command again with `--base` and a branch that exists.',
  ),
  head_branch_missing: words(
    'The branch of the pull request does not exist any more.',
    null,
    'Restore the branch, then give the command again.',
  ),
  git_failed: words('Git did not do what it was told.', null, AGAIN_WORDS),
  push_refused: words(
    'GitHub refused the push.',
    'A rule of the repository forbids it, or somebody else has changed the branch.',
    'Look at the rules of the branch. The work is kept by the operator.',
  ),
  disk_full: words('The disk of the service is full.', null, ASK_OPERATOR),
  database_unavailable: words('The database of the service does not answer.', null, BY_ITSELF),
  internal_error: words(
    'A mistake in the supervisor itself.',
    'This is a bug, not the fault of the request.',
    `${AGAIN_WORDS} Tell the operator the id of the task: their log has the rest.`,
  ),
  unknown_state: words(
    'The task is in a state that this version does not know.',
    'Another version of the service has written it.',
    ASK_OPERATOR,
  ),
  interrupted: words('A restart interrupted the run; it is taken up again.', null, BY_ITSELF),

  // verification
  verified: words('Every required criterion passed on this commit.'),
  verification_failed: words('Verification failed.', 'A required criterion failed on this commit.'),
  verification_inconclusive: words(
    'Verification is inconclusive.',
    'Nothing required failed, but not everything required could be run.',
    'Check by hand what did not run.',
  ),
  no_change_made: words(
    'No changes were made.',
    'A change was asked for, and the agent left every file as it was.',
    'Say more exactly what should change and where.',
  ),
  no_verify_command: words(
    'Nothing could be run to verify the change.',
    'No command is configured and none was found in the repository.',
    'Name a command under `verify:` in `.github/supervisor.yml` on the default branch.',
  ),
  setup_failed: words(
    'The setup failed, so the checks could not run.',
    null,
    'Look at its output; mend `setup:` in `.github/supervisor.yml` if it is wrong.',
  ),
  command_failed: words('The command failed.'),
  command_timeout: words(
    'The command was stopped at its time limit.',
    null,
    'Give it more time under `verify:` in `.github/supervisor.yml`.',
  ),
  command_flooded: words('The command was stopped: it printed more than the limit allows.'),
  command_not_found: words(
    'The command does not exist on this machine.',
    null,
    'Ask the operator to install it, or mend `verify:` in `.github/supervisor.yml`.',
  ),
  no_tests_ran: words(
    'The command ended well, but it ran no test.',
    'What did not run is never green.',
    'See to it that the command finds the tests.',
  ),
  verification_changed: words(
    'The change alters what verifies it.',
    'A check that its own subject has changed proves nothing.',
    'Look at these files with care.',
  ),
  tampering_found: words(
    'The change touches what would show that it is wrong.',
    'A test that was weakened, or a result that is forced, is green whatever the code does.',
    'Look at the places that are listed; approve only if each has its reason.',
  ),
  fix_not_shown: words(
    'No test shows that the bug is fixed.',
    'Of a fix at least one test must fail without it and pass with it.',
    'Add a test that fails on the base.',
  ),
  nothing_but_tests: words(
    'Nothing but tests or text was changed, so nothing was fixed.',
    null,
    'Change what the tests are about.',
  ),
  base_tests_fail: words(
    'Tests of the base fail on the change, in the form in which the base has them.',
    'Editing or deleting a test does not mend what it showed.',
    'Keep what these tests ask for.',
  ),
  base_not_runnable: words('The tests of the base could not be run on the change.', null, 'Look at the output.'),
  expectation_changed: words(
    'Tests of the base fail on the change, and the change expects something else in them.',
    'What a test expects is for people to say.',
    'Look whether each new expectation is wanted.',
  ),
  fewer_tests: words(
    'Fewer tests ran than on the base, and no change of a test explains it.',
    'What did not run is never green.',
    'Find out what keeps them from running.',
  ),
  run_unfinished: words(
    'The command ended well, but its tests did not come to their end.',
    'On the base it reports its tests; here it stopped before its summary.',
    'Look for what ends the program early.',
  ),
  flaky_tests: words(
    'A test failed, and passed when it was run again.',
    'A result that changes by itself proves nothing.',
    'Mend the flaky test, or verify again.',
  ),
  failing_before: words('The same tests fail on the base as well.'),
  newly_failing: words('They pass on the base.'),
  network_missing: words(
    'The command wants the network, and there is none here.',
    null,
    'Name a command that does without under `verify:` in `.github/supervisor.yml`.',
  ),
  dependency_missing: words(
    'A package that the repository declares is not installed here.',
    null,
    'Install the dependencies, or name the command that does so as `setup:`.',
  ),
  header_missing: words(
    'A new file does not begin with the header that the settings want.',
    'It stands under `headers:` in `.github/supervisor.yml`.',
    'Put it at the top of the file.',
  ),
  ci_not_awaited: words("The repository's own CI was not waited for."),
  ci_absent: words('The repository has no CI that speaks for this commit.'),
  ci_awaited: words("The repository's own CI has not spoken yet."),
  ci_heard: words("The repository's own CI has said something new."),
  ci_failed: words(
    "The repository's own CI failed.",
    null,
    'Mend it on the branch, or run it again on GitHub: what it says then counts.',
  ),
  ci_missing: words(
    'A check that the branch requires did not appear.',
    null,
    'See in the settings of the repository whether that check still exists, or run it on GitHub: what it says then counts.',
  ),
  ci_not_finished: words(
    "The repository's own CI did not end in time.",
    'How long is waited for it stands in the setting `ci.wait`.',
    'When it ends, what it says counts.',
  ),
  ci_unclear: words(
    "The repository's own CI ended without a result.",
    'It was cancelled, or it waits for a person.',
    'Run it again on GitHub: what it says then counts.',
  ),
  ci_unreadable: words(
    "What the repository's own CI says could not be read.",
    'The App may not read checks, statuses or the rules of the branch.',
    "The owner accepts the App's permissions in the installation's settings.",
  ),
  ci_repair_wanted: words("The repository's own CI failed; the agent gets its log and tries again."),
  repair_wanted: words('Verification failed; the agent gets the output and tries again.'),
  repairs_used_up: words('Verification failed, and the allowed repairs did not mend it.'),
  answer_missing: words('Verification failed: there is no answer.', 'The agent ended without a result.', AGAIN_WORDS),
  answer_unreadable: words(
    'Verification failed: the answer cannot be read.',
    'It is too long, or it is not text.',
    AGAIN_WORDS,
  ),
  document_missing: words('A document is missing.', 'The plan or its skill pack wants it.', AGAIN_WORDS),
  section_missing: words('A section is missing.', 'The form of the result wants it.', AGAIN_WORDS),
  too_long: words('It is longer than was asked for.', null, AGAIN_WORDS),
  sources_missing: words('No sources are named.', 'A statement without a source cannot be looked up.', AGAIN_WORDS),
  source_not_found: words('A source is not there.', 'It is named in the result, and does not exist.', AGAIN_WORDS),
  source_not_fetched: words('Nobody here has opened these addresses.', 'Verification has no network.'),
  link_broken: words('A link leads nowhere.', 'There is no such file in the repository.', AGAIN_WORDS),
  repository_not_read: words('The repository could not be read just now.', null, AGAIN_WORDS),
  decision_incomplete: words('Options, criteria or the recommendation are missing.', null, AGAIN_WORDS),
  data_unreadable: words(
    'There are no data that a program can read.',
    'They belong into one fenced block.',
    AGAIN_WORDS,
  ),
  counts_differ: words('There are not as many records as it says.', null, AGAIN_WORDS),
  counts_not_stated: words('It does not say how many records there are.', 'So nobody can tell whether one was lost.'),
  review_failed: words('The review by a second agent came to nothing.'),
  review_passed: words('A second agent has reviewed the change.'),
  review_changes_wanted: words('A second agent wants something changed.'),
  review_rounds_used_up: words('A second agent still wants something changed; the allowed rounds are over.'),
  review_left_as_it_was: words('A second agent wanted something changed; the agent left the commit as it was.'),
  review_not_run: words('No second agent has reviewed this.', 'No backend that can review is configured.'),

  // people and the end
  approved_by_person: words('Approved.'),
  rejected_by_person: words('Rejected.', null, AGAIN_WORDS),
  approval_stale: words(
    'The approval does not count.',
    'What it was given for has changed since.',
    'Look at the present state, then `/supervise approve` again.',
  ),
  approval_not_counted: words(
    'The approval does not count.',
    'Policy asks here for another person than the requester, with write access.',
    'Ask such a person for `/supervise approve`.',
  ),
  approval_expired: words('Nobody approved in time.', null, AGAIN_WORDS),
  nothing_to_approve: words('There is nothing to approve.', null, 'The comment of the task says what it waits for.'),
  text_edited: words(
    'The text was edited after the plan was begun.',
    'It is read, classified and planned anew; what was approved before does not count any more.',
  ),
  too_many_edits: words(
    'The text was edited too often while this waited.',
    'What is worked on must be what was asked for and approved.',
    `When the text is final: ${AGAIN_WORDS}`,
  ),
  button_stale: words(
    'Nothing was changed.',
    'The button belongs to the check run of another commit than the present one.',
    'Use the one on the newest commit, or type the command.',
  ),
  head_moved: words(
    'Somebody else pushed to the branch.',
    'Their commit is kept and verified; what was approved before does not count for it.',
  ),
  base_changed: words(
    'The pull request leads to another base branch now.',
    'What it adds there is verified anew; what was approved before does not count for it.',
  ),
  verification_repeated: words('The verification runs again, on the same commit.'),
  changes_heard: words('Changes were asked for; they are worked on together in the next round.'),
  changes_pending: words(
    'The approval does not count.',
    'Changes were asked for, and they are worked on first.',
    'Approve what comes of it. If nothing is to change, dismiss the review that asks for it before the work begins.',
  ),
  changes_withdrawn: words('The request for changes was withdrawn before the work on it began.'),
  changes_requested: words('Changes were requested; the agent works on them.'),
  follow_up_without_change: words(
    'Nothing was changed in the last round.',
    'The agent left every file as it was.',
    'Say in a review more exactly what should change and where, or approve the pull request as it is.',
  ),
  ended_task_changed: words('Changes were asked for after the task had ended: this one goes on from its branch.'),
  follow_ups_used_up: words(
    'No further round was started.',
    'The limit of follow-ups on this task is reached.',
    'Merge or close the pull request. Or `/supervise cancel`, then `/supervise <request>` in the pull request: a new task goes on from its branch.',
  ),
  pull_request_merged: words('The pull request was merged.'),
  pull_request_closed: words('The pull request was closed without a merge.', null, AGAIN_WORDS),
  pull_request_reopened: words(
    'The task of this pull request has ended.',
    'Opening it again does not start the task again.',
    '`/supervise retry` goes on from its branch; `/supervise <request>` starts a new one.',
  ),
  pull_request_opened: words('The work is pushed and its pull request is being opened.'),
  review_wanted: words('Verified; a person reviews it now.'),
  branch_deleted: words('The branch of the task was deleted.', null, AGAIN_WORDS),
  issue_closed: words('The issue was closed, and there was no pull request yet.', null, AGAIN_WORDS),
  issue_closed_task_goes_on: words(
    'The issue was closed; the task goes on.',
    null,
    'To end it: `/supervise cancel`, or close its pull request.',
  ),
  noted: words('It was noted; nothing follows from it.'),
  cancelled_by_person: words('Cancelled by a person; everything that ran was stopped.', null, AGAIN_WORDS),
  paused_by_person: words('Paused by a person; the work is kept.', null, '`/supervise resume`'),
  paused_without_work: words(
    'Paused by a person; what the step that ran had done could not be kept, and it starts again from its beginning.',
    null,
    '`/supervise resume`',
  ),
  already_paused: words('Nothing was changed.', 'The task is paused already.', '`/supervise resume` goes on.'),
  not_paused: words(
    'Nothing was changed.',
    'The task is not paused.',
    'Its comment says what it does or waits for. `/supervise status` brings it up to date.',
  ),
  task_paused: words('Nothing was changed.', 'The task is paused.', '`/supervise resume` first, then this again.'),
  resumed_by_person: words('Resumed.'),
  retried_by_person: words('Tried again at once: a person asked for it.'),
  nothing_to_retry: words(
    'Nothing was started.',
    'The task did not fail and was not stopped: there is nothing to try again.',
    '`/supervise <request>` starts another one; a pull request that is open takes a review that requests changes.',
  ),
  clarification_answered: words('The questions were answered.'),
  clarification_expired: words('Nobody answered the questions in time.', null, AGAIN_WORDS),
  clarifications_used_up: words(
    'It is still not clear what kind of work this is, after three answers.',
    'Guessing would waste money or do harm.',
    'Start again with one sentence that names the result and the place, for example `/supervise fix the date in src/report.js`.',
  ),
  archived: words('Done, and the records are stored.'),
  answer_given: words('The answer is given.'),
  help_given: words('The commands were shown.'),
  status_given: words('The comment of the task was brought up to date.'),
  status_elsewhere: words(
    'The comment of the task is up to date; it says what it waits for and what can be typed now.',
  ),
} as const satisfies Record<ReasonCode, ReasonWords>
