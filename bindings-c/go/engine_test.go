package poundlock_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

// Requirements: R276, R296, R355, R376.
func TestWhatIsAdmittedIsInTheLedgerAndProven(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := must(poundlock.VerifierKey(&poundlock.VerifierKeyInput{
		Name: origin, PublicKey: hex.EncodeToString(public),
	}))(t).Key
	engine, ledger := begun(t, key)

	denied := must(engine.Admit(ledger, promotion("before"), nil))(t)
	if denied.Verdict != poundlock.VerdictDeny || denied.Live {
		t.Errorf("without evidence: %s", denied.JSON())
	}
	must(engine.Record(ledger, evidence("card"), nil))(t)
	admission := must(engine.Admit(ledger, promotion("after"), nil))(t)
	if admission.Verdict != poundlock.VerdictAllow || !admission.Live || admission.Decision.Permit == nil {
		t.Fatalf("with evidence: %s", admission.JSON())
	}

	signed := must(engine.Checkpoint(ledger, key, private))(t)
	kept := must(ledger.Checkpoint())(t)
	if signed.Checkpoint == nil || kept.Checkpoint == nil || *signed.Checkpoint != *kept.Checkpoint {
		t.Fatalf("signed %s, kept %s", signed.JSON(), kept.JSON())
	}
	receipt := must(ledger.Receipt(admission.Sequence))(t)
	proven := must(poundlock.NewReceipt(receipt.Text()).Verify(poundlock.VerifyReceiptInput{Keys: []string{key}}))(t)
	if proven.Entry.Hash != admission.Entry {
		t.Errorf("the receipt proves %s", proven.JSON())
	}
	verified := must(ledger.Verify(&poundlock.VerifyInput{Keys: []string{key}}))(t)
	if verified.Size != 4 || verified.Signed == nil || *verified.Signed != 4 {
		t.Errorf("verified %s", verified.JSON())
	}
}

func TestASignerThatFailsSignsNothing(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := must(poundlock.VerifierKey(&poundlock.VerifierKeyInput{
		Name: origin, PublicKey: hex.EncodeToString(public),
	}))(t).Key
	engine, ledger := begun(t, key)
	another := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	if _, err := engine.Checkpoint(ledger, key, another); poundlock.CodeOf(err) == "" {
		t.Errorf("a signature of another key: %v", err)
	}
	if kept := must(ledger.Checkpoint())(t); kept.Checkpoint != nil {
		t.Errorf("kept %s", kept.JSON())
	}
	must(engine.Checkpoint(ledger, key, private))(t)
}

func TestTypesAndTextsGetTheSameAnswer(t *testing.T) {
	engine, ledger := begun(t)
	request := promotion("same")
	text, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	with := &poundlock.DecideOptions{Ledger: ledger}
	typed := must(engine.Decide(request, with))(t)
	for _, document := range []poundlock.Document{text, string(text), json.RawMessage(text)} {
		decision := must(engine.Decide(document, with))(t)
		if !bytes.Equal(decision.JSON(), typed.JSON()) {
			t.Errorf("%T: %s", document, decision.JSON())
		}
	}
	if raw := must(engine.DecideJSON(text, with))(t); !bytes.Equal(raw, typed.JSON()) {
		t.Errorf("as JSON: %s", raw)
	}
	appended := must(engine.AppendDecision([]byte("before"), text, with))(t)
	if before, raw, _ := bytes.Cut(appended, []byte("before")); len(before) != 0 || !bytes.Equal(raw, typed.JSON()) {
		t.Errorf("appended: %s", appended)
	}
	if head := must(ledger.Head())(t); head.Size != 1 {
		t.Errorf("a decision was recorded: %s", head.JSON())
	}
}

func TestEntriesArePagedAndMayBeLeft(t *testing.T) {
	engine, ledger := begun(t)
	for _, id := range []string{"a", "b", "c", "d"} {
		must(engine.Admit(ledger, promotion(id), nil))(t)
	}
	var sequences []uint64
	for entry, err := range ledger.Entries(&poundlock.EntriesInput{
		Limit: some(uint64(2)), Kinds: []string{"decision"},
	}) {
		if err != nil {
			t.Fatal(err)
		}
		sequences = append(sequences, entry.Sequence)
	}
	if len(sequences) != 4 || sequences[0] != 1 || sequences[3] != 4 {
		t.Errorf("found %v", sequences)
	}
	for entry := range ledger.Entries(nil) {
		if entry.Sequence > 0 {
			t.Fatal("it went on after it was left")
		}
		break
	}
	var failed error
	for _, err := range ledger.Entries(&poundlock.EntriesInput{Limit: some(uint64(0))}) {
		failed = err
	}
	if !errors.Is(failed, poundlock.CodeInputInvalidValue) {
		t.Errorf("a page of no entries: %v", failed)
	}
}

func TestTheLawOfALedgerIsKeptInIt(t *testing.T) {
	engine, ledger := begun(t)
	kept := closing(t, must(poundlock.EngineOfLedger(ledger))(t))
	if mine, its := must(engine.Describe())(t), must(kept.Describe())(t); !bytes.Equal(mine.JSON(), its.JSON()) {
		t.Errorf("%s is kept as %s", mine.JSON(), its.JSON())
	}
}

func TestAnEngineIsLoadedFromItsFiles(t *testing.T) {
	for _, name := range []string{"cicd-target", "governed-infra"} {
		engine := closing(t, must(poundlock.EngineLoad(filepath.Join("../../policies", name, "charter.yaml")))(t))
		if described := must(engine.Describe())(t); described.Name != name {
			t.Errorf("%s is %s", name, described.JSON())
		}
	}
}

