'use strict'

// The Node.js part of the benchmark `bindings`, which says what it is asked and answers.

const fs = require('node:fs')
const path = require('node:path')
const readline = require('node:readline')

const { Engine, Plan } = require(process.env.POUNDLOCK_NODE ?? 'poundlock')

const directory = process.argv[2]
const read = (name) => fs.readFileSync(path.join(directory, name))
const texts = JSON.parse(read('engine.json'))
const engine = new Engine(texts.charter, texts.lock, texts.packs)
const request = read('request.json').toString()
const document = read('plan.json')
const nonce = '07'.repeat(32)

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [question, count] = line.split(' ')
  const start = process.hrtime.bigint()
  if (question === 'decide') {
    for (let left = Number(count); left > 0; left--) engine.decide(request)
  } else {
    const plan = Plan.terraform(document, nonce)
    engine.decide(request, { plan })
    plan.close?.()
  }
  console.log(String(process.hrtime.bigint() - start))
})
console.log('ready')
