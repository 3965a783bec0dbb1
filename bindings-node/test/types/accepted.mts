// What the declarations must accept, and what they say that everything is.

import {
  Admission,
  Charter,
  Decision,
  Engine,
  Entry,
  Finding,
  Ledger,
  Permit,
  Plan,
  PolicyPack,
  PoundlockError,
  Receipt,
  Request,
  Status,
  call,
  callAsync,
  canonical,
  limits,
  lock,
  simulate,
  verifyReceipt,
  version,
  type Answer,
  type Input,
  type documents,
} from 'poundlock'

/** Whether two types are the same; `any` is the same as nothing else. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

function is<T extends true>(): T | undefined {
  return undefined
}

declare const bytes: Uint8Array
const pack = new PolicyPack('pack', [bytes])
is<Same<typeof pack.name, string>>()
is<Same<typeof pack.policies, readonly documents.PolicyAnswer[]>>()
const plan = Plan.terraform(bytes, '00')
is<Same<typeof plan.counts.create, number>>()
const report = pack.check(plan, { unmatched: 'allow', stage: 'prod', threads: 2 })
is<Same<typeof report.verdict, 'allow' | 'deny'>>()
is<Same<typeof report.json, string>>()
is<Same<typeof report.findings, documents.Finding[]>>()
const charter = new Charter('charter')
is<Same<typeof charter.document, documents.CharterDocument>>()

const engine = new Engine('charter', bytes, ['pack', bytes], { threads: 2 })
const ledger = Ledger.inMemory()
const request: documents.Request = {
  id: 'plan-1',
  at: '2026-03-02T09:00:00Z',
  action: 'plan',
  actor: { kind: 'workload', id: 'planner' },
  channel: 'ci',
  stage: 'dev',
  asset: 'web',
  subject: { change: { commit: '01', ref: 'refs/heads/main', author: 'alice' } },
  reason: 'a first bucket',
}
const given: Input<documents.Request>[] = [request, JSON.stringify(request), bytes, new Request(request)]
const decision = engine.decide(given[0]!, { ledger, plan, credential: { token: 't', keySet: '{}' } })
is<Same<typeof decision, Decision>>()
is<Same<typeof decision.verdict, 'allow' | 'deny'>>()
is<Same<typeof decision.findings, readonly Finding[]>>()
is<Same<NonNullable<typeof decision.permit>, Permit>>()
is<Same<typeof decision.json, string>>()
is<Same<ReturnType<typeof decision.toJSON>, documents.Decision>>()
const admission = await engine.admitAsync(ledger, bytes, { plan })
is<Same<typeof admission, Admission>>()
is<Same<typeof admission.sequence, number>>()
engine.record(ledger, { ...request, fact: { withdrawal: { entry: 'sha256:', reason: 'r' } } }, { law: engine })
is<Same<Awaited<ReturnType<typeof engine.decideAsync>>, Decision>>()

const status: Status = ledger.status()
is<Same<typeof status.origin, string | null>>()
for (const entry of ledger) {
  is<Same<typeof entry, Entry>>()
  is<Same<typeof entry.body, documents.JsonValue>>()
}
for await (const entry of ledger) is<Same<typeof entry, Entry>>()
const page: Answer<documents.EntriesAnswer> = ledger.entries({ from: 1, kinds: ['decision'] })
is<Same<typeof page.next, number | undefined>>()
const receipt: Receipt = ledger.receipt(0)
is<Same<Answer<documents.VerifyReceiptAnswer>, ReturnType<typeof receipt.verify>>>()
engine.checkpoint(ledger, 'key', (text: Uint8Array) => text)
void engine.checkpointAsync(ledger, 'key', async (text) => text)
{
  using held = Ledger.open('directory')
  held.head().size.toFixed()
}

is<Same<ReturnType<typeof call>, string>>()
is<Same<ReturnType<typeof callAsync>, Promise<string>>>()
is<Same<ReturnType<typeof canonical>['digest'], string>>()
is<Same<ReturnType<typeof limits>['depth'], number>>()
is<Same<ReturnType<typeof lock>['lock'], string>>()
is<Same<ReturnType<typeof simulate>['status'], documents.Status>>()
is<Same<ReturnType<typeof verifyReceipt>['entry'], documents.Entry>>()
is<Same<ReturnType<typeof version>['engine'], number>>()
declare const error: PoundlockError
is<Same<typeof error.code, string>>()
is<Same<NonNullable<typeof error.sequence>, number>>()
