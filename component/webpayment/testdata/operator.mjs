// An operator's server with a JOSE library of others. Standard input is {gateway,
// operator, requests, statements}; what it thinks of each request, and a token for each
// statement, is printed as JSON.
//
//   gateway     the gateway's public key in PEM; operator is its own private one
//   requests    [token] of the gateway, for the method that stands in aud
//   statements  [{typ, claims}] to sign, with the key's thumbprint as kid
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
const require = createRequire(process.env.ANYSCAN_NPM + '/')
const { SignJWT, jwtVerify, importSPKI, importPKCS8, exportJWK, calculateJwkThumbprint } = await import(require.resolve('jose'))

const input = JSON.parse(readFileSync(0, 'utf8'))
const gateway = await importSPKI(input.gateway, 'EdDSA', { extractable: true })
const operator = await importPKCS8(input.operator, 'EdDSA', { extractable: true })
const { d, ...jwk } = await exportJWK(operator)
const kid = await calculateJwkThumbprint(jwk)

const requests = []
for (const token of input.requests) {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, gateway, {
      algorithms: ['EdDSA'], typ: 'webpayment-request+jwt', issuer: input.issuer, audience: input.audience, currentDate: new Date(input.now)
    })
    const known = protectedHeader.kid === await calculateJwkThumbprint(await exportJWK(gateway))
    requests.push({ payload, known })
  } catch (error) {
    requests.push({ error: error.code })
  }
}
const statements = []
for (const { typ, claims } of input.statements) {
  statements.push(await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ, kid }).sign(operator))
}
console.log(JSON.stringify({ requests, statements }))
