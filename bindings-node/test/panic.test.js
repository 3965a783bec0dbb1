'use strict'

// A panic inside of the library comes back as an error from every function, and everything works afterwards.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const test = require('node:test')

const native = require('../poundlock.node')
const poundlock = require('..')
const { NONCE, ORIGIN, PACK, CHARTER, begun, directory, engine, keyPair, law, plan, request, terraform } = require('./support')

const { Charter, Engine, Ledger, Plan, PolicyPack, PoundlockError, Receipt } = poundlock

/** What does no work of the library's. */
const PERIOD = { since: '2026-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z' }
const IDLE = ['Ledger.close', 'Receipt.new', 'Receipt.toJSON', 'Charter.digest', 'Charter.document', 'Charter.name', 'Charter.version']

/** How everything is called that does any. */
function drills(context) {
  const place = directory(context)
  const texts = law()
  const file = path.join(place, 'charter.yaml')
  fs.mkdirSync(path.join(place, 'packs'))
  fs.writeFileSync(file, texts.charter)
  fs.writeFileSync(path.join(place, 'charter.lock'), texts.lock)
  fs.writeFileSync(path.join(place, 'packs', 'storage.yaml'), PACK)
  const ledgers = path.join(place, 'ledger')
  Ledger.create(ledgers).close()

  const keys = keyPair()
  const on = engine()
  const ledger = begun(on, Ledger.inMemory(), [keys.key])
  on.admit(ledger, request(), { plan: plan() })
  const { text } = on.checkpointText(ledger, { keys: [keys.key] })
  const { checkpoint } = on.checkpoint(ledger, keys.key, keys.sign)
  const receipt = ledger.receipt(0)
  const pack = () => new PolicyPack(PACK)
  const resources = '{"resources":[]}'
  const fact = {
    id: 'f',
    at: '2026-03-02T09:00:01Z',
    actor: { kind: 'human', id: 'alice' },
    channel: 'local',
    fact: { approval: { by: 'alice', stage: 'dev', asset: 'web', digest: plan().digest } },
  }
  const signing = { checkpoint: text, signatures: [{ key: keys.key, signature: keys.sign(Buffer.from(text)).toString('base64') }] }
  const approval = { approval: fact.fact.approval, at: fact.at }
  // What is handed in is made before the panic is armed.
  const [planned, packed, empty] = [plan(), pack(), Ledger.inMemory()]
  const [freshPlan, freshPack] = [() => plan(), () => pack()]

  const table = {
    call: () => poundlock.call('version'),
    canonical: () => poundlock.canonical({}),
    charter: () => poundlock.charter({ charter: CHARTER }),
    envelope: () => poundlock.envelope({ text: '', signature: '' }),
    limits: () => poundlock.limits(),
    lock: () => poundlock.lock({ packs: [] }),
    signingBytes: () => poundlock.signingBytes({ text: '' }),
    simulate: () => poundlock.simulate('{}'),
    verifierKey: () => poundlock.verifierKey({ name: ORIGIN, publicKey: '' }),
    verifyApproval: () => poundlock.verifyApproval('{}'),
    verifyCheckpoint: () => poundlock.verifyCheckpoint({ checkpoint, keys: [keys.key] }),
    verifyFork: () => poundlock.verifyFork('{}'),
    verifyReceipt: () => poundlock.verifyReceipt({ receipt: receipt.text, keys: [keys.key] }),
    verifyToken: () => poundlock.verifyToken('{}'),
    version: () => poundlock.version(),
    'Charter.new': () => new Charter(CHARTER),
    'PolicyPack.new': () => new PolicyPack(PACK),
    'PolicyPack.name': [freshPack, (pack) => pack.name],
    'PolicyPack.version': [freshPack, (pack) => pack.version],
    'PolicyPack.digest': [freshPack, (pack) => pack.digest],
    'PolicyPack.policies': [freshPack, (pack) => pack.policies],
    'PolicyPack.describe': () => packed.describe(),
    'PolicyPack.lint': () => packed.lint(),
    'PolicyPack.test': () => packed.test(),
    'PolicyPack.check': () => packed.check(planned),
    'Plan.terraform': () => Plan.terraform(terraform('acme-logs'), NONCE),
    'Plan.pulumi': () => Plan.pulumi({}),
    'Plan.kubernetes': () => Plan.kubernetes('kind: List'),
    'Plan.resources': () => Plan.resources(resources),
    'Plan.join': () => Plan.join([['web', planned]]),
    'Plan.digest': [freshPlan, (plan) => plan.digest],
    'Plan.counts': [freshPlan, (plan) => plan.counts],
    'Plan.describe': () => planned.describe(),
    'Engine.new': () => new Engine(texts.charter, texts.lock, texts.packs),
    'Engine.load': () => Engine.load(file),
    'Engine.ofLedger': () => Engine.ofLedger(ledger),
    'Engine.decide': () => on.decide(request(), { ledger, plan: planned }),
    'Engine.admit': () => on.admit(ledger, request('panics'), { plan: planned }),
    'Engine.record': () => on.record(ledger, fact),
    'Engine.describe': () => on.describe(),
    'Engine.check': () => on.check(planned),
    'Engine.begin': () => on.begin(empty, { origin: ORIGIN, keys: [], at: fact.at }),
    'Engine.requestText': () => on.requestText(ledger, { request: request(), signed: fact.at }, { plan: planned }),
    'Engine.factText': () => on.factText(ledger, { fact, signed: fact.at }),
    'Engine.credential': () => on.credential('{}'),
    'Engine.review': () => on.review(ledger, approval),
    'Engine.checkpointText': () => on.checkpointText(ledger, { keys: [keys.key] }),
    'Engine.sign': () => on.sign(ledger, signing),
    'Engine.checkpoint': () => on.checkpoint(ledger, keys.key, keys.sign),
    'Engine.snapshot': () => on.snapshot(ledger),
    'Ledger.create': () => Ledger.create(path.join(place, 'other')),
    'Ledger.open': () => Ledger.open(ledgers),
    'Ledger.openReadOnly': () => Ledger.openReadOnly(ledgers),
    'Ledger.inMemory': () => Ledger.inMemory(),
    'Ledger.head': () => ledger.head(),
    'Ledger.entries': () => ledger.entries(),
    'Ledger.attachment': () => ledger.attachment(planned.digest),
    'Ledger.status': () => ledger.status(),
    'Ledger.verify': () => ledger.verify(),
    'Ledger.checkpoint': () => ledger.checkpoint(),
    'Ledger.putCheckpoint': () => ledger.putCheckpoint(checkpoint),
    'Ledger.receipt': () => ledger.receipt(0),
    'Ledger.forkProof': () => ledger.forkProof(checkpoint),
    'Ledger.report': () => ledger.report(PERIOD),
    'Ledger.notices': () => ledger.notices(),
    'Receipt.verify': () => receipt.verify([keys.key]),
    callAsync: () => poundlock.callAsync('version'),
    simulateAsync: () => poundlock.simulateAsync('{}'),
    'PolicyPack.testAsync': () => packed.testAsync(),
    'PolicyPack.checkAsync': () => packed.checkAsync(planned),
    'Plan.terraformAsync': () => Plan.terraformAsync(terraform('acme-logs'), NONCE),
    'Plan.pulumiAsync': () => Plan.pulumiAsync({}),
    'Plan.kubernetesAsync': () => Plan.kubernetesAsync('kind: List'),
    'Plan.resourcesAsync': () => Plan.resourcesAsync(resources),
    'Engine.loadAsync': () => Engine.loadAsync(file),
    'Engine.ofLedgerAsync': () => Engine.ofLedgerAsync(ledger),
    'Engine.decideAsync': () => on.decideAsync(request(), { ledger, plan: planned }),
    'Engine.admitAsync': () => on.admitAsync(ledger, request('panics'), { plan: planned }),
    'Engine.recordAsync': () => on.recordAsync(ledger, fact),
    'Engine.checkAsync': () => on.checkAsync(planned),
    'Engine.beginAsync': () => on.beginAsync(empty, { origin: ORIGIN, keys: [], at: fact.at }),
    'Engine.reviewAsync': () => on.reviewAsync(ledger, approval),
    'Engine.checkpointTextAsync': () => on.checkpointTextAsync(ledger, { keys: [keys.key] }),
    'Engine.signAsync': () => on.signAsync(ledger, signing),
    'Engine.checkpointAsync': () => on.checkpointAsync(ledger, keys.key, keys.sign),
    'Engine.snapshotAsync': () => on.snapshotAsync(ledger),
    'Ledger.createAsync': () => Ledger.createAsync(path.join(place, 'another')),
    'Ledger.openAsync': () => Ledger.openAsync(ledgers),
    'Ledger.openReadOnlyAsync': () => Ledger.openReadOnlyAsync(ledgers),
    'Ledger.headAsync': () => ledger.headAsync(),
    'Ledger.entriesAsync': () => ledger.entriesAsync(),
    'Ledger.attachmentAsync': () => ledger.attachmentAsync(planned.digest),
    'Ledger.statusAsync': () => ledger.statusAsync(),
    'Ledger.verifyAsync': () => ledger.verifyAsync(),
    'Ledger.checkpointAsync': () => ledger.checkpointAsync(),
    'Ledger.putCheckpointAsync': () => ledger.putCheckpointAsync(checkpoint),
    'Ledger.receiptAsync': () => ledger.receiptAsync(0),
    'Ledger.reportAsync': () => ledger.reportAsync(PERIOD),
    'Ledger.forkProofAsync': () => ledger.forkProofAsync(checkpoint),
  }
  return { table, ledger }
}

