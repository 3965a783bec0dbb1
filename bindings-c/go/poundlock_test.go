package poundlock

import (
	"errors"
	"sync"
	"testing"
)

func TestVersionNamesTheEngine(t *testing.T) {
	versions, err := Version()
	if err != nil {
		t.Fatal(err)
	}
	if versions.Version == "" || versions.Engine == 0 {
		t.Fatalf("incomplete: %+v", versions)
	}
}

func TestErrorsHaveCodes(t *testing.T) {
	_, err := Call("divine", nil)
	var failure *Error
	if !errors.As(err, &failure) {
		t.Fatalf("not an *Error: %v", err)
	}
	if failure.Code != "input.invalid_value" || failure.Help == "" {
		t.Fatalf("incomplete: %+v", failure)
	}
	if !errors.Is(err, &Error{Code: "input.invalid_value"}) {
		t.Fatal("errors.Is does not compare codes")
	}
	if errors.Is(err, &Error{Code: "input.syntax"}) {
		t.Fatal("errors.Is takes one code for another")
	}
}

func TestHalfARequestIsAnError(t *testing.T) {
	if _, err := Decide([]byte("{")); err == nil {
		t.Fatal("no error")
	}
}

func TestManyGoroutinesMayCall(t *testing.T) {
	var group sync.WaitGroup
	for range [16]struct{}{} {
		group.Add(1)
		go func() {
			defer group.Done()
			for range [100]struct{}{} {
				if _, err := Version(); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
}
