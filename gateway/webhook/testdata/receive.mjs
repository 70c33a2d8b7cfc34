// A merchant's server that verifies what is delivered to it. A line of standard
// input is its endpoint's keys from now on, {name: {secret, public}}, and is
// answered with a line "keys". It acknowledges what both packages verify with one
// of them and refuses with 400 what neither does with any; where they disagree it
// has failed, with 500. For each request it prints {signatures, verdicts}: the
// versions of the signatures, and the verdicts by the name of the keys.
import http from 'node:http'
import { createInterface } from 'node:readline'
import { verdicts } from './verdicts.mjs'

let keys = {}
createInterface({ input: process.stdin }).on('line', line => {
  keys = JSON.parse(line)
  console.log('keys')
})

const server = http.createServer(async (request, response) => {
  const parts = []
  for await (const part of request) parts.push(part)
  const body = Buffer.concat(parts), of = {}
  for (const name in keys) of[name] = verdicts({ ...keys[name], headers: request.headers, body })
  const all = Object.values(of).map(({ standardwebhooks, svix }) => [standardwebhooks === 'ok', svix === 'ok'])
  const status = all.some(([a, b]) => a !== b) ? 500 : all.some(([a]) => a) ? 204 : 400
  const signatures = request.headers['webhook-signature']?.split(' ').map(s => s.split(',')[0])
  console.log(JSON.stringify({ signatures, verdicts: of }))
  response.writeHead(status).end()
})
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`))
