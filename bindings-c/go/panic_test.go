//go:build panicdrill

// The library that these tests are linked to is built with the feature panic-drill.

package poundlock_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"testing"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

func TestAPanicInAnyCallIsAnErrorAndAllGoesOn(t *testing.T) {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	key := must(poundlock.VerifierKey(&poundlock.VerifierKeyInput{
		Name: origin, PublicKey: hex.EncodeToString(private.Public().(ed25519.PublicKey)),
	}))(t).Key
	engine, ledger := begun(t, key)
	pack := closing(t, must(poundlock.NewPolicyPack([]byte(storage)))(t))
	plan := closing(t, must(poundlock.PlanResources(buckets))(t))
	empty := closing(t, must(poundlock.LedgerInMemory())(t))
	must(engine.Checkpoint(ledger, key, private))(t)
	receipt := must(ledger.Receipt(0))(t)
	checkpoint := *must(ledger.Checkpoint())(t).Checkpoint
	approval := poundlock.Approval{By: "alice", Stage: "registry", Asset: "model", Digest: model}
	signed := must(engine.CheckpointText(ledger, &poundlock.CheckpointTextInput{Keys: []string{key}}))(t)

	// Each is called once where it works or fails as it should, and once where it panics.
	calls := map[string]func() error{
		"Call":                func() error { _, err := poundlock.Call("version", nil); return err },
		"Canonical":           func() error { _, err := poundlock.Canonical(`{}`); return err },
		"Envelope":            func() error { _, err := poundlock.Envelope(`{}`); return err },
		"Limits":              func() error { _, err := poundlock.Limits(); return err },
		"Lock":                func() error { _, err := poundlock.Lock(`{"packs":[]}`); return err },
		"NewCharter":          func() error { _, err := poundlock.NewCharter([]byte(models)); return err },
		"SigningBytes":        func() error { _, err := poundlock.SigningBytes(`{"text":"a"}`); return err },
		"Simulate":            func() error { _, err := poundlock.Simulate(`{}`); return err },
		"VerifierKey":         func() error { _, err := poundlock.VerifierKey(`{}`); return err },
		"VerifyApproval":      func() error { _, err := poundlock.VerifyApproval(`{}`); return err },
		"VerifyCheckpoint":    func() error { _, err := poundlock.VerifyCheckpoint(`{}`); return err },
		"VerifyFork":          func() error { _, err := poundlock.VerifyFork(`{}`); return err },
		"VerifyReceipt":       func() error { _, err := poundlock.VerifyReceipt(`{}`); return err },
		"VerifyToken":         func() error { _, err := poundlock.VerifyToken(`{}`); return err },
		"Version":             func() error { _, err := poundlock.Version(); return err },
		"Receipt.Verify":      func() error { _, err := receipt.Verify(poundlock.VerifyReceiptInput{Keys: []string{key}}); return err },
		"NewPolicyPack":       func() error { return closed(poundlock.NewPolicyPack([]byte(storage))) },
		"PolicyPack.Check":    func() error { _, err := pack.Check(plan, nil); return err },
		"PolicyPack.Describe": func() error { _, err := pack.Describe(); return err },
		"PolicyPack.Lint":     func() error { _, err := pack.Lint(); return err },
		"PolicyPack.Test":     func() error { _, err := pack.Test(); return err },
		"PlanResources":       func() error { return closed(poundlock.PlanResources(buckets)) },
		"PlanKubernetes":      func() error { return closed(poundlock.PlanKubernetes([]byte(`kind: List`))) },
		"PlanPulumi":          func() error { return closed(poundlock.PlanPulumi([]byte(`{}`))) },
		"PlanTerraform":       func() error { return closed(poundlock.PlanTerraform([]byte(`{}`))) },
		"PlanJoin":            func() error { return closed(poundlock.PlanJoin(poundlock.Part{Name: "a", Plan: plan})) },
		"Plan.Describe":       func() error { _, err := plan.Describe(); return err },
		"Plan.Digest":         func() error { _, err := plan.Digest(); return err },
		"Plan.Counts":         func() error { _, err := plan.Counts(); return err },
		"NewEngine":           func() error { return closed(poundlock.NewEngine([]byte(models), []byte(noPacks))) },
		"EngineLoad":          func() error { return closed(poundlock.EngineLoad("../../policies/cicd-target/charter.yaml")) },
		"EngineOfLedger":      func() error { return closed(poundlock.EngineOfLedger(ledger)) },
		"Engine.Admit":        func() error { _, err := engine.Admit(ledger, promotion("x"), nil); return err },
		"Engine.Begin":        func() error { _, err := engine.Begin(empty, `{}`); return err },
		"Engine.Check":        func() error { _, err := engine.Check(plan, nil); return err },
		"Engine.Checkpoint":   func() error { _, err := engine.Checkpoint(ledger, key, private); return err },
		"Engine.CheckpointText": func() error {
			_, err := engine.CheckpointText(ledger, &poundlock.CheckpointTextInput{Keys: []string{key}})
			return err
		},
		"Engine.Credential": func() error { _, err := engine.Credential(`{}`); return err },
		"Engine.Decide":     func() error { _, err := engine.Decide(promotion("x"), nil); return err },
		"Engine.Describe":   func() error { _, err := engine.Describe(); return err },
		"Engine.FactText":   func() error { _, err := engine.FactText(ledger, `{}`); return err },
		"Engine.Record":     func() error { _, err := engine.Record(ledger, evidence("x"), nil); return err },
		"Engine.RequestText": func() error {
			_, err := engine.RequestText(ledger, nil, `{}`)
			return err
		},
		"Engine.Review": func() error {
			_, err := engine.Review(ledger, &poundlock.ReviewInput{Approval: approval, At: "2026-03-02T09:00:00Z"})
			return err
		},
		"Engine.Sign": func() error {
			_, err := engine.Sign(ledger, &poundlock.SignInput{Checkpoint: &signed.Text})
			return err
		},
		"Engine.Snapshot":      func() error { _, err := engine.Snapshot(ledger); return err },
		"LedgerInMemory":       func() error { return closed(poundlock.LedgerInMemory()) },
		"LedgerCreate":         func() error { return closed(poundlock.LedgerCreate(t.TempDir())) },
		"LedgerOpen":           func() error { return closed(poundlock.LedgerOpen(t.TempDir())) },
		"LedgerOpenReadOnly":   func() error { return closed(poundlock.LedgerOpenReadOnly(t.TempDir())) },
		"Ledger.Attachment":    func() error { _, err := ledger.Attachment(model); return err },
		"Ledger.Checkpoint":    func() error { _, err := ledger.Checkpoint(); return err },
		"Ledger.ForkProof":     func() error { _, err := ledger.ForkProof(checkpoint); return err },
		"Ledger.Head":          func() error { _, err := ledger.Head(); return err },
		"Ledger.Notices":       func() error { _, err := ledger.Notices(); return err },
		"Ledger.PutCheckpoint": func() error { _, err := ledger.PutCheckpoint(checkpoint); return err },
		"Ledger.Receipt":       func() error { _, err := ledger.Receipt(0); return err },
		"Ledger.Report": func() error {
			_, err := ledger.Report(`{"since":"2026-01-01T00:00:00Z","until":"2027-01-01T00:00:00Z"}`)
			return err
		},
		"Ledger.Status": func() error { _, err := ledger.Status(); return err },
		"Ledger.Verify": func() error { _, err := ledger.Verify(nil); return err },
		"Ledger.Entries": func() error {
			for _, err := range ledger.Entries(nil) {
				return err
			}
			return nil
		},
	}
	for name, call := range calls {
		if _, err := poundlock.Call("panic_drill", nil); err != nil {
			t.Fatal(err)
		}
		if err := call(); !errors.Is(err, poundlock.CodeInternal) {
			t.Errorf("%s: found %v", name, err)
		}
		if err := call(); errors.Is(err, poundlock.CodeInternal) {
			t.Errorf("%s, again: found %v", name, err)
		}
	}
	must(engine.Admit(ledger, promotion("at last"), nil))(t)
	must(ledger.Verify(&poundlock.VerifyInput{Keys: []string{key}}))(t)
}

// closed closes what is opened by the way, and answers why nothing was.
func closed[T interface{ Close() error }](opened T, err error) error {
	if err != nil {
		return err
	}
	return opened.Close()
}
