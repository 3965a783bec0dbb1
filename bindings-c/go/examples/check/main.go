// Judges a bucket by a policy: prints `deny policy.failed`.
package main

import (
	"fmt"
	"log"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

const storage = `
pack: storage
version: 1.0.0
policies:
  - name: buckets-are-named
    description: A bucket needs a name of its own.
    match: { resources: [aws_s3_bucket] }
    validations: [{ expression: object.bucket.startsWith('acme-') }]`

const bucket = `{ "resources": [
	{ "type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "object": { "bucket": "logs" } }] }`

func main() {
	pack, err := poundlock.NewPolicyPack([]byte(storage))
	if err != nil {
		log.Fatal(err)
	}
	defer pack.Close()
	plan, err := poundlock.PlanResources(bucket)
	if err != nil {
		log.Fatal(err)
	}
	defer plan.Close()
	report, err := pack.Check(plan, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, finding := range report.Findings {
		fmt.Println(report.Verdict, finding.Code)
	}
}
