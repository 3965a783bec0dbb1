'use strict'

// The policy pack for Pulumi CrossGuard, asked by the analyzer's own protocol.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const test = require('node:test')

const { Engine, Plan } = require('..')
const { UNKNOWN, analyzer, secret, start, urn } = require('./crossguard/analyzer')
const law = require('./crossguard/law')
const { directory } = require('./support')

const BUCKET = 'aws:s3/bucket:Bucket'
const SERVICE = 'gcp:cloudrunv2/service:Service'
const DEPLOYMENT = 'kubernetes:apps/v1:Deployment'
const DATABASE = 'aws:rds/instance:Instance'
const TOPIC = 'gcp:pubsub/topic:Topic'
const QUEUE = 'aws:sqs/queue:Queue'

/** What a violation is, without its words. */
const brief = (violations) => violations.map(({ policy, level, code }) => [policy, level, code])

function written(context, options) {
  const folder = directory(context)
  law.write(folder, options)
  return folder
}

test('a policy pack of a charter', async (context) => {
  const folder = written(context)
  const [preview, update] = await Promise.all([
    analyzer(context, folder, { preview: true }),
    analyzer(context, folder, { preview: false }),
  ])

  await context.test('shows every policy of the stage with its level, remedy, controls and parameters', async () => {
    const policies = new Map((await update.info()).map((policy) => [policy.name, policy]))
    assert.deepEqual(
      [...policies.keys()].sort(),
      [
        'platform/arn-is-known',
        'platform/bucket-is-private',
        'platform/has-replicas',
        'platform/in-europe',
        'platform/instances-are-few',
        'platform/no-shrinking',
        'platform/only-new',
        'platform/password-is-long',
        'platform/topic-is-ours',
        'poundlock',
      ],
    )
    const bucket = policies.get('platform/bucket-is-private')
    assert.equal(bucket.enforcementlevel, 3)
    assert.equal(bucket.remediationSteps, 'Set acl to private.')
    assert.deepEqual(bucket.tagsList, ['soc2/CC6.1', 'nist-800-53/AC-3'])
    assert.deepEqual(bucket.framework, {
      name: 'soc2, nist-800-53',
      version: '',
      reference: 'CC6.1, AC-3',
      specification: 'soc2/CC6.1, nist-800-53/AC-3',
    })
    assert.equal(bucket.url, 'https://acme.example/buckets')
    assert.equal(policies.get('platform/has-replicas').enforcementlevel, 0)
    const [[name, most]] = policies.get('platform/instances-are-few').configschema.properties.fieldsMap
    const schema = new Map(most.structValue.fieldsMap)
    assert.deepEqual([name, schema.get('const').numberValue, schema.get('default').numberValue], ['most', 5, 5])
    assert.deepEqual(schema.get('type').stringValue, 'integer')
    assert.match(schema.get('description').stringValue, /overlay.*\(lower\)/)
  })

  await context.test('judges AWS, Google Cloud and Kubernetes as Terraform plans are judged', async () => {
    const pairs = [
      ['aws_s3_bucket', { acl: 'public-read' }, BUCKET, { acl: 'public-read' }],
      ['aws_s3_bucket', { acl: 'private' }, BUCKET, { acl: 'private' }],
      ['aws_s3_bucket', { bucket: 'b' }, BUCKET, { bucket: 'b' }],
      [
        'google_cloud_run_v2_service',
        { template: [{ scaling: [{ max_instance_count: 9 }] }] },
        SERVICE,
        { template: { scaling: { maxInstanceCount: 9 } } },
      ],
      [
        'google_cloud_run_v2_service',
        { template: [{ scaling: [{ max_instance_count: 5 }] }] },
        SERVICE,
        { template: { scaling: { maxInstanceCount: 5 } } },
      ],
      ['kubernetes_deployment_v1', { spec: [{ replicas: '1' }] }, DEPLOYMENT, { spec: { replicas: 1 } }],
      ['kubernetes_deployment_v1', { spec: [{ replicas: '2' }] }, DEPLOYMENT, { spec: { replicas: 2 } }],
      ['aws_iam_user', { name: 'bob' }, 'aws:iam/user:User', { name: 'bob' }],
    ]
    const engine = Engine.load(path.join(folder, 'charter.yaml'))
    for (const [terraform, after, type, props] of pairs) {
      const expected = engine.check(Plan.terraform(plan(terraform, after)), { stage: 'dev' }).findings
      const wanted = expected
        .filter(({ outcome }) => outcome !== 'pass')
        .map(({ subject, enforcement, code }) => [subject ?? 'poundlock', enforcement, code])
      assert.deepEqual(brief(await update.analyze({ type, props })), wanted, type)
    }
  })

  await context.test('says of what is unknown that it is, and denies it in an update', async () => {
    const bucket = { type: BUCKET, props: { acl: UNKNOWN } }
    assert.deepEqual(brief(await preview.analyze(bucket)), [['platform/bucket-is-private', 'advisory', 'policy.unknown']])
    assert.deepEqual(brief(await update.analyze(bucket)), [['platform/bucket-is-private', 'mandatory', 'policy.unknown']])
    const disk = { type: 'aws:ebs/volume:Volume', props: { size: 8 } }
    assert.deepEqual(brief(await update.analyze(disk)), [['platform/no-shrinking', 'mandatory', 'policy.unknown']])
  })

  await context.test('never lets a certain failure hide behind something unknown', async () => {
    const bucket = { type: BUCKET, props: { acl: 'public-read', tags: { owner: UNKNOWN } } }
    assert.deepEqual(brief(await preview.analyze(bucket)), [['platform/bucket-is-private', 'mandatory', 'policy.failed']])
  })

  await context.test('demands after an update what could only be known then', async () => {
    const queue = (arn) => [{ type: QUEUE, props: { arn } }]
    assert.deepEqual(brief(await preview.analyze(queue(UNKNOWN)[0])), [
      ['platform/arn-is-known', 'advisory', 'policy.deferred'],
    ])
    assert.deepEqual(brief(await update.analyzeStack(queue(UNKNOWN))), [
      ['platform/arn-is-known', 'mandatory', 'policy.deferred'],
    ])
    assert.deepEqual(brief(await update.analyzeStack(queue('arn:aws:sqs:eu:456:q'))), [
      ['platform/arn-is-known', 'mandatory', 'policy.failed'],
    ])
    assert.deepEqual(await update.analyzeStack(queue('arn:aws:sqs:eu:123:q')), [])
  })

  await context.test('sees no secret, and shows none', async () => {
    const canary = 'correct-horse-battery-staple'
    for (const props of [{ password: secret(canary) }, { password: secret(UNKNOWN) }, { password: secret({ a: canary }) }]) {
      for (const on of [preview, update]) {
        const found = await on.analyze({ type: DATABASE, props })
        assert.deepEqual(brief(found), [['platform/password-is-long', 'mandatory', 'value.sensitive']])
        assert.ok(!JSON.stringify(found).includes('horse'))
      }
    }
    const acl = { type: BUCKET, props: { acl: canary, policy: secret(canary) } }
    assert.ok(!JSON.stringify(await update.analyze(acl)).includes('horse'))
  })

  await context.test('judges the whole stack, and names what it is about', async () => {
    const found = await update.analyzeStack([
      { type: 'pulumi:pulumi:Stack', props: {}, provider: null },
      { type: BUCKET, name: 'open', props: { acl: 'public-read' } },
      { type: BUCKET, name: 'closed', props: { acl: 'private' } },
      { type: SERVICE, props: { template: { scaling: { maxInstanceCount: 6 } } } },
      { type: 'acme:web:Site', props: {}, provider: null },
      { type: 'random:index:Thing', props: {} },
    ])
    assert.deepEqual(
      found.map(({ policy, level, urn }) => [policy, level, urn]),
      [
        ['platform/bucket-is-private', 'mandatory', urn(BUCKET, 'open')],
        ['platform/instances-are-few', 'mandatory', urn(SERVICE)],
        ['poundlock', 'mandatory', urn('random:index:Thing')],
      ],
    )
    assert.deepEqual(await update.analyzeStack([]), [])
  })

  await context.test('lets no rule escape because Pulumi does not say what is done', async () => {
    const topic = { type: 'aws:sns/topic:Topic', props: { name: 'other' } }
    const codes = brief(await update.analyze(topic)).map(([policy, , code]) => [policy, code])
    assert.deepEqual(codes, [
      ['platform/only-new', 'policy.failed'],
      ['poundlock', 'policy.unmatched'],
    ])
  })

  await context.test('lets be what no provider makes, unless a policy is about it', async () => {
    const provider = (type, region) => update.analyze({ type, props: { region }, provider: null })
    assert.deepEqual(await provider('pulumi:providers:gcp', 'us-east1'), [])
    assert.deepEqual(await provider('pulumi:providers:aws', 'eu-west-1'), [])
    assert.deepEqual(brief(await provider('pulumi:providers:aws', 'us-east-1')), [
      ['platform/in-europe', 'mandatory', 'policy.failed'],
    ])
  })

  await context.test('sees numbers and keys as they are', async () => {
    for (const most of [6, 5.5, 2 ** 60, 1e300]) {
      const service = { type: SERVICE, props: { template: { scaling: { maxInstanceCount: most } } } }
      assert.deepEqual(brief(await update.analyze(service)), [['platform/instances-are-few', 'mandatory', 'policy.failed']])
    }
    const hidden = { type: BUCKET, props: JSON.parse('{"__proto__": {"acl": "private"}}') }
    assert.deepEqual(brief(await update.analyze(hidden)), [['platform/bucket-is-private', 'mandatory', 'policy.error']])
  })

  await context.test('sets what the policy declares, where it passes by that', async () => {
    const props = { acl: 'public-read', bucket: secret('name'), tags: { owner: UNKNOWN } }
    const [{ policy, properties }] = await preview.remediate({ type: BUCKET, props })
    assert.equal(policy, 'platform/bucket-is-private')
    assert.deepEqual(properties, { ...props, acl: 'private', tags: { owner: UNKNOWN, 'set/by': 'poundlock' } })
    assert.deepEqual(await update.analyze({ type: BUCKET, props: { ...properties, tags: {} } }), [])
    for (const kept of [{ acl: 'private' }, { acl: secret('public-read') }, { acl: UNKNOWN }, { acl: 'x', tags: 'text' }]) {
      assert.deepEqual(await update.remediate({ type: BUCKET, props: kept }), [], JSON.stringify(kept))
    }
    assert.deepEqual(await update.remediate({ type: SERVICE, props: {} }), [])
    // A whole value is replaced only where nothing in it is secret or unknown.
    const labels = (owner) => ({ type: TOPIC, props: { labels: { owner } } })
    assert.equal((await update.remediate(labels('bob'))).length, 1)
    for (const owner of [secret('bob'), UNKNOWN]) assert.deepEqual(await update.remediate(labels(owner)), [])
  })
})

