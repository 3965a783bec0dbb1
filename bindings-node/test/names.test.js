'use strict'

// The names that all languages share, in this one's case.

const assert = require('node:assert/strict')
const test = require('node:test')

const poundlock = require('..')
const names = require('../../tests/names.json')

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
const camels = (list) => list.map(camel).sort()

/** A form that answers a promise belongs to the method whose name it has. */
const plain = (list) => list.filter((name) => !(name.endsWith('Async') && list.includes(name.slice(0, -5))))

function own(object, kind) {
  const wanted = Object.entries(Object.getOwnPropertyDescriptors(object)).filter(
    ([, descriptor]) => (descriptor.get === undefined ? 'method' : 'property') === kind,
  )
  return plain(wanted.map(([name]) => name)).sort()
}

test('functions', () => {
  const functions = Object.entries(poundlock).filter(([, value]) => !/^class /.test(String(value)))
  assert.deepEqual(plain(functions.map(([name]) => name)).sort(), camels(names.functions))
})

for (const [name, { constructors, properties, methods }] of Object.entries(names.classes)) {
  test(`the class ${name}`, () => {
    const of = poundlock[name]
    const statics = own(of, 'method').filter((name) => !['length', 'name', 'prototype'].includes(name))
    assert.deepEqual(statics, camels(constructors.filter((name) => name !== 'new')))
    const { constructor, ...prototype } = Object.getOwnPropertyDescriptors(of.prototype)
    const described = Object.defineProperties({}, prototype)
    assert.deepEqual(own(described, 'method').filter((name) => name !== 'toJSON'), camels(methods))
    // The text of a receipt is a field.
    const fields = name === 'Receipt' ? ['text'] : []
    assert.deepEqual([...own(described, 'property'), ...fields].sort(), camels(properties))
  })
}

test('documents', () => {
  const { Document } = poundlock
  const documents = Object.keys(poundlock).filter((name) => poundlock[name].prototype instanceof Document)
  assert.deepEqual(documents.sort(), names.documents)
})

test('errors', () => {
  const json = '{"code":"c","message":"m","help":"h","source":"s","line":1,"column":2,"pointer":"/p","sequence":3}'
  const error = new poundlock[names.error.name](json)
  const attributes = Object.getOwnPropertyNames(error).filter((name) => name !== 'stack')
  assert.deepEqual(attributes.sort(), camels(names.error.attributes))
  assert.equal(error.json, json)
})

test('nothing else is exported', () => {
  const known = [...Object.keys(names.classes), ...names.documents, names.error.name, 'Document', 'Handle']
  const classes = Object.keys(poundlock).filter((name) => /^class /.test(String(poundlock[name])))
  assert.deepEqual(classes.sort(), known.sort())
})
