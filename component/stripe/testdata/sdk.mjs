// Stripe's own library for Node.js as counter-party. Standard input is {key, base,
// events, headers, calls}; what it makes and what it thinks of each is printed as JSON.
//
//   key      secret key of the API, and base its address, {host, port}
//   events   [{body, header, secret, at}] to verify: webhooks.constructEvent with the
//            tolerance of 300 seconds, at the time at
//   headers  [{body, secret, at}] to sign: webhooks.generateTestHeaderString
//   calls    [{path, args}] of the API, such as checkout.sessions.create
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
const require = createRequire(process.env.ANYSCAN_NPM + '/')
const Stripe = require('stripe')

const input = JSON.parse(readFileSync(0, 'utf8'))
const stripe = new Stripe(input.key, { protocol: 'http', ...input.base, maxNetworkRetries: 0, telemetry: false })
const thrown = async f => { try { return await f() } catch (e) { return { error: String(e.type ?? e.name) } } }

const output = {
  events: input.events.map(({ body, header, secret, at }) => {
    try {
      return stripe.webhooks.constructEvent(body, header, secret, 300, undefined, at).type
    } catch (e) {
      return 'no: ' + e.type
    }
  }),
  headers: input.headers.map(({ body, secret, at }) => stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: at })),
  calls: []
}
for (const { path, args } of input.calls) {
  const names = path.split('.'), last = names.pop()
  const resource = names.reduce((at, name) => at[name], stripe)
  const { lastResponse, ...plain } = await thrown(() => resource[last](...args))
  output.calls.push(plain)
}
console.log(JSON.stringify(output))
