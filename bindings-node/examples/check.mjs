import { Plan, PolicyPack } from 'poundlock'

const pack = new PolicyPack(`
pack: storage
version: 1.0.0
policies:
  - name: buckets-are-named
    description: A bucket has a name of its own.
    match: { resources: [aws_s3_bucket] }
    validations: [{ expression: object.bucket.startsWith('acme-') }]
`)
const bucket = { address: 'aws_s3_bucket.logs', type: 'aws_s3_bucket', object: { bucket: 'logs' } }
const { verdict, findings } = pack.check(Plan.resources({ resources: [bucket] }))
console.log(verdict, findings[0].code)
