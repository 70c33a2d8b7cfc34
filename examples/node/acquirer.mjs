// An acquirer in JavaScript, written from /v1/openapi.json alone. It keeps its
// orders in memory and has one merchant; a real one stores an order before it
// places it, and verifies its codes and what it revoked before it shows a page.
//
//   BASE=https://acquirer.example PORT=8080 GATEWAY=https://pay.example KEYS=bank.json node acquirer.mjs
//
// It signs with ACQUIRER_KEY: 32 random bytes in base64, in the JSON file KEYS or,
// without one, in the environment. The acquirer in Go takes and makes the same.
import http from 'node:http'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { call, check, digest, ofRequest, ofResponse, parse, Problem, read, secretKey, signature } from './wire.mjs'

const { GATEWAY, BASE: base, PORT = '0', KEYS } = process.env // BASE is the public address
const KEY = secretKey('ACQUIRER_KEY', KEYS ? JSON.parse(readFileSync(KEYS, 'utf8')) : process.env)
const cafe = { kind: 'direct', merchant: 'cafe', merchant_name: 'Corner Café', revision: 'r1', currency: 'CNY', total: { amount: 2500, currency: 'CNY' } }
const orders = new Map() // id to status
const confirmed = new Map() // idempotency key to what was confirmed and its order

const keys = new Map() // the gateway's, by their thumbprints

/** The gateway's key that a message names; read again where it is not known. */
async function keyOf(headers) {
  const id = /;keyid="([^"]*)"/.exec(headers['signature-input'])?.[1], now = Date.now() / 1000
  if (!keys.has(id)) for (const key of JSON.parse((await call('GET', `${GATEWAY}/v1/keys`)).body).keys) keys.set(key.kid, key)
  const key = keys.get(id)
  if (!key || now < (key.nbf ?? 0) || now >= (key.exp ?? Infinity)) throw new Error('a key that is not the gateway\'s')
  return key
}

/** A UUIDv7 in 26 characters of base32hex. */
function newID() {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = bytes[6] & 0x0f | 0x70
  bytes[8] = bytes[8] & 0x3f | 0x80
  const bits = [...bytes].map(b => b.toString(2).padStart(8, '0')).join('') + '00'
  return bits.match(/.{5}/g).map(five => parseInt(five, 2).toString(32)).join('')
}

async function confirm(key, c) {
  if (!key) throw new Problem(400, 'idempotency_key_missing', 'The idempotency key is missing')
  const content = JSON.stringify(c), before = confirmed.get(key)
  if (before && before.content !== content) throw new Problem(422, 'idempotency_key_reused', 'The key stands for another confirmation')
  if (c.revision !== cafe.revision || c.total?.amount !== cafe.total.amount || c.total.currency !== 'CNY') throw new Problem(409, 'page_changed', 'The page has changed')
  const id = before?.id ?? newID()
  if (!before) {
    const created = new Date(), expires = new Date(+created + 15 * 60_000)
    confirmed.set(key, { content, id })
    orders.set(id, { order: { id, merchant: 'cafe', total: cafe.total, created, expires, return_address: `${base}/orders/${id}` }, state: 'placing', version: 0, changed: created })
  }
  const { address } = await place(orders.get(id).order)
  return { order: id, address }
}

/** Places the order and believes the gateway's signed answer alone. */
async function place(order) {
  const body = JSON.stringify(order), target = `${GATEWAY}/v1/orders`
  const headers = { 'content-type': 'application/json', 'idempotency-key': `"${order.id}"`, 'content-digest': digest(body) }
  Object.assign(headers, signature(KEY, ofRequest('POST', target, headers)))
  const answer = await call('POST', target, headers, body).catch(() => { throw new Problem(503, 'unavailable', 'The gateway could not be reached') })
  try { check(await keyOf(answer.headers), ofResponse(answer.status, answer.headers, headers), answer.headers, answer.body) } catch { throw new Problem(503, 'unavailable', 'The gateway\'s answer is not signed') }
  if (answer.status !== 200) throw new Problem(422, 'refused', `The gateway says ${answer.body}`)
  return JSON.parse(answer.body)
}

/** Takes what the gateway tells, once it is known to be the gateway's. */
async function notify(request, body) {
  try { check(await keyOf(request.headers), ofRequest('POST', base + request.url, request.headers), request.headers, body) } catch (e) { throw new Problem(401, 'unauthenticated', e.message) }
  const told = parse(body), mine = orders.get(told.order?.id)
  if (!mine) throw new Problem(404, 'not_found', 'There is no such order')
  if (told.order.total?.amount !== mine.order.total.amount || told.order.total.currency !== mine.order.total.currency) throw new Problem(409, 'conflict', 'The order is for another amount')
  if (told.version > mine.version) {
    orders.set(told.order.id, { ...told, order: mine.order })
    console.log(`notified: ${told.order.id} is ${told.state}`)
  }
}

async function route(request, body) {
  const [pathname] = request.url.split('?'), id = pathname.replace('/orders/', '')
  switch (`${request.method} ${pathname}`) {
    case 'GET /m/cafe': return cafe
    case 'POST /m/cafe/orders': return confirm(request.headers['idempotency-key'], parse(body))
    case 'POST /v1/notifications': return notify(request, body)
    case `GET /orders/${orders.has(id) && id}`: return orders.get(id)
  }
  throw new Problem(404, 'not_found', 'There is no such thing')
}

const server = http.createServer(async (request, response) => {
  let status, type = 'application/json', value
  try {
    value = await route(request, await read(request.iterator({ destroyOnReturn: false }))) // what is too large is answered, too
    status = value ? 200 : 204
  } catch (e) {
    const told = e instanceof Problem ? e : new Problem(500, 'internal', 'A fault of the server')
    if (told !== e) console.error(e)
    status = told.status
    type = 'application/problem+json'
    value = { type: 'https://pkg.go.dev/github.com/anyscan/anyscan/order#Code', title: told.message, status, code: told.code, retryable: status >= 500 }
  }
  const body = value ? JSON.stringify(value) : ''
  const headers = { 'cache-control': 'no-store', vary: 'Accept', 'content-digest': digest(body), ...(status === 401 && { 'www-authenticate': 'Signature' }), ...(value && { 'content-type': type, 'content-length': Buffer.byteLength(body) }) }
  if (request.headers.signature && status !== 401) Object.assign(headers, signature(KEY, ofResponse(status, headers, request.headers)))
  response.writeHead(status, headers).end(body)
})

server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening at 127.0.0.1:${server.address().port}`))
