// A terminal in JavaScript, written from /v1/openapi.json alone: an app without
// payment functions, whose payer picks a component and pays at the sandbox's page.
//
//   node terminal.mjs CODE_ADDRESS CODE_KEY GATEWAY_ORIGIN COMPONENT
//
// CODE_KEY is the public JWK that codes are signed with.
import { createPublicKey, randomUUID, verify } from 'node:crypto'
import { call, thumbprint } from './wire.mjs'

const [code, key, gateway, component] = process.argv.slice(2)
const app = { kind: 'camera' }

/** Whether the clearing institution has signed the address, and its time is not over. */
function legal(address, jwk) {
  const [, bare, v] = /^([^#]*)[?&]v=([A-Za-z0-9_-]{107})$/.exec(address) ?? []
  const token = Buffer.from(v ?? '', 'base64url'), { protocol, hostname } = new URL(address)
  if (protocol !== 'https:' && !hostname.endsWith('.localhost') || token.length !== 80 || token.toString('base64url') !== v) return false
  const id = Buffer.from(thumbprint(jwk), 'base64url')
  return token[0] === 1 && token[15] === 3 && token.readUInt16BE(1) === id.readUInt16BE(0) && token.readUInt32BE(3) > Date.now() / 1000 &&
    verify(null, Buffer.concat([Buffer.from('anyscan code address v1\0'), token.subarray(0, 16), Buffer.from(bare)]), createPublicKey({ key: jwk, format: 'jwk' }), token.subarray(16))
}

/** Asks with JSON; the same write is repeated under its key where that may help. */
async function ask(method, address, { key, headers, body } = {}) {
  const all = { ...headers, ...(body && { 'Content-Type': 'application/json' }), ...(key && { 'Idempotency-Key': `"${key}"` }) }
  for (let left = 3; ; left--) {
    const answer = await call(method, address, all, body && JSON.stringify(body)).catch(e => ({ failed: e }))
    const value = answer.body?.length ? JSON.parse(answer.body) : {}
    if (answer.status === 200) return value
    if (!left || !(answer.failed || value.retryable)) throw new Error(`${method} ${new URL(address).origin}: ${answer.failed ?? value.code}`)
    await new Promise(done => setTimeout(done, (4 - left) * (200 + Math.random() * 100)))
  }
}

/** The address of something below a page, with the page's own query as it was. */
const below = (address, path) => address.replace(/(\?|$)/, `${path}$1`)

if (!legal(code, JSON.parse(key))) throw new Error('the code is not legal')
const page = await ask('GET', code)
console.log(`${page.merchant_name} asks ${page.total.amount} ${page.total.currency}`)
const jump = await ask('POST', below(code, '/orders'), { key: randomUUID(), body: { merchant: page.merchant, revision: page.revision, total: page.total } })
if (new URL(jump.address).origin !== gateway) throw new Error('the page jump leads to a gateway that is not known')

let session = await ask('GET', jump.address, { headers: { 'Scanning-App': app.kind } })
console.log(`the gateway offers ${session.offers.map(o => o.name).join(', ')}`)
let attempt = await ask('POST', below(jump.address, '/attempts'), { key: randomUUID(), body: { component, opening: { app }, actions: ['redirect'] } })
let back = {}
if (attempt.action) {
  // A browser would open this page; the sandbox lets a program press its button.
  const wallet = attempt.action.redirect.address
  const { query } = await ask('POST', wallet, { body: { decision: 'approve' } })
  back = { query }
}
const final = ({ state }) => state === 'succeeded' || state === 'failed'
while (!final(attempt)) {
  attempt = await ask('POST', attempt.return_address, { body: back })
  if (!final(attempt)) await new Promise(done => setTimeout(done, 500))
}
session = await ask('GET', jump.address, { headers: { 'Scanning-App': app.kind } })
console.log(JSON.stringify({ order: session.order.id, state: session.state, payment: session.payment }))