test('the policy pack of the guide runs as it stands', async (context) => {
  const root = path.join(__dirname, '../..')
  const guide = fs.readFileSync(path.join(root, 'docs/guides/crossguard.md'), 'utf8')
  const files = [...guide.matchAll(/^```\w+ file=policy\/(.*)\n([^]*?)^```$/gm)]
  assert.equal(files.length, 3)
  const folder = written(context)
  for (const [, name, content] of files) fs.writeFileSync(path.join(folder, name), content)
  const charter = path.join(root, 'policies/cicd-target/charter.yaml')
  const on = await analyzer(context, folder, { preview: true, env: { POUNDLOCK_CHARTER: charter } })
  const preview = JSON.parse(fs.readFileSync(path.join(root, 'examples/pulumi/preview.json'), 'utf8'))
  const { type, inputs } = preview.steps.at(-1).newState
  const found = brief(await on.analyze({ type, props: inputs }))
  assert.ok(found.some((it) => it.join() === 'cicd-target/cloud-run-max-instances,mandatory,policy.failed'))
})

test('no configuration weakens a policy', async (context) => {
  const folder = written(context)
  const on = await analyzer(context, folder, { preview: false })
  const open = { type: BUCKET, props: { acl: 'public-read' } }
  const denied = [['platform/bucket-is-private', 'mandatory', 'policy.failed']]
  for (const weaker of [
    { 'platform/bucket-is-private': ['advisory'] },
    { 'platform/bucket-is-private': ['disabled'] },
    { 'platform/has-replicas': ['disabled'] },
    { poundlock: ['disabled'] },
    { all: ['disabled'] },
    { unheard: ['mandatory'] },
    { 'platform/instances-are-few': ['mandatory', { most: 50 }] },
    { 'platform/instances-are-few': ['mandatory', { least: 1 }] },
  ]) {
    await assert.rejects(on.configure(weaker), /is refused/, JSON.stringify(weaker))
    assert.deepEqual(brief(await on.analyze(open)), denied)
  }
  await on.configure({
    'platform/bucket-is-private': ['mandatory'],
    'platform/instances-are-few': ['mandatory', { most: 5 }],
    'platform/has-replicas': ['mandatory'],
  })
  assert.deepEqual(brief(await on.analyze(open)), denied)
  const lonely = { type: DEPLOYMENT, props: { spec: { replicas: 1 } } }
  assert.deepEqual(brief(await on.analyze(lonely)), [['platform/has-replicas', 'mandatory', 'policy.failed']])
})

