'use strict'

// What the Node.js face adds to the contract: its types and its errors.

const assert = require('node:assert/strict')
const test = require('node:test')

const poundlock = require('..')
const manifest = require('../package.json')

test('the version is the package’s', () => {
  const { version, engine } = poundlock.version()
  assert.equal(version, manifest.version)
  assert.ok(engine >= 1)
})

test('an error has a code and help', () => {
  assert.throws(
    () => poundlock.call('divine', ''),
    (error) => error instanceof Error && error.code === 'input.invalid_value' && error.help.length > 0,
  )
})

test('half a request is an error, as text and as bytes', () => {
  const codes = ['{', Buffer.from('{')].map((request) => {
    try {
      return poundlock.decide(request)
    } catch (error) {
      return error.code
    }
  })
  assert.match(codes[0], /^input\./)
  assert.equal(codes[0], codes[1])
})

test('other types are refused', () => {
  for (const request of [undefined, null, 1, {}]) {
    assert.throws(() => poundlock.decide(request), Error)
  }
})

test('text that is not Unicode is an error, and the replacement character is not', () => {
  assert.throws(() => poundlock.decide('"\ud800"'), { code: 'input.encoding' })
  assert.throws(() => poundlock.call('version', '\ufffd'), { code: 'input.invalid_value' })
})
