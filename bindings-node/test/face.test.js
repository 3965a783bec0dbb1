'use strict'

// What the Node.js face adds to the contract: its classes, its promises and its errors.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const test = require('node:test')

const poundlock = require('..')
const manifest = require('../package.json')
const { CHARTER, ORIGIN, PACK, begun, directory, engine, keyPair, law, plan, request, terraform } = require('./support')

const { Admission, Charter, Decision, Engine, Entry, Finding, Ledger, Permit, Plan, PolicyPack, PoundlockError, Receipt } =
  poundlock

function codeOf(run) {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof PoundlockError, String(error))
    return error.code
  }
  return undefined
}

test('the version is the package’s', () => {
  const { version, engine } = poundlock.version()
  assert.equal(version, manifest.version)
  assert.ok(engine >= 1)
})

test('an error says what, where and what to do', () => {
  assert.throws(
    () => poundlock.call('divine'),
    (error) =>
      error instanceof PoundlockError &&
      error instanceof Error &&
      error.name === 'PoundlockError' &&
      error.code === 'input.invalid_value' &&
      error.help.length > 0 &&
      JSON.parse(error.json).message === error.message,
  )
  assert.throws(
    () => new PolicyPack('pack: storage\nversion: 1.0.0\npolices: []\n'),
    (error) => error.code === 'input.unknown_field' && error.line === 3 && error.column === 1,
  )
})

test('a pack is an object with properties', () => {
  const pack = new PolicyPack(PACK)
  assert.equal(pack.name, 'storage')
  assert.equal(pack.version, '1.0.0')
  assert.match(pack.digest, /^sha256:[0-9a-f]{64}$/)
  assert.deepEqual(
    pack.policies.map(({ name }) => name),
    ['buckets-are-named'],
  )
  assert.equal(pack.test().failed, 0)
  assert.equal(new PolicyPack(Buffer.from(PACK)).digest, pack.digest)
})

test('a plan of resources is checked', async () => {
  const resources = (bucket) =>
    Plan.resources({ resources: [{ type: 'aws_s3_bucket', address: 'aws_s3_bucket.logs', object: { bucket } }] })
  const pack = new PolicyPack(PACK)
  const denied = pack.check(resources('logs'))
  assert.equal(denied.verdict, 'deny')
  assert.equal(denied.findings[0].code, 'policy.failed')
  assert.equal((await pack.checkAsync(resources('acme-logs'))).verdict, 'allow')
  assert.equal(resources('logs').counts.create, 1)
})

test('a charter is an object with properties', () => {
  const charter = new Charter(CHARTER)
  assert.equal(charter.name, 'acme')
  assert.equal(charter.document.tracks[0].stages[0].stage, 'dev')
  assert.match(charter.digest, /^sha256:/)
})

test('text, bytes and plain data are the same request', () => {
  const on = engine()
  const answers = [request(), JSON.stringify(request()), Buffer.from(JSON.stringify(request()))].map(
    (asked) => on.decide(asked, { plan: plan() }).json,
  )
  assert.equal(new Set(answers).size, 1)
  const bytes = new Uint8Array(Buffer.from(`..${JSON.stringify(request())}..`)).subarray(2, -2)
  assert.equal(on.decide(bytes, { plan: plan() }).json, answers[0])
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
  shared.set(bytes)
  assert.equal(on.decide(shared, { plan: plan() }).json, answers[0])
  assert.equal(on.decide(new poundlock.Request(request()), { plan: plan() }).json, answers[0])
})

test('a decision keeps the library’s text, and its members are objects of their classes', () => {
  const decision = engine().decide(request(), { plan: plan('logs') })
  assert.ok(decision instanceof Decision)
  assert.equal(decision.verdict, 'deny')
  assert.ok(decision.findings.every((finding) => finding instanceof Finding))
  assert.equal(decision.findings, decision.findings)
  assert.ok(decision.findings.some(({ code, outcome }) => code === 'policy.failed' && outcome === 'fail'))
  assert.deepEqual(JSON.parse(JSON.stringify(decision)), JSON.parse(decision.json))
  assert.throws(() => {
    decision.json = '{"verdict":"allow"}'
  }, TypeError)
  assert.equal(decision.permit, undefined)
})