func TestALedgerOutlivesTheOneWhoMadeIt(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "ledger")
	made := must(poundlock.LedgerCreate(directory))(t)
	engine := closing(t, must(poundlock.NewEngine([]byte(models), []byte(noPacks)))(t))
	must(engine.Begin(made, &poundlock.BeginInput{Origin: origin, At: "2026-03-02T08:00:00Z"}))(t)
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	opened := closing(t, must(poundlock.LedgerOpen(directory))(t))
	must(engine.Admit(opened, promotion("again"), nil))(t)
	reader := closing(t, must(poundlock.LedgerOpenReadOnly(directory))(t))
	if head := must(reader.Head())(t); head.Size != 2 {
		t.Errorf("found %s", head.JSON())
	}
	if _, err := poundlock.LedgerCreate(directory); !errors.Is(err, poundlock.Code("ledger.exists")) {
		t.Errorf("a second ledger in its place: %v", err)
	}
}

func TestAPackIsReadLintedTestedAndChecks(t *testing.T) {
	pack := closing(t, must(poundlock.NewPolicyPack([]byte(storage)))(t))
	if pack.Name() != "storage" || pack.Version() != "1.0.0" || pack.Digest() == "" || len(pack.Policies()) != 1 {
		t.Errorf("it is %s", must(pack.Describe())(t).JSON())
	}
	must(pack.Lint())(t)
	if tests := must(pack.Test())(t); tests.Failed != 0 {
		t.Errorf("its tests: %s", tests.JSON())
	}
	plan := closing(t, must(poundlock.PlanResources(buckets))(t))
	report := must(pack.Check(plan, nil))(t)
	if report.Verdict != poundlock.VerdictDeny || len(report.Findings) == 0 {
		t.Errorf("found %s", report.JSON())
	}
	if digest := must(plan.Digest())(t); digest == "" {
		t.Error("a plan without a digest")
	}
}

func TestPlansAreJoinedUnderTheirNames(t *testing.T) {
	plan := closing(t, must(poundlock.PlanResources(buckets))(t))
	other := closing(t, must(poundlock.PlanResources(`{"resources":[]}`))(t))
	joined := closing(t, must(poundlock.PlanJoin(
		poundlock.Part{Name: "a", Plan: plan}, poundlock.Part{Name: "b", Plan: other},
	))(t))
	if described := must(joined.Describe())(t); len(described.Resources) != 2 || described.Digest == must(plan.Digest())(t) {
		t.Errorf("joined: %s", described.JSON())
	}
	twice := []poundlock.Part{{Name: "a", Plan: plan}, {Name: "b", Plan: plan}}
	if _, err := poundlock.PlanJoin(twice...); !errors.Is(err, poundlock.CodeInputInvalidValue) {
		t.Errorf("one plan twice: %v", err)
	}
	if _, err := poundlock.PlanJoin(poundlock.Part{Name: "a", Plan: plan}, poundlock.Part{Name: "b"}); poundlock.CodeOf(err) == "" {
		t.Errorf("a part that is no plan: %v", err)
	}
}

func TestACharterIsRead(t *testing.T) {
	charter := must(poundlock.NewCharter([]byte(models)))(t)
	if charter.Name() != "models" || charter.Version() != "1.0.0" || charter.Digest() == "" {
		t.Errorf("it is %s", charter.JSON())
	}
	if tracks := charter.Document().Tracks; len(tracks) != 1 {
		t.Errorf("its tracks: %v", tracks)
	}
}

func TestWhatIsClosedIsRefusedEverywhere(t *testing.T) {
	engine, ledger := begun(t)
	plan := must(poundlock.PlanResources(buckets))(t)
	pack := must(poundlock.NewPolicyPack([]byte(storage)))(t)
	gone := must(poundlock.LedgerInMemory())(t)
	for range 2 {
		for _, closer := range []interface{ Close() error }{plan, pack, gone} {
			if err := closer.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, described := plan.Describe()
	_, joined := poundlock.PlanJoin(poundlock.Part{Name: "a", Plan: plan})
	_, linted := pack.Lint()
	_, headed := gone.Head()
	_, decided := engine.Decide(promotion("x"), &poundlock.DecideOptions{Ledger: gone})
	_, planned := engine.Decide(promotion("x"), &poundlock.DecideOptions{Ledger: ledger, Plan: plan})
	_, admitted := engine.Admit(gone, promotion("x"), nil)
	_, recorded := engine.Record(gone, evidence("x"), nil)
	_, governed := poundlock.EngineOfLedger(gone)
	for i, err := range []error{described, joined, linted, headed, decided, planned, admitted, recorded, governed} {
		if !errors.Is(err, poundlock.CodeHandleClosed) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if pack.Name() != "storage" {
		t.Error("a closed pack has no name")
	}
}

func TestNoEngineAndNoLedgerAreErrors(t *testing.T) {
	engine, _ := begun(t)
	var nobody *poundlock.Engine
	var nothing *poundlock.Ledger
	_, decided := nobody.Decide(promotion("x"), nil)
	_, admitted := engine.Admit(nothing, promotion("x"), nil)
	_, recorded := engine.Record(nothing, evidence("x"), nil)
	_, governed := poundlock.EngineOfLedger(nothing)
	_, headed := nothing.Head()
	for i, err := range []error{decided, admitted, recorded, governed, headed} {
		if poundlock.CodeOf(err) == "" {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if err := nothing.Close(); err != nil {
		t.Error(err)
	}
}
