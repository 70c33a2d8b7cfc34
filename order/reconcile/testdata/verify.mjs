// Reads a clearing file as an acquirer in another language would: by its
// documentation alone. Arguments: the format and the public key as a JWK. The file
// is standard input; the totals that its entries come to are printed as JSON.
import crypto from 'node:crypto'
import fs from 'node:fs'

const [format, jwk] = process.argv.slice(2)
const raw = fs.readFileSync(0)

// csv splits a table as RFC 4180 says, and takes off what guards from spreadsheets.
function csv (text) {
  const rows = []
  let row = []
  for (let i = 0; i < text.length;) {
    let cell = ''
    if (text[i] === '"') {
      for (i++; text[i] !== '"' || text[i + 1] === '"'; i++) {
        if (text[i] === '"') i++
        cell += text[i]
      }
      i++
    } else {
      while (text[i] !== ',' && text[i] !== '\r') cell += text[i++]
    }
    row.push(cell.startsWith("'") ? cell.slice(1) : cell)
    if (text[i] === ',') { i++; continue }
    if (text.slice(i, i + 2) !== '\r\n') throw new Error(`no line end at ${i}`)
    i += 2
    rows.push(row)
    row = []
  }
  const names = rows.shift()
  return rows.map(cells => {
    if (cells.length !== names.length) throw new Error(`${cells.length} columns: want ${names.length}`)
    return Object.fromEntries(names.map((name, n) => [name, cells[n]]))
  })
}

const text = raw.toString('utf8')
const rows = format === 'csv' ? csv(text) : text.trimEnd().split('\n').map(line => JSON.parse(line))

const sums = {}
for (const r of rows.filter(r => r.record === 'payment' || r.record === 'refund')) {
  if (BigInt(r.gross) - BigInt(r.fee) !== BigInt(r.net)) throw new Error(`net of ${r.order}`)
  for (const name of [r.record + 's', 'all']) {
    const sum = sums[`${r.currency} ${name}`] ??= { count: 0n, gross: 0n, fee: 0n, net: 0n }
    sum.count++
    for (const part of ['gross', 'fee', 'net']) sum[part] += BigInt(r[part])
  }
}
const told = rows.filter(r => r.record === 'total' && BigInt(r.count) > 0n)
if (told.length !== Object.keys(sums).length) throw new Error('totals are missing')
for (const r of told) {
  for (const part of ['count', 'gross', 'fee', 'net']) {
    if (BigInt(r[part]) !== sums[`${r.currency} ${r.name}`][part]) throw new Error(`${part} of ${r.name} in ${r.currency}`)
  }
}

const signature = Object.fromEntries(rows.filter(r => r.record === 'signature').map(r => [r.name, r.value]))
const at = raw.indexOf(format === 'csv' ? '\r\nsignature,' : '\n{"record":"signature"') + (format === 'csv' ? 2 : 1)
const digest = crypto.createHash('sha256').update(raw.subarray(0, at)).digest('hex')
if (digest !== signature.sha256) throw new Error('another digest')
const message = `anyscan-clearing/1\nkey ${signature.key}\nsha256 ${digest}\n`
const key = crypto.createPublicKey({ key: JSON.parse(jwk), format: 'jwk' })
if (!crypto.verify(null, Buffer.from(message), key, Buffer.from(signature.value, 'base64url'))) throw new Error('the signature does not verify')

process.stdout.write(JSON.stringify(sums, (_, v) => typeof v === 'bigint' ? Number(v) : v))