test('a request or a fact in which a key stands twice is refused', () => {
  for (const of of [poundlock.Request, poundlock.Fact]) {
    for (const text of ['{"id":"a","id":"b"}', Buffer.from('{"subject":{"at":1,"at":1}}')]) {
      assert.throws(() => new of(text), { code: 'input.duplicate_key' })
    }
    assert.throws(() => new of('{"id":'), { code: 'input.syntax' })
    assert.equal(new of('{"id":"a"}').json, '{"id":"a"}')
  }
})

test('an error quotes nothing of a text that is not JSON', () => {
  assert.throws(
    () => new Finding('{"code": s3cret}').code,
    ({ code, json }) => code === 'input.syntax' && !json.includes('s3cret'),
  )
})

// Requirements: R276, R296, R355.
test('an admission is in the ledger', () => {
  const on = engine()
  const ledger = begun(on)
  const admission = on.admit(ledger, request(), { plan: plan() })
  assert.ok(admission instanceof Admission)
  assert.deepEqual([admission.verdict, admission.sequence, admission.repeated], ['allow', 1, false])
  assert.ok(admission.decision instanceof Decision)
  assert.ok(admission.decision.permit === undefined || admission.decision.permit instanceof Permit)
  assert.equal(on.admit(ledger, request(), { plan: plan() }).repeated, true)
  const entries = [...ledger]
  assert.ok(entries.every((entry) => entry instanceof Entry))
  assert.deepEqual(
    entries.map(({ sequence, kind }) => [sequence, kind]),
    [
      [0, 'genesis'],
      [1, 'decision'],
    ],
  )
  assert.equal(entries[1].hash, admission.entry)
  assert.equal(ledger.head().last, admission.entry)
  assert.equal(ledger.status().entries, 2)
})

test('a page says where to go on', () => {
  const on = engine()
  const ledger = begun(on)
  for (let index = 0; index < 5; index++) on.admit(ledger, request(`plan-${index}`), { plan: plan() })
  const page = ledger.entries({ from: 1, limit: 2, kinds: ['decision'] })
  assert.deepEqual(
    page.entries.map(({ sequence }) => sequence),
    [1, 2],
  )
  assert.equal(page.next, 3)
  assert.equal([...ledger].length, 6)
})

test('every form that answers a promise answers the same', async () => {
  const on = engine()
  const ledger = begun(on)
  const asked = { plan: plan(), ledger }
  assert.equal((await on.decideAsync(request(), asked)).json, on.decide(request(), asked).json)
  const twin = begun(on)
  const admission = await on.admitAsync(ledger, request(), { plan: plan() })
  assert.equal(admission.json, on.admit(twin, request(), { plan: plan() }).json)
  const fact = {
    id: 'approval-1',
    at: '2026-03-02T09:00:01Z',
    actor: { kind: 'human', id: 'alice' },
    channel: 'local',
    fact: { approval: { by: 'alice', stage: 'dev', asset: 'web', digest: plan().digest } },
  }
  assert.equal((await on.recordAsync(ledger, fact)).json, on.record(twin, fact).json)
  for (const name of ['head', 'entries', 'status', 'verify', 'checkpoint']) {
    const options = name === 'verify' ? [{ unsigned: true }] : []
    assert.equal((await ledger[`${name}Async`](...options)).json, ledger[name](...options).json)
  }
  assert.equal(
    (await Plan.terraformAsync(terraform('acme-logs'), '07'.repeat(32))).digest,
    Plan.terraform(terraform('acme-logs'), '07'.repeat(32)).digest,
  )
  assert.equal((await Engine.ofLedgerAsync(ledger)).describe().json, Engine.ofLedger(ledger).describe().json)
  const seen = []
  for await (const { sequence } of ledger) seen.push(sequence)
  assert.deepEqual(seen, [0, 1, 2])
})