/** Everything that can be called. */
function exported() {
  const names = []
  for (const [name, value] of Object.entries(poundlock)) {
    if (!/^class /.test(String(value))) names.push(name)
  }
  for (const of of [Charter, PolicyPack, Plan, Engine, Ledger, Receipt]) {
    const statics = Object.getOwnPropertyNames(of).filter((name) => !['length', 'name', 'prototype'].includes(name))
    const members = Object.getOwnPropertyNames(of.prototype).filter((name) => name !== 'constructor')
    // A plan and a ledger are made by their static methods.
    const constructor = of === Plan || of === Ledger ? [] : ['new']
    names.push(...[...statics, ...members, ...constructor].map((name) => `${of.name}.${name}`))
  }
  return names.filter((name) => !IDLE.includes(name)).sort()
}

test('a panic in any function is an error, and the next call works', async (context) => {
  const { table, ledger } = drills(context)
  assert.deepEqual(Object.keys(table).sort(), exported())
  const before = ledger.head().json
  for (const [name, drill] of Object.entries(table)) {
    const [made, run] = Array.isArray(drill) ? [drill[0](), drill[1]] : [undefined, drill]
    poundlock.call('panic_drill')
    await assert.rejects(
      async () => run(made),
      (error) => {
        assert.ok(error instanceof PoundlockError, `${name}: ${error}`)
        assert.equal(error.code, 'internal', name)
        return true
      },
    )
    assert.equal(poundlock.version().engine, 1)
  }
  assert.equal(ledger.head().json, before)
  assert.equal(ledger.verify().size, 2)
})

test('a panic in the native half itself is caught too', async () => {
  assert.throws(native.panics, Error)
  await assert.rejects(native.panicsAsync(), (error) => JSON.parse(error.message).code === 'internal')
  assert.equal(poundlock.version().engine, 1)
})