test('what cannot be judged is a violation', async (context) => {
  const folder = written(context)
  const program = path.join(folder, 'index.js')
  fs.writeFileSync(
    program,
    `require('poundlock').Engine.prototype.check = new Proxy(require('poundlock').Engine.prototype.check, {
       apply(check, engine, args) {
         if (this.asked) throw new TypeError('canary')
         this.asked = true
         return check.apply(engine, args)
       },
     })
     ${fs.readFileSync(program, 'utf8')}`,
  )
  const on = await analyzer(context, folder, { preview: true })
  for (const found of [
    await on.analyze({ type: BUCKET, props: { acl: 'private' } }),
    await on.analyzeStack([{ type: BUCKET, props: { acl: 'private' } }]),
  ]) {
    assert.equal(found.length, 10)
    assert.ok(found.every(({ level, code }) => level === 'mandatory' && code === 'internal'))
    assert.ok(!JSON.stringify(found).includes('canary'))
  }
  await assert.rejects(on.remediate({ type: BUCKET, props: { acl: 'public-read' } }))
})

test('a policy pack that cannot judge does not start', async (context) => {
  for (const [options, code] of [
    [{ charter: 'charter: acme' }, 'input.missing_field'],
    [{ stage: 'nowhere' }, 'charter.undeclared'],
    [{ stage: 'bare' }, 'policy.empty'],
  ]) {
    const { port, status, err } = await start(written(context, options), { preview: true })
    assert.equal(port, undefined)
    assert.notEqual(status, 0)
    assert.ok(err.includes(code), err)
  }
})

function plan(type, after) {
  return JSON.stringify({
    format_version: '1.2',
    resource_changes: [
      {
        address: `${type}.it`,
        mode: 'managed',
        type,
        name: 'it',
        change: {
          actions: ['create'],
          before: null,
          after,
          after_unknown: {},
          before_sensitive: false,
          after_sensitive: {},
        },
      },
    ],
  })
}