test('promises run at once', async () => {
  const on = engine()
  const ledger = begun(on)
  const asked = Array.from({ length: 50 }, (_, index) =>
    on.admitAsync(ledger, request(`plan-${index}`), { plan: plan() }),
  )
  const sequences = (await Promise.all(asked)).map(({ sequence }) => sequence)
  assert.deepEqual(
    sequences.sort((one, other) => one - other),
    Array.from({ length: 50 }, (_, index) => index + 1),
  )
})

test('what is refused at once is a rejection where a promise is answered', async () => {
  await assert.rejects(engine().decideAsync({ id: undefined }), { code: 'input.invalid_value' })
  await assert.rejects(engine().decideAsync('{'), { code: 'input.syntax' })
  await assert.rejects(Ledger.openAsync('/nowhere'), { code: 'ledger.not_found' })
  await assert.rejects(poundlock.callAsync('divine'), { code: 'input.invalid_value' })
})

test('the bytes of a promise’s input are copied', async () => {
  const bytes = Buffer.from(JSON.stringify(request()))
  const expected = engine().decide(bytes, { plan: plan() }).json
  const promise = engine().decideAsync(bytes, { plan: plan() })
  bytes.fill(0)
  assert.equal((await promise).json, expected)
})

test('what JSON would silently change or leave out is refused, with its place', () => {
  const on = engine()
  const withPaths = (value) => ({ ...request(), paths: [value] })
  for (const value of [2 ** 53, -(2 ** 53), 1e300, NaN, Infinity, 1n, undefined, () => 1, Symbol('s'), new Map(), /a/, new Date(NaN)]) {
    assert.throws(() => on.decide(withPaths(value)), (error) => {
      assert.ok(error instanceof PoundlockError)
      // A date that is none stands for null, which is no path.
      if (value instanceof Date) return error.code === 'input.invalid_value'
      return error.code === 'input.invalid_value' && error.pointer === '/paths/0'
    })
  }
  assert.equal(codeOf(() => on.decide({ ...request(), run: undefined })), 'input.invalid_value')
  assert.equal(codeOf(() => on.decide({ ...request(), [Symbol('s')]: 1 })), 'input.invalid_value')
  assert.equal(codeOf(() => on.decide({ ...request(), paths: new Array(2) })), 'input.invalid_value')
  assert.equal(codeOf(() => on.decide(Object.assign(new (class Asked {})(), request()))), 'input.invalid_value')
  const ring = {}
  ring.ring = ring
  assert.equal(codeOf(() => poundlock.canonical(ring)), 'limit.depth')
  for (const other of [undefined, null, 1, true, 1n, () => 1, Symbol('s')]) {
    assert.equal(codeOf(() => on.decide(other)), 'input.invalid_value')
  }
})

test('what JavaScript holds exactly is handed in exactly', () => {
  const exact = { a: Number.MAX_SAFE_INTEGER, b: Number.MIN_SAFE_INTEGER, c: 0.1, d: [true, null, 'é\u2028"\\'], e: -1.5e-7 }
  assert.equal(poundlock.canonical(exact).json, poundlock.canonical(JSON.stringify(exact)).json)
  assert.equal(poundlock.canonical({ at: new Date(0) }).json, poundlock.canonical('{"at":"1970-01-01T00:00:00.000Z"}').json)
  assert.equal(poundlock.canonical(Object.create(null)).json, poundlock.canonical('{}').json)
})

