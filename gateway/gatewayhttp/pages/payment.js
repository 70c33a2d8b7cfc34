'use strict'
// The cashier's one script: it performs payment_request actions, by the Payment
// Request API of W3C. A page without such a way to pay does not have it.
const all = selector => document.querySelectorAll(selector)

if (window.PaymentRequest) {
  for (const field of all('input[name=performs]')) field.value = 'payment_request'
  for (const offer of all('[data-sheet=needed]')) offer.dataset.sheet = 'found'
  for (const note of all('[data-sheet=missing]')) note.remove()
}

for (const form of all('form[data-method]')) {
  form.addEventListener('submit', event => {
    event.preventDefault()
    pay(form)
  })
}

async function pay (form) {
  const { method, request, label, currency, value } = form.dataset
  const [button, note] = [form.querySelector('button'), form.querySelector('[role=status]')]
  button.disabled = true
  note.textContent = ''
  let response
  try {
    const total = { label, amount: { currency, value } }
    response = await new PaymentRequest([{ supportedMethods: method, data: JSON.parse(request) }], { total }).show()
  } catch (error) {
    button.disabled = false
    note.textContent = error.name === 'AbortError' || error.name === 'OperationError'
      ? 'You have not paid. You can try again, or choose another way.'
      : 'This browser cannot pay in this way. Choose another one.'
    return
  }
  // What came back is a hint: the gateway decides, and says so at the return address.
  let paid = false
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ data: JSON.stringify(response.details) })
    })
    paid = answer.ok && (await answer.json()).state === 'succeeded'
  } catch {}
  await response.complete(paid ? 'success' : 'unknown').catch(() => {})
  location.assign(form.action)
}
