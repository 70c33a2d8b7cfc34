// What both roles need: JSON over HTTP, and for servers the signatures (RFC 9421)
// that /v1/openapi.json describes in its introduction. Node's own modules only.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'

// Names below localhost are this machine. Browsers know that, Node's resolver may
// not; the header Host still names the server.
const lookup = (host, options, done) =>
  options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)

/** An error that the caller is told. */
export class Problem extends Error { constructor(status, code, title) { super(title); Object.assign(this, { status, code }) } }

/** Sends a request, follows no redirect, and gives the whole answer. */
export function call(method, address, headers = {}, body = '') {
  const url = new URL(address)
  const local = url.hostname.endsWith('.localhost')
  const options = { method, timeout: 15_000, ...(local && { lookup }), headers: { Accept: 'application/json', 'Accept-Encoding': 'identity', 'Content-Length': Buffer.byteLength(body), ...headers } }
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, options, async response => {
      try { resolve({ status: response.statusCode, headers: response.headers, body: await read(response) }) } catch (e) { reject(e) }
    })
    request.on('timeout', () => request.destroy(new Error('no answer in time'))).on('error', reject).end(body)
  })
}

/** Reads a body of at most 1 MiB. */
export async function read(stream) {
  const parts = []
  let size = 0
  for await (const part of stream) {
    if ((size += part.length) > 1 << 20) throw new Problem(413, 'too_large', 'The body has more than 1 MiB')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** The object that a body is; anything else is the sender's mistake. */
export function parse(body) {
  let value
  try { value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) } catch (e) { throw new Problem(400, 'invalid_request', `The body is not JSON: ${e.message}`) }
  if (Object.prototype.toString.call(value) !== '[object Object]') throw new Problem(400, 'invalid_request', 'The body is not a JSON object')
  return value
}

const sha256 = (data, encoding) => createHash('sha256').update(data).digest(encoding)
export const digest = body => `sha-256=:${sha256(body, 'base64')}:`
export const thumbprint = ({ crv, kty, x }) => sha256(JSON.stringify({ crv, kty, x }), 'base64url')

/** What the signature of a request covers. Header names are in lower case. */
export const ofRequest = (method, target, headers) => [['"@method"', method], ['"@target-uri"', target],
  ...['content-digest', 'content-type', 'idempotency-key'].filter(n => n in headers).map(n => [`"${n}"`, headers[n]])]

/** What the signature of a response covers: the request's own among it. */
export const ofResponse = (status, headers, request) => [['"@status"', status], ['"content-digest"', headers['content-digest']],
  ['"signature";req;key="sig1"', request.signature.replace(/^sig1=/, '')]]

const base = (covered, params) => Buffer.from([...covered, ['"@signature-params"', params]].map(line => line.join(': ')).join('\n'))

/** The private JWK of an Ed25519 seed, 32 bytes in base64, by its name. */
export function secretKey(name, secrets) {
  const seed = Buffer.from(secrets[name] ?? '', 'base64')
  if (seed.length !== 32 || seed.toString('base64') !== secrets[name].trim()) throw new Error(`${name} does not hold 32 bytes in base64, as "openssl rand -base64 32" writes them`)
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]) // RFC 8410, 7
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
}

/** The headers of a signature with a private JWK. */
export function signature(key, covered) {
  const params = `(${covered.map(([name]) => name).join(' ')});created=${Math.floor(Date.now() / 1000)};keyid="${thumbprint(key)}";tag="anyscan"`
  const bytes = sign(null, base(covered, params), createPrivateKey({ key, format: 'jwk' }))
  return { 'signature-input': `sig1=${params}`, signature: `sig1=:${bytes.toString('base64')}:` }
}

/** Throws unless the headers and body were signed with the public JWK, over all that is covered. */
export function check(key, covered, headers, body) {
  const [, params, names, created, keyid] = /^sig1=(\((.*)\);created=(\d+);keyid="(.*)";tag="anyscan")$/.exec(headers['signature-input']) ?? []
  const order = names?.match(/"[^"]+"(;req;key="sig1")?/g) ?? []
  const lines = order.map(name => covered.find(([n]) => n === name))
  const bytes = Buffer.from(/^sig1=:(.*):$/.exec(headers.signature)?.[1] ?? '', 'base64')
  if (headers['content-digest'] !== digest(body)) throw new Error('the digest is not the body\'s')
  if (keyid !== thumbprint(key) || Math.abs(Date.now() / 1000 - created) > 300) throw new Error('another key, or another time')
  if (order.length !== covered.length || new Set(lines).size !== covered.length || lines.includes(undefined)) throw new Error(`covered is ${names}`)
  if (!verify(null, base(lines, params), createPublicKey({ key, format: 'jwk' }), bytes)) throw new Error('the signature does not verify')
}
