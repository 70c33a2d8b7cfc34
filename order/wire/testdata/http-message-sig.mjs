// Signs or verifies messages with npm http-message-sig: JSON in, JSON out.
import crypto from 'node:crypto'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
const require = createRequire(process.env.ANYSCAN_NPM + '/')
const { component, createSignature, verifySignature, webcrypto } = require('http-message-sig')

const { alg, keyid, pem, secret, created, messages } = JSON.parse(readFileSync(0))
const key = pem ? crypto.createPrivateKey(pem) : Buffer.from(secret, 'base64')
const p1363 = (k) => ({ key: k, dsaEncoding: 'ieee-p1363' })

// The package brings ed25519 and rsa-pss-sha512; the others are plugged in.
async function algorithm() {
  if (alg === 'hmac-sha256') {
    const sign = async (data) => crypto.createHmac('sha256', key).update(data).digest()
    return { signer: { algorithm: alg, sign }, verifier: { algorithm: alg, verify: async (data, sig) => Buffer.compare(await sign(data), Buffer.from(sig)) === 0 } }
  }
  const pub = crypto.createPublicKey(key)
  if (alg === 'ecdsa-p256-sha256') {
    const sign = async (data) => crypto.sign('sha256', data, p1363(key))
    return { signer: { algorithm: alg, sign }, verifier: { algorithm: alg, verify: async (data, sig) => crypto.verify('sha256', data, p1363(pub), sig) } }
  }
  const name = alg === 'ed25519' ? { name: 'Ed25519' } : { name: 'RSA-PSS', hash: 'SHA-512' }
  const load = (format, k, use) => crypto.subtle.importKey(format, k.export({ format: 'der', type: format }), name, false, [use])
  return { signer: webcrypto.signer(await load('pkcs8', key, 'sign')), verifier: webcrypto.verifier(await load('spki', pub, 'verify')) }
}

function descriptor({ method, url, status, headers, request }) {
  const fields = Object.entries(headers).map(([name, value]) => ({ name, value }))
  return method ? { kind: 'request', method, targetUri: url, fields } : { kind: 'response', status, fields, request: descriptor(request) }
}

const { signer, verifier } = await algorithm()
const bound = component('signature', { req: true, key: 'sig1' })
const components = (m) => (m.request ? ['@status', 'content-digest', bound] : ['@method', '@target-uri', 'content-digest', 'content-type', 'idempotency-key'])

async function verify(m) {
  const resolveVerifier = async (candidate) => (candidate.parameters.keyid === keyid ? verifier : Promise.reject(new Error('unknown key')))
  const policy = { algorithms: [alg], requiredComponents: components(m), requiredParameters: ['created', 'keyid', 'tag'], now: created, clockSkew: 1e9 }
  return !!(await verifySignature(descriptor(m), { label: 'sig1', resolveVerifier, policy }))
}

async function sign(m) {
  const made = await createSignature(descriptor(m), { label: 'sig1', components: components(m), parameters: { created, keyid, tag: 'anyscan' }, signer })
  return { ...m.headers, Signature: made.signature, 'Signature-Input': made.signatureInput }
}

const work = { verify, sign }[process.argv[2]]
const results = []
for (const m of messages) results.push(await work(m).catch((e) => (process.argv[2] === 'sign' ? Promise.reject(e) : false)))
console.log(JSON.stringify(results))
