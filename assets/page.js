// Makes the page of a task follow its task. Without it, the page is as it was when it was opened, and nothing else is missing.

const main = document.getElementById('main')
const told = document.getElementById('told')
let shown = main?.dataset.stamp ?? null
let drawing = false
let again = false

/** Fetches the page anew and puts its content in place; what was unfolded, scrolled and focused stays so. */
async function draw() {
  if (drawing) {
    again = true
    return
  }
  drawing = true
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' }, credentials: 'same-origin' })
    if (!response.ok || response.redirected) return
    const next = new DOMParser().parseFromString(await response.text(), 'text/html')
    const fresh = next.getElementById('main')
    if (!fresh) return
    keepDetails(fresh)
    const focus = document.activeElement?.id
    const scrolled = [...main.querySelectorAll('details[id] pre')].map((pre) => [
      pre.closest('details').id,
      pre.classList.contains('live') && isAtEnd(pre) ? Number.MAX_SAFE_INTEGER : pre.scrollTop,
    ])
    const badge = fresh.querySelector('.badge')?.textContent.trim()
    const before = main.querySelector('.badge')?.textContent.trim()
    main.replaceChildren(...fresh.childNodes)
    document.title = next.title
    for (const [id, top] of scrolled) {
      const pre = document.getElementById(id)?.querySelector('pre')
      if (pre) pre.scrollTop = top
    }
    if (focus && focus !== 'main') document.getElementById(focus)?.focus({ preventScroll: true })
    if (badge !== before) {
      tell(`Now: ${badge}`)
      main.querySelector('.lead')?.classList.add('changed')
    }
  } catch {
    // The next event draws it.
  } finally {
    drawing = false
    if (again) {
      again = false
      setTimeout(draw, 500)
    }
  }
}

/** Who reads the end of what is said now goes on reading the end. */
const isAtEnd = (pre) => pre.scrollHeight - pre.scrollTop - pre.clientHeight < 20

function keepDetails(fresh) {
  for (const old of main.querySelectorAll('details[id]')) {
    const same = [...fresh.querySelectorAll('details[id]')].find((d) => d.id === old.id)
    if (same) same.open = old.open
  }
}

/** Said to screen readers, and shown for a moment. */
function tell(words) {
  told.textContent = words
  setTimeout(() => {
    if (told.textContent === words) told.textContent = ''
  }, 6000)
}

function listen(address) {
  const source = new EventSource(address)
  source.addEventListener('changed', (event) => {
    if (shown !== event.data) draw()
    shown = event.data
  })
}

for (const pre of document.querySelectorAll('pre.live')) pre.scrollTop = pre.scrollHeight
if (main?.dataset.events) listen(main.dataset.events)
