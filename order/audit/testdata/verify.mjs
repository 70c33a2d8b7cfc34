// Verifies a log as the documentation of package order/audit describes it, with
// nothing but Node.js. Standard input is JSON:
//
//	{"log": "clearing", "orders": [{"key", "entries": [{"content": […], "hash"}]}],
//	 "roots": [{"statement", "heads": [{"key", "seq", "hash"}]}], "key": JWK}
import { createHash, createPublicKey, verify } from 'node:crypto'

let text = ''
for await (const chunk of process.stdin) text += chunk
const input = JSON.parse(text)

const netstring = field => {
  const bytes = Buffer.from(String(field), 'utf8')
  return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes, Buffer.from(',')])
}
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex')
const hash = (...fields) => sha256(Buffer.concat(fields.map(netstring)))

const wrong = []
let entries = 0
for (const { key, entries: all } of input.orders) {
  let before = '0'
  all.forEach(({ content, hash: has }, i) => {
    const want = hash(`anyscan ${input.log} audit entry v1`, before, key, i + 1, ...content)
    if (want !== has) wrong.push(`order ${key}, entry ${i + 1}`)
    before = has
    entries++
  })
}

const publicKey = createPublicKey({ key: input.key, format: 'jwk' })
let previous = ''
input.roots.forEach(({ statement, heads }, i) => {
  const [header, payload, signature] = statement.split('.')
  const { alg, typ } = JSON.parse(Buffer.from(header, 'base64url'))
  const root = JSON.parse(Buffer.from(payload, 'base64url'))
  const comes = heads.reduce((before, h) => hash(`anyscan ${input.log} audit root v1`, before, h.key, h.seq, h.hash), '')
  const good = alg === 'EdDSA' && typ === 'anyscan-audit-root' &&
    verify(null, Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url')) &&
    root.log === input.log && root.number === i + 1 && root.orders === heads.length && root.heads === comes && root.previous === previous
  if (!good) wrong.push(`root ${i + 1}`)
  previous = sha256(statement)
})
console.log(JSON.stringify({ entries, roots: input.roots.length, wrong }))