test('an object that stands for other data is that data, and its place is its own', () => {
  const wrapped = { list: [{ toJSON: () => ({ inner: [1] }) }] }
  assert.equal(poundlock.canonical(wrapped).json, poundlock.canonical({ list: [{ inner: [1] }] }).json)
  const broken = { list: [{ toJSON: () => ({ 'a/b': undefined }) }] }
  assert.throws(() => poundlock.canonical(broken), { pointer: '/list/0/a~1b' })
  const endless = { toJSON: () => endless }
  assert.throws(() => poundlock.canonical(endless), { code: 'limit.depth' })
})

test('data of another realm is plain data', () => {
  const foreign = require('node:vm').runInNewContext('({ list: [1, { two: 2 }] })')
  assert.equal(poundlock.canonical(foreign).json, poundlock.canonical('{"list":[1,{"two":2}]}').json)
})

test('text that is not Unicode is refused, and the replacement character is not', () => {
  assert.equal(codeOf(() => poundlock.canonical('"\ud800"')), 'input.encoding')
  assert.equal(codeOf(() => poundlock.canonical({ a: '\ud800' })), codeOf(() => poundlock.canonical('{"a":"\\ud800"}')))
  assert.notEqual(codeOf(() => poundlock.canonical({ '\udc00': 1 })), undefined)
  assert.equal(codeOf(() => poundlock.canonical(Buffer.from([0x22, 0xff, 0x22]))), 'input.encoding')
  assert.equal(codeOf(() => new PolicyPack(Buffer.from([0xff]))), 'input.encoding')
  assert.equal(codeOf(() => Plan.join([['\ud800', plan()]])), 'input.encoding')
  assert.equal(codeOf(() => new PolicyPack({ pack: 'storage' })), 'input.invalid_value')
  assert.equal(codeOf(() => poundlock.canonical('"\ufffd"')), undefined)
})

test('NFC and NFD are kept apart', () => {
  assert.notEqual(poundlock.canonical({ a: '\u00e9' }).digest, poundlock.canonical({ a: 'e\u0301' }).digest)
})

test('a handle of another class is refused', () => {
  const on = engine()
  for (const wrong of [{}, null, 1, 'ledger', on, plan()]) {
    assert.equal(codeOf(() => on.admit(wrong, request())), 'input.invalid_value')
    assert.equal(codeOf(() => Engine.ofLedger(wrong)), 'input.invalid_value')
  }
  assert.equal(codeOf(() => on.decide(request(), { plan: Ledger.inMemory() })), 'input.invalid_value')
  assert.equal(codeOf(() => on.decide.call({}, request())), 'input.invalid_value')
})

test('closing twice is no error, and use after it is one', async () => {
  const on = engine()
  const ledger = begun(on)
  const running = on.admitAsync(ledger, request(), { plan: plan() })
  ledger.close()
  ledger.close()
  assert.equal((await running).verdict, 'allow')
  assert.equal(codeOf(() => ledger.head()), 'handle.closed')
  assert.equal(codeOf(() => [...ledger]), 'handle.closed')
  assert.equal(codeOf(() => on.admit(ledger, request())), 'handle.closed')
  await assert.rejects(ledger.verifyAsync(), { code: 'handle.closed' })
})

test('a handle is disposable where the runtime has the symbol', { skip: Symbol.dispose === undefined }, () => {
  const handles = [Ledger.inMemory(), engine(), plan(), new PolicyPack(PACK)]
  for (const handle of handles) {
    handle[Symbol.dispose]()
    handle[Symbol.dispose]()
  }
  assert.deepEqual(
    handles.map((handle) => codeOf(() => (handle.head ?? handle.describe).call(handle))),
    Array(4).fill('handle.closed'),
  )
})

test('a closed ledger’s directory is opened again', (context) => {
  const on = engine()
  const place = path.join(directory(context), 'ledger')
  const ledger = begun(on, Ledger.create(place))
  on.admit(ledger, request(), { plan: plan() })
  ledger.close()
  const again = Ledger.openReadOnly(place)
  assert.equal(again.head().size, 2)
  assert.equal(again.verify({ unsigned: true }).size, 2)
  again.close()
  assert.equal(codeOf(() => Ledger.create(place)), 'ledger.exists')
})

