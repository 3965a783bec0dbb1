// What the declarations must refuse: each line that follows `@ts-expect-error` has an error, or this does not compile.

import poundlock = require('poundlock')

const { Engine, Ledger, Plan, PolicyPack, canonical } = poundlock

const pack = new PolicyPack('pack')
const plan = Plan.resources('{}')
const engine = new Engine('charter', 'lock', [])
const ledger = Ledger.inMemory()

// @ts-expect-error a pack is text
new PolicyPack({ pack: 'storage' })
// @ts-expect-error a plan is not made like this
new Plan()
// @ts-expect-error nor is a ledger
new Ledger()
// @ts-expect-error nor is an engine without packs
new Engine('charter', 'lock')
// @ts-expect-error a misspelt option
pack.check(plan, { unmatchd: 'allow' })
// @ts-expect-error a value that there is not
pack.check(plan, { unmatched: 'perhaps' })
// @ts-expect-error no plan
pack.check()
// @ts-expect-error a ledger is no plan
pack.check(ledger)
// @ts-expect-error a member that a decision does not have
engine.decide('{}').allowed
// @ts-expect-error a verdict that there is not
engine.decide('{}').verdict === 'maybe'
// @ts-expect-error a decision cannot be changed
engine.decide('{}').verdict = 'allow'
// @ts-expect-error a request has more members
engine.decide({ id: 'plan-1' })
// @ts-expect-error a number is no request
engine.decide(1)
// @ts-expect-error the keys of a token are never part of the request
engine.decide('{}', { token: 't', keySet: '{}' })
// @ts-expect-error an admission needs a ledger
engine.admit('{}')
// @ts-expect-error a fact is not a request
engine.record(ledger, '{}', { plan })
// @ts-expect-error a signer that answers a promise belongs into the other form
engine.checkpoint(ledger, 'key', async (bytes: Uint8Array) => bytes)
// @ts-expect-error a promise is no decision
engine.decideAsync('{}').verdict
// @ts-expect-error null is no document
canonical(null)
// @ts-expect-error a BigInt is no document
canonical(1n)
// @ts-expect-error there is no such function
poundlock.divine('{}')
