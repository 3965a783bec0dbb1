package poundlock_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

const goroutines = 8

// together does something in several goroutines at once, each with a number of its own.
func together(work func(number int)) {
	var group sync.WaitGroup
	for number := range goroutines {
		group.Add(1)
		go func() {
			defer group.Done()
			work(number)
		}()
	}
	group.Wait()
}

func TestHandlesAreSharedBetweenGoroutines(t *testing.T) {
	engine, ledger := begun(t)
	pack := closing(t, must(poundlock.NewPolicyPack([]byte(storage)))(t))
	plan := closing(t, must(poundlock.PlanResources(buckets))(t))
	must(engine.Record(ledger, evidence("card"), nil))(t)
	expected := string(must(pack.Check(plan, nil))(t).JSON())
	const times = 10
	together(func(number int) {
		for i := range times {
			id := fmt.Sprintf("promote-%d-%d", number, i)
			if _, err := engine.Decide(promotion(id), &poundlock.DecideOptions{Ledger: ledger}); err != nil {
				t.Error(err)
			}
			if _, err := engine.Admit(ledger, promotion(id), nil); err != nil {
				t.Error(err)
			}
			if report, err := pack.Check(plan, nil); err != nil || string(report.JSON()) != expected {
				t.Errorf("found %v: %v", report, err)
			}
			if _, err := ledger.Status(); err != nil {
				t.Error(err)
			}
		}
	})
	seen := map[string]bool{}
	for entry, err := range ledger.Entries(&poundlock.EntriesInput{Kinds: []string{"decision"}}) {
		if err != nil {
			t.Fatal(err)
		}
		seen[entry.Hash] = true
	}
	if len(seen) != goroutines*times {
		t.Errorf("%d admissions are %d entries", goroutines*times, len(seen))
	}
	if verified := must(ledger.Verify(&poundlock.VerifyInput{Unsigned: some(true)}))(t); verified.Size != goroutines*times+2 {
		t.Errorf("verified %s", verified.JSON())
	}
}

func TestClosingUnderCallsAtWorkIsAnErrorAndNeverACrash(t *testing.T) {
	for range 20 {
		engine := must(poundlock.NewEngine([]byte(models), []byte(noPacks)))(t)
		ledger := must(poundlock.LedgerInMemory())(t)
		must(engine.Begin(ledger, &poundlock.BeginInput{Origin: origin, At: "2026-03-02T08:00:00Z"}))(t)
		together(func(number int) {
			if number == 0 {
				engine.Close()
				ledger.Close()
				return
			}
			for {
				_, err := engine.Decide(promotion("x"), &poundlock.DecideOptions{Ledger: ledger})
				if errors.Is(err, poundlock.CodeHandleClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
}
