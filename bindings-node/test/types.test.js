'use strict'

// The declarations accept what they must, refuse what they must, and say `any` nowhere.

const assert = require('node:assert/strict')
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const test = require('node:test')

const root = path.join(__dirname, '..')

test('the declarations are as precise as they should be', () => {
  const compiler = require.resolve('typescript/bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '--project', path.join(__dirname, 'types')], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stdout)
})

test('nothing is any', () => {
  const declarations = [root, path.join(root, 'face'), path.join(root, 'crossguard')]
    .flatMap((folder) => fs.readdirSync(folder).map((name) => path.join(folder, name)))
    .filter((file) => file.endsWith('.d.ts'))
  assert.ok(declarations.length > 10)
  for (const file of declarations) {
    const code = fs.readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '')
    assert.doesNotMatch(code, /\bany\b/, file)
  }
})
