'use strict'

// Runs every conformance vector in tests/vectors of the repository; tests/tests/vectors.rs has the format.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const test = require('node:test')

const poundlock = require('..')

const root = path.join(__dirname, '..', '..', 'tests', 'vectors')

function bytes(vector) {
  if (vector.input_hex !== undefined) return Buffer.from(vector.input_hex, 'hex')
  if (vector.input === undefined) return ''
  return typeof vector.input === 'string' ? vector.input : JSON.stringify(vector.input)
}

for (const group of fs.readdirSync(root)) {
  for (const file of fs.readdirSync(path.join(root, group))) {
    for (const vector of JSON.parse(fs.readFileSync(path.join(root, group, file), 'utf8'))) {
      test(`${group}/${file}: ${vector.name}`, () => {
        const run = () => poundlock.call(vector.operation, bytes(vector))
        if (vector.error !== undefined) {
          assert.throws(run, (error) => error.code === vector.error)
        } else {
          assert.deepEqual(JSON.parse(run()), vector.expect)
        }
      })
    }
  }
}
