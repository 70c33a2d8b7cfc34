// Two implementations from npm on the payloads of standard input, a JSON array of
// texts: what promptparse takes apart, and what steplix-emv-qrcps writes after it
// has read a text. The first counts a checksum over characters, so it says false
// beyond ASCII.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
const require = createRequire(process.env.ANYSCAN_NPM + '/')
const { parse } = require('promptparse')
const { Merchant } = require('steplix-emv-qrcps')

const objects = (tags) => tags.map(({ id, value, subTags }) => ({ id, value, objects: objects(subTags ?? []) }))
const read = JSON.parse(readFileSync(0, 'utf8')).map((text) => ({
  intact: parse(text, true) !== null,
  objects: objects(parse(text, false, true).getTags()),
  written: Merchant.Parser.toEMVQR(text).generatePayload(),
}))
console.log(JSON.stringify(read))
