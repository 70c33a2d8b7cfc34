// wechatpay-axios-plugin as counter-party. Standard input is {mchid, serial, merchant,
// merchantPublic, certs, apiv3, requests, calls, answers, notices, bridges, sealed,
// plain}; what it makes and what it thinks of each is printed as JSON.
//
//   merchant, merchantPublic  the merchant's key in PEM; serial is its certificate's
//   certs     {serial: PEM} of WeChat Pay's public keys; platform is the private one
//   requests  [{method, target, body, authorization}] of ours: their header made anew,
//             and whether the merchant's key made the signature
//   base      address of an API that the plugin asks with calls [{method, path, data}]
//   answers   [{timestamp, nonce, body, signature, serial}]: Rsa.verify
//   notices   [{timestamp, nonce, body}] to be signed as WeChat Pay: Rsa.sign
//   bridges   [{appId, timeStamp, nonceStr, package, paySign}]: whether it is the merchant's
//   sealed    [{ciphertext, nonce, associated}] to decrypt: Aes.AesGcm
//   plain     [{text, nonce, associated}] to encrypt
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
const require = createRequire(process.env.ANYSCAN_NPM + '/')
const { Wechatpay, Formatter, Rsa, Aes: { AesGcm } } = require('wechatpay-axios-plugin')

const input = JSON.parse(readFileSync(0, 'utf8'))
const privateKey = Rsa.from(input.merchant, Rsa.KEY_TYPE_PRIVATE)
const merchantPublic = Rsa.from(input.merchantPublic, Rsa.KEY_TYPE_PUBLIC)
const platform = Rsa.from(input.platform, Rsa.KEY_TYPE_PRIVATE)
const certs = Object.fromEntries(Object.entries(input.certs).map(([serial, pem]) => [serial, Rsa.from(pem, Rsa.KEY_TYPE_PUBLIC)]))
const part = (header, name) => new RegExp(`${name}="([^"]*)"`).exec(header)[1]
const thrown = async f => { try { return await f() } catch (e) { return { error: String(e.code || e.message), data: Object(e.response?.data) === e.response?.data ? e.response.data : {} } } }

const output = {
  requests: input.requests.map(({ method, target, body, authorization }) => {
    const [timestamp, nonce, signature] = ['timestamp', 'nonce_str', 'signature'].map(name => part(authorization, name))
    const text = Formatter.request(method, target, timestamp, nonce, body)
    return {
      anew: Formatter.authorization(input.mchid, nonce, Rsa.sign(text, privateKey), timestamp, input.serial),
      verified: Rsa.verify(text, signature, merchantPublic)
    }
  }),
  answers: input.answers.map(({ timestamp, nonce, body, signature, serial }) =>
    Rsa.verify(Formatter.response(timestamp, nonce, body), signature, certs[serial])),
  notices: input.notices.map(({ timestamp, nonce, body }) => Rsa.sign(Formatter.response(timestamp, nonce, body), platform)),
  bridges: input.bridges.map(({ appId, timeStamp, nonceStr, package: pack, paySign }) =>
    Rsa.verify(Formatter.joinedByLineFeed(appId, timeStamp, nonceStr, pack), paySign, merchantPublic)),
  sealed: input.sealed.map(({ ciphertext, nonce, associated }) => AesGcm.decrypt(ciphertext, input.apiv3, nonce, associated)),
  plain: input.plain.map(({ text, nonce, associated }) => AesGcm.encrypt(text, input.apiv3, nonce, associated)),
  calls: []
}
if (input.calls.length > 0) {
  const client = new Wechatpay({ mchid: input.mchid, serial: input.serial, privateKey, certs })
  const config = { baseURL: input.base }
  for (const { method, path, data } of input.calls) {
    output.calls.push(await thrown(async () => {
      const { status, data: body } = await client.chain(path)[method](...(data ? [data, config] : [config]))
      return { status, data: body || {} }
    }))
  }
}
console.log(JSON.stringify(output))
