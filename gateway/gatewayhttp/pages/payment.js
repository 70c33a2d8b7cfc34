// What the cashier adds to the site's script: it performs payment_request actions, by the Payment
// Request API of W3C, and bridge actions, by the object that an app puts into its web
// view.
const performs = ['bridge']
if (window.PaymentRequest) performs.push('payment_request')
for (const field of all('input[name=performs]')) field.value = performs.join(' ')
for (const offer of all('[data-sheet=needed]')) {
  if (window.PaymentRequest || offer.dataset.bridge) offer.dataset.sheet = 'found'
}
for (const note of all('[data-bridge=missing]')) note.remove()
if (window.PaymentRequest) for (const note of all('[data-sheet=missing]')) note.remove()

for (const [selector, act] of [['form[data-method]', sheet], ['form[data-object]', bridge]]) {
  for (const form of all(selector)) {
    form.addEventListener('submit', event => {
      event.preventDefault()
      pay(form, act)
    })
  }
}

// pay performs an action, posts what came back, and goes on at the return address.
async function pay (form, act) {
  const [button, note] = [form.querySelector('button'), form.querySelector('[role=status]')]
  button.disabled = paying = true
  note.textContent = ''
  let back
  try {
    back = await act(form.dataset)
  } catch (error) {
    button.disabled = paying = false
    note.textContent = error.name === 'AbortError' || error.name === 'OperationError' ? form.dataset.unpaid : form.dataset.unable
    return
  }
  // What came back is a hint: the gateway decides, and says so at the return address.
  let paid = false
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ data: JSON.stringify(back.data) })
    })
    paid = answer.ok && (await answer.json()).state === 'succeeded'
  } catch {}
  await back.done(paid)
  location.assign(form.action)
}

async function sheet ({ method, request, label, currency, value }) {
  const total = { label, amount: { currency, value } }
  const response = await new PaymentRequest([{ supportedMethods: method, data: JSON.parse(request) }], { total }).show()
  return { data: response.details, done: paid => response.complete(paid ? 'success' : 'unknown').catch(() => {}) }
}

// bridge calls the app's object with the arguments and a function for its result. An
// app that puts it there later says so with an event of its name and Ready.
async function bridge ({ object, call, arguments: text }) {
  if (!window[object]) {
    await new Promise((resolve, reject) => {
      document.addEventListener(object + 'Ready', resolve, { once: true })
      setTimeout(() => reject(new Error('no ' + object)), 5000)
    })
  }
  const given = JSON.parse(text)
  const data = await new Promise(resolve => window[object][call](...(Array.isArray(given) ? given : [given]), resolve))
  return { data, done: async () => {} }
}
