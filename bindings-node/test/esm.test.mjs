// The package is the same for `import` and for `require`.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import test from 'node:test'

import * as imported from 'poundlock'

const required = createRequire(import.meta.url)('poundlock')

test('import and require give the same', () => {
  assert.deepEqual(Object.keys(imported).sort(), Object.keys(required).sort())
  for (const [name, value] of Object.entries(required)) assert.equal(imported[name], value)
})
