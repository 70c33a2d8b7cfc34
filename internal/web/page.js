'use strict'
// The site's script. Every page works without it: it looks for news where a browser
// without scripts loads the page again, counts the time down, and keeps a second click
// from asking twice.
const all = selector => document.querySelectorAll(selector)
const main = document.querySelector('main')
// The one clock may stand still while a device sleeps, and the other may be set.
const clocks = [performance, Date]
const started = clocks.map(clock => clock.now())
// paying says that a payer approves a payment in this page, which a page that is loaded
// again would lose.
let paying = false

// news loads the page again when what it is about has changed.
async function news () {
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const state = answer.ok && page.querySelector('main').dataset.state
    if (state && state !== main.dataset.state && (!paying || state.startsWith('paid'))) location.reload()
  } catch {} // no network: the next time
}

if (main.dataset.state) {
  if (main.dataset.every) setInterval(news, main.dataset.every * 1000)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && news())
}
// A page that the browser kept as it was left is looked at as if it were new, but for one
// that answers a form: to load it again would post the form again.
window.addEventListener('pageshow', event => event.persisted && 'again' in main.dataset && location.reload())

const over = () => paying ? setTimeout(over, 1000) : location.reload()

for (const left of all('[data-left]')) {
  const show = () => {
    const passed = Math.max(...clocks.map((clock, i) => clock.now() - started[i]))
    const seconds = Math.max(0, Math.ceil(left.dataset.left - passed / 1000))
    left.querySelector('[role=timer]').textContent = Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0')
    if (seconds > 0) return setTimeout(show, 1000)
    setTimeout(over, 1000)
  }
  left.hidden = false
  show()
}

for (const form of all('form')) {
  form.addEventListener('submit', event => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'once'
    setTimeout(() => delete form.dataset.sent, 3000)
  })
}
