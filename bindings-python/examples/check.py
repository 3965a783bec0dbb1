"""Checks a bucket against a policy."""

from poundlock import Plan, PolicyPack

pack = PolicyPack("""\
pack: storage
version: 1.0.0
policies:
  - name: buckets-are-named
    description: A bucket has a name that says whose it is.
    match: { resources: [aws_s3_bucket] }
    validations: [{ expression: object.bucket.startsWith('acme-') }]
""")
bucket = {"type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "object": {"bucket": "logs"}}
report = pack.check(Plan.resources({"resources": [bucket]}))
print(report.verdict)
print(report.findings[0].code)
