'use strict'

// A small law, and requests under it.

const crypto = require('node:crypto')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const { Engine, Ledger, Plan, lock, verifierKey } = require('..')

const PACK = `
pack: storage
version: 1.0.0
policies:
  - name: buckets-are-named
    description: A bucket has a name of its own.
    match: { resources: [aws_s3_bucket] }
    validations:
      - expression: object.bucket.startsWith('acme-')
`

const CHARTER = `
charter: acme
version: 1.0.0
unmatched: deny
mode: enforce
identity: asserted
packs: [{ pack: storage, version: 1.0.0 }]
actors:
  - { actor: planner, kind: workload }
  - { actor: alice, kind: human }
tracks:
  - track: infrastructure
    moves: change
    stages:
      - stage: dev
        grants: { plan: [planner] }
        packs: [storage]
    boundaries:
      - into: dev
        refs: [refs/heads/main]
`

const ORIGIN = 'acme.example/ledger'
const NONCE = '07'.repeat(32)

/** What `terraform show -json` would print of a new bucket. */
function terraform(bucket) {
  return JSON.stringify({
    format_version: '1.2',
    terraform_version: '1.11.4',
    complete: true,
    applyable: true,
    errored: false,
    resource_changes: [
      {
        address: 'aws_s3_bucket.logs',
        mode: 'managed',
        type: 'aws_s3_bucket',
        name: 'logs',
        provider_name: 'registry.terraform.io/hashicorp/aws',
        change: {
          actions: ['create'],
          before: null,
          after: { bucket },
          after_unknown: {},
          before_sensitive: false,
          after_sensitive: {},
        },
      },
    ],
  })
}

function request(id = 'plan-1', at = '2026-03-02T09:00:00Z') {
  return {
    id,
    at,
    action: 'plan',
    actor: { kind: 'workload', id: 'planner' },
    channel: 'ci',
    stage: 'dev',
    asset: 'web',
    subject: { change: { commit: '0123456789abcdef0123456789abcdef01234567', ref: 'refs/heads/main', author: 'alice' } },
    reason: 'a first bucket',
  }
}

function plan(bucket = 'acme-logs') {
  return Plan.terraform(terraform(bucket), NONCE)
}

function law() {
  return { charter: CHARTER, lock: lock({ packs: [PACK] }).lock, packs: [PACK] }
}

function engine() {
  const { charter, lock, packs } = law()
  return new Engine(charter, lock, packs)
}

/** A key pair of the host's own, with the text by which a ledger names it. */
function keyPair() {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const { key } = verifierKey({ name: ORIGIN, publicKey: raw.toString('hex') })
  return { key, privateKey, sign: (bytes) => crypto.sign(null, bytes, privateKey) }
}

/** A new ledger under the law. */
function begun(on, ledger = Ledger.inMemory(), keys = []) {
  on.begin(ledger, { origin: ORIGIN, keys, at: '2026-03-02T08:00:00Z' })
  return ledger
}

/** A directory that is gone when the test is over. */
function directory(context) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'poundlock-'))
  context.after(() => fs.rmSync(made, { recursive: true }))
  return made
}

module.exports = { CHARTER, NONCE, ORIGIN, PACK, begun, directory, engine, keyPair, law, plan, request, terraform }