test('a checkpoint is signed by the host, and proves what is in the ledger', async () => {
  const on = engine()
  const keys = keyPair()
  const ledger = begun(on, Ledger.inMemory(), [keys.key])
  on.admit(ledger, request(), { plan: plan() })
  const { checkpoint } = on.checkpoint(ledger, keys.key, keys.sign)
  assert.equal(ledger.checkpoint().checkpoint, checkpoint)
  assert.equal(poundlock.verifyCheckpoint({ checkpoint, keys: [keys.key] }).size, 2)
  const receipt = ledger.receipt(1)
  assert.ok(receipt instanceof Receipt)
  assert.equal(receipt.verify([keys.key], { origin: ORIGIN }).entry.sequence, 1)
  assert.equal(new Receipt(Buffer.from(receipt.text)).verify([keys.key]).checkpoint.root, ledger.head().root)
  assert.equal(codeOf(() => receipt.verify([keyPair().key])), 'checkpoint.untrusted')

  on.admit(ledger, request('plan-2'), { plan: plan() })
  const later = await on.checkpointAsync(ledger, keys.key, async (bytes) => keys.sign(bytes))
  assert.equal(poundlock.verifyCheckpoint({ checkpoint: later.checkpoint, keys: [keys.key] }).size, 3)
  const pem = keys.privateKey.export({ format: 'pem', type: 'pkcs8' })
  on.admit(ledger, request('plan-3'), { plan: plan() })
  assert.match(on.sign(ledger, { secretKeys: [{ pem }] }).checkpoint, /\n4\n/)
})

test('a signer that fails signs nothing', async () => {
  const on = engine()
  const keys = keyPair()
  const ledger = begun(on, Ledger.inMemory(), [keys.key])
  const failure = new Error('the key is elsewhere')
  const failing = () => {
    throw failure
  }
  assert.throws(() => on.checkpoint(ledger, keys.key, failing), failure)
  await assert.rejects(on.checkpointAsync(ledger, keys.key, failing), failure)
  assert.equal(codeOf(() => on.checkpoint(ledger, keys.key, async (bytes) => keys.sign(bytes))), 'input.invalid_value')
  assert.equal(codeOf(() => on.checkpoint(ledger, keys.key, () => Buffer.alloc(63))), 'input.invalid_value')
  assert.notEqual(codeOf(() => on.checkpoint(ledger, keys.key, () => Buffer.alloc(64))), undefined)
  assert.equal(ledger.checkpoint().checkpoint, null)
})

test('an engine is loaded from files', async (context) => {
  const folder = directory(context)
  const { charter, lock, packs } = law()
  const file = path.join(folder, 'charter.yaml')
  fs.writeFileSync(file, charter)
  assert.equal(codeOf(() => Engine.load(file)), 'io')
  fs.writeFileSync(path.join(folder, 'charter.lock'), lock)
  assert.equal(codeOf(() => Engine.load(file)), 'policy.pack_missing')
  fs.mkdirSync(path.join(folder, 'packs'))
  fs.writeFileSync(path.join(folder, 'packs', 'storage.yaml'), packs[0])
  fs.writeFileSync(path.join(folder, 'packs', 'notes.txt'), 'not a pack')
  const expected = engine().describe().json
  assert.equal(Engine.load(file).describe().json, expected)
  assert.equal((await Engine.loadAsync(file, { threads: 2 })).describe().json, expected)
  await assert.rejects(Engine.loadAsync(path.join(folder, 'none.yaml')), { code: 'io' })
})

test('plans are joined under their names', () => {
  const joined = Plan.join([
    ['network', plan('acme-one')],
    ['web', plan('acme-two')],
  ])
  assert.equal(joined.counts.create, 2)
  assert.equal(codeOf(() => Plan.join([['a', plan()], ['a', plan()]])), 'input.invalid_value')
})
