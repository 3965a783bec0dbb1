// The documents that people meet most, as classes. Each says which members it has; `documents.d.ts` says
// what they are.

import type * as documents from '../documents'
import { Document, members, part, parts } from './document'
import { sync } from './errors'
import { type Input, handedIn } from './input'
import { native } from './native'

/** The members of a document, of which some are objects of their own classes. */
type With<T, Members> = Readonly<Omit<T, keyof Members> & Members>

/** What a host hands in, read by the library as well: JavaScript overlooks a key that stands twice. */
function checked<T extends object>(document: Input<T>): string | Uint8Array {
  const given = handedIn(document)
  sync(() => native.call('canonical', given))
  return given
}

export interface Request extends Readonly<documents.Request> {}
/** What a host asks. */
export class Request extends Document<documents.Request> {
  constructor(document: Input<documents.Request>) {
    super(checked(document))
  }
}

export interface Fact extends Readonly<documents.Fact> {}
/** What happened, as against what was decided. */
export class Fact extends Document<documents.Fact> {
  constructor(document: Input<documents.Fact>) {
    super(checked(document))
  }
}

export interface Finding extends Readonly<documents.Finding> {}
/** One check's outcome. */
export class Finding extends Document<documents.Finding> {}

export interface Obligation extends Readonly<documents.Obligation> {}
/** What is owed from now on. */
export class Obligation extends Document<documents.Obligation> {}

export interface Permit extends Readonly<documents.Permit> {}
/** What may be done, by whom, where, until when. */
export class Permit extends Document<documents.Permit> {}

export interface Decision
  extends With<
    documents.Decision,
    {
      findings: readonly Finding[]
      meets?: readonly Obligation[]
      obligations?: readonly Obligation[]
      permit?: Permit
    }
  > {}
/** The verdict with all that led to it. */
export class Decision extends Document<documents.Decision> {}

export interface Admission extends With<documents.Admission, { decision?: Decision }> {}
/** What became of a request or fact, once its entry is durable. */
export class Admission extends Document<documents.Admission> {}

export interface Status extends Readonly<documents.Status> {}
/** What the entries of a ledger add up to. */
export class Status extends Document<documents.Status> {}

export interface Entry extends Readonly<documents.Entry> {}
/** One record of a ledger. */
export class Entry extends Document<documents.Entry> {}

members(Request, {
  id: null,
  at: null,
  action: null,
  actor: null,
  channel: null,
  stage: null,
  asset: null,
  subject: null,
  reason: null,
  grant: null,
  paths: null,
  rollback: null,
  run: null,
  signature: null,
  tag: null,
  target: null,
  track: null,
  traffic: null,
})

members(Fact, {
  id: null,
  at: null,
  actor: null,
  channel: null,
  fact: null,
  report: null,
  signature: null,
})

members(Finding, {
  check: null,
  code: null,
  outcome: null,
  enforcement: null,
  message: null,
  reasons: null,
  remedy: null,
  resource: null,
  subject: null,
})

members(Obligation, {
  kind: null,
  subject: null,
  due: null,
  resource: null,
})

members(Permit, {
  origin: null,
  action: null,
  actor: null,
  track: null,
  stage: null,
  asset: null,
  lineage: null,
  digest: null,
  expires: null,
  grant: null,
  run: null,
  traffic: null,
})

members(Decision, {
  verdict: null,
  mode: null,
  findings: parts(Finding),
  policies: null,
  charter: null,
  packs: null,
  engine: null,
  grant: null,
  meets: parts(Obligation),
  obligations: parts(Obligation),
  permit: part(Permit),
  spends: null,
  waivers: null,
})

members(Admission, {
  sequence: null,
  entry: null,
  at: null,
  verdict: null,
  mode: null,
  repeated: null,
  live: null,
  decision: part(Decision),
})

members(Status, {
  entries: null,
  origin: null,
  charter: null,
  at: null,
  deployments: null,
  pending: null,
  approvals: null,
  obligations: null,
  artifacts: null,
  grants: null,
  incidents: null,
  keys: null,
  rollouts: null,
})

members(Entry, {
  sequence: null,
  hash: null,
  previous: null,
  at: null,
  kind: null,
  attachments: null,
  body: null,
})
