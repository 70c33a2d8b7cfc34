// Signs or verifies messages with npm http-message-signatures: JSON in, JSON out.
import crypto from 'node:crypto'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
const require = createRequire(process.env.ANYSCAN_NPM + '/')
const { createSigner, createVerifier, httpbis } = require('http-message-signatures')

const { alg, keyid, pem, secret, created, salt, messages } = JSON.parse(readFileSync(0))
const key = pem ? crypto.createPrivateKey(pem) : Buffer.from(secret, 'base64')

async function verify({ request, ...message }) {
  const verifier = createVerifier(pem ? crypto.createPublicKey(key) : key, alg)
  const keyLookup = async (params) => (params.keyid === keyid ? { id: keyid, algs: [alg], verify: verifier } : null)
  const fields = message.method ? ['@method', '@target-uri', 'content-digest'] : ['@status', 'content-digest', 'signature']
  const config = { keyLookup, all: true, requiredParams: ['created', 'keyid', 'tag'], requiredFields: fields, notAfter: created + 1e9 }
  return (await httpbis.verifyMessage(config, message, request)) === true
}

async function sign({ request, ...message }) {
  const signer = createSigner(key, alg, keyid)
  // Its own salt for RSA-PSS is all that fits, where RFC 9421 wants 64 bytes.
  if (salt) signer.sign = async (data) => crypto.sign('sha512', data, { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: salt })
  const fields = request ? ['@status', 'content-digest', 'signature;req;key="sig1"'] : ['@method', '@target-uri', 'content-digest', 'content-type', 'idempotency-key']
  const paramValues = { created: new Date(created * 1000), keyid, tag: 'anyscan' }
  return (await httpbis.signMessage({ key: signer, name: 'sig1', fields, params: ['created', 'keyid', 'tag'], paramValues }, message, request)).headers
}

const work = { verify, sign }[process.argv[2]]
const results = []
for (const m of messages) results.push(await work(m).catch((e) => (process.argv[2] === 'sign' ? Promise.reject(e) : false)))
console.log(JSON.stringify(results))
