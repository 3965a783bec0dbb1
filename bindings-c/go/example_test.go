package poundlock_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

// A policy judges the resources that a host describes.
func Example() {
	pack, err := poundlock.NewPolicyPack([]byte(`
pack: storage
version: 1.0.0
policies:
  - name: buckets-are-named
    description: A bucket needs a name of its own.
    match: { resources: [aws_s3_bucket] }
    validations: [{ expression: object.bucket.startsWith('acme-') }]`))
	if err != nil {
		log.Fatal(err)
	}
	defer pack.Close()
	plan, err := poundlock.PlanResources(`{ "resources": [
		{ "type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "object": { "bucket": "logs" } }] }`)
	if err != nil {
		log.Fatal(err)
	}
	defer plan.Close()
	report, err := pack.Check(plan, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, finding := range report.Findings {
		fmt.Println(report.Verdict, finding.Code, *finding.Resource)
	}
	// Output: deny policy.failed aws_s3_bucket.logs
}

// begin makes an engine, and a ledger in memory that begins with its law.
func begin(keys ...string) (*poundlock.Engine, *poundlock.Ledger) {
	engine, err := poundlock.NewEngine([]byte(models), []byte(noPacks))
	if err != nil {
		log.Fatal(err)
	}
	ledger, err := poundlock.LedgerInMemory()
	if err != nil {
		log.Fatal(err)
	}
	beginning := poundlock.BeginInput{Origin: origin, Keys: keys, At: "2026-03-02T08:00:00Z"}
	if _, err := engine.Begin(ledger, &beginning); err != nil {
		log.Fatal(err)
	}
	return engine, ledger
}

// A decision says what is missing, and records nothing.
func ExampleEngine_Decide() {
	engine, ledger := begin()
	defer engine.Close()
	defer ledger.Close()
	decision, err := engine.Decide(&poundlock.Request{
		ID:      "promote-1",
		At:      "2026-03-02T09:00:00Z",
		Action:  poundlock.ActionPromote,
		Actor:   poundlock.Actor{Kind: poundlock.ActorKindWorkload, ID: "deployer"},
		Channel: poundlock.ChannelCi,
		Stage:   "registry",
		Asset:   "model",
		Subject: poundlock.Subject{Artifact: &poundlock.Artifact{Digest: model, Author: "alice"}},
		Reason:  "a new model",
	}, &poundlock.DecideOptions{Ledger: ledger})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(decision.Verdict)
	for _, finding := range decision.Findings {
		if finding.Outcome != poundlock.OutcomePass {
			fmt.Println(finding.Check, finding.Code, *finding.Subject)
		}
	}
	// Output:
	// deny
	// evidence evidence.missing card
}

// An admission is in the ledger when it is answered.
func ExampleEngine_Admit() {
	engine, ledger := begin()
	defer engine.Close()
	defer ledger.Close()
	if _, err := engine.Record(ledger, evidence("card-1"), nil); err != nil {
		log.Fatal(err)
	}
	admission, err := engine.Admit(ledger, promotion("promote-1"), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(admission.Verdict, admission.Live, admission.Sequence)
	fmt.Println("until", admission.Decision.Permit.Expires)
	// Output:
	// allow true 2
	// until 2026-03-02T10:01:00Z
}

// Entries are read as they are asked for.
func ExampleLedger_Entries() {
	engine, ledger := begin()
	defer engine.Close()
	defer ledger.Close()
	if _, err := engine.Admit(ledger, promotion("promote-1"), nil); err != nil {
		log.Fatal(err)
	}
	for entry, err := range ledger.Entries(nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(entry.Sequence, entry.Kind)
	}
	// Output:
	// 0 genesis
	// 1 decision
}

// A checkpoint is signed where the key is, and a receipt is verified where the ledger is not.
func ExampleEngine_Checkpoint() {
	// A key of a key management service is a crypto.Signer too.
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public := private.Public().(ed25519.PublicKey)
	key, err := poundlock.VerifierKey(&poundlock.VerifierKeyInput{
		Name: origin, PublicKey: hex.EncodeToString(public),
	})
	if err != nil {
		log.Fatal(err)
	}
	engine, ledger := begin(key.Key)
	defer engine.Close()
	defer ledger.Close()
	if _, err := engine.Checkpoint(ledger, key.Key, private); err != nil {
		log.Fatal(err)
	}
	receipt, err := ledger.Receipt(0)
	if err != nil {
		log.Fatal(err)
	}

	kept := poundlock.NewReceipt(receipt.Text())
	proven, err := kept.Verify(poundlock.VerifyReceiptInput{Keys: []string{key.Key}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(proven.Entry.Kind, "of", proven.Checkpoint.Origin)
	// Output: genesis of acme.example/models
}

// Errors are told apart by their codes.
func ExampleError() {
	_, err := poundlock.NewPolicyPack([]byte("pack: storage\nversion: &v 1.0.0\n"))
	fmt.Println(errors.Is(err, poundlock.Code("input.yaml_feature")))
	var failure *poundlock.Error
	if errors.As(err, &failure) {
		fmt.Println(failure.Code, "in line", failure.Line)
	}
	// Output:
	// true
	// input.yaml_feature in line 2
}
