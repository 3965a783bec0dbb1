package poundlock_test

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime/debug"
	"strconv"
	"testing"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

// resident is how many bytes of the process are in memory.
func resident(t *testing.T) int {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(string(bytes.Fields(text)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

func TestManyCallsDoNotGrowTheProcess(t *testing.T) {
	engine, ledger := begun(t)
	request := must(json.Marshal(promotion("x")))(t)
	with := &poundlock.DecideOptions{Ledger: ledger}
	calls := []func(){
		func() { must(ledger.Head())(t) },
		func() { must(engine.DecideJSON(request, with))(t) },
		func() {
			if _, err := engine.DecideJSON([]byte("{"), with); err == nil {
				t.Fatal("half a request is decided")
			}
		},
		func() {
			if err := must(poundlock.PlanResources(buckets))(t).Close(); err != nil {
				t.Fatal(err)
			}
		},
	}
	round := func(times int) {
		for range times {
			for _, call := range calls {
				call()
			}
		}
	}
	round(4_000)
	before := resident(t)
	const rounds = 25_000
	round(rounds)
	// Any answer, error or handle that is left is more than this.
	if grown := resident(t) - before; grown > 100*rounds {
		t.Errorf("%d calls left %d bytes", rounds*len(calls), grown)
	}
}
