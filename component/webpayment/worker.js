'use strict'
// The payment handler (Payment Handler API). The line above is the operator's: app has
// the method identifier and the path of the payment page.

// Payments that wait for their window, by the window's client ID.
const waiting = new Map()

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))

// canmakepayment: whether the payer has an account is found out in the window.
self.addEventListener('canmakepayment', event => event.respondWith(true))

// paymentrequest: the window is opened, and what it posts is the response.
self.addEventListener('paymentrequest', event => event.respondWith(pay(event)))

async function pay (event) {
  const method = event.methodData.find(m => m.supportedMethods === app.method)
  if (!method) throw new TypeError('this is not the payment method ' + app.method)
  const client = await event.openWindow(app.window)
  if (!client) throw new Error('the payment window did not open')
  const request = {
    id: event.paymentRequestId, // of the Payment Request API, and no attempt
    origin: event.topOrigin, // of the page that asks
    total: event.total, // as the page says: what is owed stands in the signed request
    data: method.data
  }
  return new Promise(resolve => {
    waiting.set(client.id, { request, resolve })
    client.postMessage({ webpayment: 'request', request }) // to a window that was there first
  })
}

// Only the window that was opened for a payment speaks for it.
self.addEventListener('message', event => {
  const payment = event.source && waiting.get(event.source.id)
  if (!payment || !event.data) return
  switch (event.data.webpayment) {
    case 'ready':
      event.source.postMessage({ webpayment: 'request', request: payment.request })
      return
    case 'paid':
      payment.resolve({ methodName: app.method, details: { token: String(event.data.token) } })
      break
    case 'left': // and no rejection, upon which Chromium leaves the page that asked waiting
      payment.resolve({ methodName: app.method, details: { left: true } })
      break
    default:
      return
  }
  waiting.delete(event.source.id)
})
