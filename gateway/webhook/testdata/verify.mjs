// Verifies webhooks. Standard input: a list of {name, secret, public, headers,
// body}; standard output: {name: verdicts}, see verdicts.mjs.
import { readFileSync } from 'node:fs'
import { verdicts } from './verdicts.mjs'

const answers = {}
for (const c of JSON.parse(readFileSync(0, 'utf8'))) answers[c.name] = verdicts(c)
console.log(JSON.stringify(answers))
