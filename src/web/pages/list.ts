import { durationText, money } from '../../report/text/format.ts'
import { LIST_GROUPS, type ListFilter, type ListPage } from '../../store/pages/list-page.ts'
import { type Html, html, type Piece } from '../html.ts'
import { type Frame, layout } from './layout.ts'
import { situationOfLine } from './situation.ts'
import { badge, line, spoken, time } from './words.ts'

const GROUP_WORDS: Record<ListFilter['group'], string> = {
  all: 'All',
  open: 'Open',
  people: 'Wait for people',
  working: 'Go on by themselves',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** The list of tasks, newest first, with a search that needs no script. */
export function listTasksPage(
  frame: Frame,
  filter: Omit<ListFilter, 'repositoryIds'>,
  page: ListPage,
  repositories: readonly string[],
): Html {
  return layout(
    frame,
    html`<h1>Tasks</h1>
${search(filter, repositories)}
${page.tasks.length === 0 ? nothing(filter) : html`<ol class="tasks" aria-label="Tasks, newest first">${page.tasks.map(row)}</ol>`}
${pages(filter, page)}`,
  )
}

function search(filter: Omit<ListFilter, 'repositoryIds'>, repositories: readonly string[]): Html {
  const option = (value: string, words: string, isChosen: boolean): Html =>
    html`<option value="${value}"${isChosen ? html` selected` : null}>${words}</option>`
  const chosen = filter.repository ?? ''
  return html`<form class="search card" role="search" action="/tasks">
<p><label for="q">Title, #number or end of the id</label><input id="q" name="q" type="search" value="${filter.text}" maxlength="100" autocomplete="off"></p>
<p><label for="show">Show</label><select id="show" name="show">${LIST_GROUPS.map((g) => option(g, GROUP_WORDS[g], g === filter.group))}</select></p>
<p><label for="repository">Repository</label><select id="repository" name="repository">${option('', 'All', chosen === '')}${repositories.map((name) => option(name, name, name.toLowerCase() === chosen.toLowerCase()))}</select></p>
<p><button>Search</button></p>
</form>`
}

function row(task: ListPage['tasks'][number]): Piece {
  const isOver = task.state === 'DONE' || task.state === 'FAILED' || task.state === 'CANCELLED'
  const took = isOver ? ` · took ${durationText(task.updatedAt.getTime() - task.createdAt.getTime())}` : null
  const pull = task.pullNumber === null || task.pullNumber === task.issueNumber ? '' : ` → #${task.pullNumber}`
  return html`<li><a class="task" href="/tasks/${task.id}"><span class="title">${line(task.title) || 'A task without a title'}</span></a>
${badge(situationOfLine(task))}
<span class="facts">${task.repository} #${task.issueNumber}${pull} · ${task.type === null ? 'not sorted yet' : spoken(task.type)} · by ${line(task.requesterLogin, 60)} · ${time(task.createdAt)}${took} · ${money(task.spentUsd)}</span></li>
`
}

function nothing(filter: Omit<ListFilter, 'repositoryIds'>): Html {
  const isSearch = filter.text !== '' || filter.repository !== null || filter.group !== 'all'
  return html`<p class="card empty">${
    isSearch
      ? html`No task fits. <a href="/tasks">Show all</a>`
      : html`No tasks yet. Comment <code>/supervise</code> on an issue of a repository on which the App is installed.`
  }</p>`
}

function pages(filter: Omit<ListFilter, 'repositoryIds'>, { newer, older }: ListPage): Piece {
  if (newer === null && older === null) return null
  const address = (at: Readonly<Record<string, string>>): string => {
    const all = { q: filter.text, show: filter.group, repository: filter.repository ?? '', ...at }
    return `/tasks?${new URLSearchParams(Object.entries(all).filter(([, v]) => v !== ''))}`
  }
  return html`<nav class="pages" aria-label="Pages">${newer === null ? null : html`<a rel="prev" href="${address({ after: newer })}">← Newer</a>`} ${older === null ? null : html`<a rel="next" href="${address({ before: older })}">Older →</a>`}</nav>`
}
