// What the independent implementations from npm say of a webhook, and Node's own
// crypto of its v1a signatures: "ok", or why not.
import { createRequire } from 'node:module'
import { createPublicKey, verify } from 'node:crypto'

const require = createRequire(process.env.ANYSCAN_NPM + '/')
const { Webhook: Standard } = require('standardwebhooks')
const { Webhook: Svix } = require('svix')

function attempt(f) {
  try {
    f()
    return 'ok'
  } catch (e) {
    return e.message
  }
}

// v1a checks that one of the signatures is the key's.
function v1a({ public: text, headers, body }) {
  const x = Buffer.from(text.replace(/^whpk_/, ''), 'base64').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
  for (const part of headers['webhook-signature'].split(' ')) {
    const [version, signature] = part.split(',')
    if (version === 'v1a' && verify(null, signed, key, Buffer.from(signature, 'base64'))) return
  }
  throw new Error('no matching signature')
}

/** The verdicts on {secret, public, headers, body}. */
export const verdicts = c => ({
  standardwebhooks: attempt(() => new Standard(c.secret).verify(c.body, c.headers)),
  svix: attempt(() => new Svix(c.secret).verify(c.body, c.headers)),
  v1a: attempt(() => v1a(c)),
})
