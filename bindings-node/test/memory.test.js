'use strict'

// A hundred thousand calls leave nothing behind.

const assert = require('node:assert/strict')
const test = require('node:test')

const { Ledger, Plan, PolicyPack, PoundlockError, call, callAsync, canonical } = require('..')
const { NONCE, PACK, engine, plan, request, terraform } = require('./support')

const CALLS = 100_000
/** What an allocator may keep for itself, in bytes; a hundred bytes for each call would be more. */
const SLACK = 8 * 1024 * 1024

const on = engine()
const planned = plan()
const text = JSON.stringify(request())
const bytes = Buffer.from(text)

function refused(run) {
  assert.throws(run, PoundlockError)
}

/** What is called in turn; the first ones, which cost little, ten times as often as the others. */
const CHEAP = [
  () => canonical(text),
  () => canonical(bytes),
  () => canonical(request()),
  () => call('version'),
  () => refused(() => canonical('{')),
  () => refused(() => canonical({ a: undefined })),
  () => callAsync('canonical', bytes),
  () => assert.rejects(callAsync('canonical', '{'), PoundlockError),
]
const OTHERS = [
  () => on.decide(text, { plan: planned }).findings.length,
  () => on.decideAsync(request(), { plan: planned }),
  () => Ledger.inMemory().head().size,
  () => Ledger.inMemory().close(),
  () => Plan.terraform(terraform('acme-logs'), NONCE).digest,
  () => new PolicyPack(PACK),
]

async function calls(count) {
  for (let index = 0; index < count; index++) {
    const list = index % 10 === 9 ? OTHERS : CHEAP
    await list[Math.floor(index / 10 + index) % list.length]()
  }
}

async function settled() {
  // What is finalized is let go in a turn of its own.
  for (let round = 0; round < 4; round++) {
    globalThis.gc()
    await new Promise(setImmediate)
  }
  return process.memoryUsage()
}

test(`${CALLS} calls`, async () => {
  assert.ok(globalThis.gc, 'this needs --expose-gc')
  await calls(CALLS / 5)
  const before = await settled()
  await calls(CALLS)
  const after = await settled()
  for (const kind of ['rss', 'heapUsed', 'external']) {
    assert.ok(after[kind] - before[kind] < SLACK, `${kind}: from ${before[kind]} to ${after[kind]}`)
  }
})
