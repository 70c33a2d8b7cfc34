// Alipay's own SDK as counter-party. Standard input is {app, alipay, other, gateway,
// requests, pages, bodies, queries, answers}; what it makes and what it thinks of
// each is printed as JSON.
//
//   app       {id, private, public}: the app, with keys in PEM
//   alipay    Alipay's public key; other is a stranger's
//   gateway   address of a gateway that the SDK asks
//   requests  [{method, params, content}] to sign: sdkExec
//   pages     [{method, params, content}] to make redirects of: pageExec
//   redirects [address] whose signature is checked with the app's public key
//   bodies    [body] of notifications: checkNotifySignV2
//   queries   [{method, params, content}] to ask the gateway: exec with validateSign
//   answers   [{body, member}] of the API: checkResponseSign
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
const require = createRequire(process.env.ANYSCAN_NPM + '/')
const { AlipaySdk } = require('alipay-sdk')

const input = JSON.parse(readFileSync(0, 'utf8'))
const make = alipayPublicKey => new AlipaySdk({
  appId: input.app.id, privateKey: input.app.private, keyType: 'PKCS8', alipayPublicKey, gateway: input.gateway, camelcase: false
})
const sdk = make(input.alipay), asAlipay = make(input.app.public)
const form = text => Object.fromEntries(new URLSearchParams(text))
const thrown = async f => { try { return await f() } catch (e) { return { error: String(e.message) } } }

const output = {
  requests: input.requests.map(({ method, params, content }) => form(sdk.sdkExec(method, { ...params, bizContent: content }))),
  pages: input.pages.map(({ method, params, content }) => sdk.pageExec(method, 'GET', { ...params, bizContent: content })),
  redirects: input.redirects.map(address => asAlipay.checkNotifySignV2(form(new URL(address).search))),
  bodies: input.bodies.map(body => sdk.checkNotifySignV2(form(body))),
  queries: [], strangers: [], answers: []
}
for (const { method, params, content } of input.queries) {
  const ask = with_ => thrown(() => with_.exec(method, { ...params, bizContent: content }, { validateSign: true }))
  output.queries.push(await ask(sdk))
  output.strangers.push(await ask(make(input.other)))
}
for (const { body, member } of input.answers) {
  output.answers.push(await thrown(() => { sdk.checkResponseSign(body, member, JSON.parse(body).sign, ''); return {} }))
}
console.log(JSON.stringify(output))
