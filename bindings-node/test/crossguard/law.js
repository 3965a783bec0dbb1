'use strict'

// A law for Terraform and Pulumi alike, and resources in the shapes of both.

const fs = require('node:fs')
const path = require('node:path')

const { lock } = require('../..')

const PACK = `
pack: platform
version: 1.0.0
policies:
  - name: bucket-is-private
    description: A bucket is private.
    match: { resources: [aws_s3_bucket, 'aws:s3/bucket:Bucket'] }
    validations: [{ expression: object.acl == 'private', remedy: Set acl to private. }]
    controls: [soc2/CC6.1, nist-800-53/AC-3]
    guideline: https://acme.example/buckets
    remediate: { 'aws:s3/bucket:Bucket': { /acl: private, /tags/set~1by: poundlock } }
  - name: instances-are-few
    description: A service has few instances.
    match: { resources: [google_cloud_run_v2_service, 'gcp:cloudrunv2/service:Service'] }
    variables:
      - name: most
        expression:
          google_cloud_run_v2_service: object.template[0].scaling[0].max_instance_count
          gcp:cloudrunv2/service:Service: object.template.scaling.maxInstanceCount
    validations: [{ expression: variables.most <= params.most }]
    params: { most: 5 }
    stricter: { most: lower }
  - name: has-replicas
    description: A deployment has two replicas.
    enforcement: advisory
    match: { resources: [kubernetes_deployment_v1, 'kubernetes:apps/v1:Deployment'] }
    variables:
      - name: spec
        expression:
          kubernetes_deployment_v1: object.spec[0]
          kubernetes:apps/v1:Deployment: object.spec
    validations: [{ expression: int(variables.spec.replicas) >= 2 }]
  - name: password-is-long
    description: A password is long.
    match: { resources: [aws_db_instance, 'aws:rds/instance:Instance'] }
    validations: [{ expression: size(object.password) > 11 }]
  - name: only-new
    description: A topic is never altered.
    match: { resources: [aws_sns_topic, 'aws:sns/topic:Topic'], actions: [update] }
    validations: [{ expression: "object.name == 'fixed'" }]
  - name: topic-is-ours
    description: A topic has our label alone.
    match: { resources: ['gcp:pubsub/topic:Topic'] }
    validations: [{ expression: "size(object.labels) == 1 && 'team' in object.labels" }]
    remediate: { 'gcp:pubsub/topic:Topic': { /labels: { team: ours } } }
  - name: arn-is-known
    description: A queue is in the right account.
    match: { resources: [aws_sqs_queue, 'aws:sqs/queue:Queue'] }
    onUnknown: verify-after
    validations: [{ expression: object.arn.contains(':123:') }]
  - name: in-europe
    description: A provider works in Europe.
    match: { resources: ['pulumi:providers:aws'] }
    validations: [{ expression: object.region.startsWith('eu-') }]
  - name: no-shrinking
    description: A disk never shrinks.
    match: { resources: [aws_ebs_volume, 'aws:ebs/volume:Volume'] }
    validations: [{ expression: oldObject == null || object.size >= oldObject.size }]
`

const CHARTER = `
charter: acme
version: 1.0.0
unmatched: deny
mode: enforce
identity: asserted
packs: [{ pack: platform, version: 1.0.0 }]
actors:
  - { actor: planner, kind: workload }
gates:
  - { gate: tests, about: plan, producers: [planner], maxAge: 24h }
tracks:
  - track: infrastructure
    moves: change
    stages:
      - stage: dev
        grants: { plan: [planner] }
        packs: [platform]
    boundaries:
      - into: dev
        refs: [refs/heads/main]
  - track: other
    moves: change
    stages:
      - stage: bare
        grants: { plan: [planner] }
    boundaries:
      - into: bare
        refs: [refs/heads/main]
        gates: [tests]
`

/** Writes the law, and the program of a policy pack that uses it, into a directory. */
function write(directory, { charter = CHARTER, stage = 'dev' } = {}) {
  const root = path.join(__dirname, '..', '..')
  const put = (name, text) => {
    fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    fs.writeFileSync(path.join(directory, name), text)
  }
  put('charter.yaml', charter)
  put('charter.lock', lock({ packs: [PACK] }).lock)
  put('packs/platform.yaml', PACK)
  put('package.json', JSON.stringify({ name: 'acme', version: '1.0.0', main: 'index.js' }))
  put(
    'index.js',
    `const { PolicyPack } = require('@pulumi/policy')
     const { poundlockPack } = require('poundlock/crossguard')
     new PolicyPack('acme', poundlockPack({ charter: __dirname + '/charter.yaml', stage: '${stage}' }))`,
  )
  fs.mkdirSync(path.join(directory, 'node_modules'))
  fs.symlinkSync(root, path.join(directory, 'node_modules/poundlock'), 'dir')
  fs.symlinkSync(path.join(root, 'node_modules/@pulumi'), path.join(directory, 'node_modules/@pulumi'), 'dir')
}

module.exports = { CHARTER, PACK, write }
