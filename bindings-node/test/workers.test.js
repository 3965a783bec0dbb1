'use strict'

// Worker threads load the module by themselves and share a ledger's directory.

const assert = require('node:assert/strict')
const path = require('node:path')
const test = require('node:test')
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads')

const { Ledger } = require('..')
const { begun, directory, engine, plan, request } = require('./support')

const WORKERS = 4
const EACH = 10

async function admit({ place, name }) {
  const [on, ledger] = [engine(), Ledger.open(place)]
  const sequences = []
  for (let index = 0; index < EACH; index++) {
    const asked = request(`${name}-${index}`)
    const admission =
      index % 2 === 0
        ? on.admit(ledger, asked, { plan: plan() })
        : await on.admitAsync(ledger, asked, { plan: plan() })
    sequences.push(admission.sequence)
  }
  ledger.close()
  return sequences
}

if (isMainThread) {
  test('several workers write one ledger', async (context) => {
    const place = path.join(directory(context), 'ledger')
    begun(engine(), Ledger.create(place)).close()
    const answers = Array.from({ length: WORKERS }, (_, name) => {
      const worker = new Worker(__filename, { workerData: { place, name } })
      return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    })
    const sequences = (await Promise.all(answers)).flat().sort((one, other) => one - other)
    assert.deepEqual(
      sequences,
      Array.from({ length: WORKERS * EACH }, (_, index) => index + 1),
    )
    const ledger = Ledger.openReadOnly(place)
    assert.equal(ledger.verify({ unsigned: true }).size, WORKERS * EACH + 1)
    ledger.close()
  })

  test('a worker may end while its calls run', async (context) => {
    const place = path.join(directory(context), 'ledger')
    begun(engine(), Ledger.create(place)).close()
    const worker = new Worker(__filename, { workerData: { place, name: 'ended' } })
    await new Promise((resolve) => worker.once('online', resolve))
    await worker.terminate()
    assert.ok(Ledger.open(place).verify({ unsigned: true }).size >= 1)
  })
} else {
  admit(workerData).then((sequences) => parentPort.postMessage(sequences))
}
