// A module for the operator's payment page: how it talks to the payment handler.
//
//   import { request, paid, left } from './window.js'
//   const { data, origin } = await request  // data.request is the gateway's signed token
//   …                                       // let the server check it, and the payer approve
//   await paid(token)                       // the server's signed statement; the window closes
//   await left()                            // or the payer goes without paying

async function post (message) {
  const { active } = await navigator.serviceWorker.ready
  active.postMessage(message)
}

/** The payment that this window was opened for. */
export const request = new Promise(resolve => {
  navigator.serviceWorker.addEventListener('message', event => {
    if (event.source !== null && event.data && event.data.webpayment === 'request') resolve(event.data.request)
  })
  navigator.serviceWorker.startMessages()
})
post({ webpayment: 'ready' })

/** Ends the payment with the operator's signed statement about it. */
export const paid = token => post({ webpayment: 'paid', token })

/** Ends it without one: the page that asked asks the server how the payment stands. */
export const left = () => post({ webpayment: 'left' })
