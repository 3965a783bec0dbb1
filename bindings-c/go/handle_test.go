package poundlock

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

// owned is a handle of something that counts how often it is freed.
func owned(freed *atomic.Int32) *handle {
	return newHandle(unsafe.Pointer(new(int)), func(unsafe.Pointer) { freed.Add(1) })
}

func TestWhatIsClosedWhileCallsAreAtWorkIsFreedOnceTheyEnd(t *testing.T) {
	var freed atomic.Int32
	h := owned(&freed)
	for range 2 {
		if _, err := h.hold(); err != nil {
			t.Fatal(err)
		}
	}
	h.close()
	h.letGo()
	if freed.Load() != 0 {
		t.Fatal("it was freed under a call")
	}
	if _, err := h.hold(); !errors.Is(err, CodeHandleClosed) {
		t.Fatalf("what is closed was lent: %v", err)
	}
	h.letGo()
	h.close()
	if freed.Load() != 1 {
		t.Fatalf("it was freed %d times", freed.Load())
	}
}

func TestClosingAndCallingAtOnceFreesOnceAndNeverUnderACall(t *testing.T) {
	for range 50 {
		var freed atomic.Int32
		h := owned(&freed)
		var group sync.WaitGroup
		for range 8 {
			group.Add(1)
			go func() {
				defer group.Done()
				for {
					if _, err := h.hold(); err != nil {
						return
					}
					if freed.Load() != 0 {
						t.Error("what is freed was lent")
					}
					h.letGo()
				}
			}()
		}
		for range 2 {
			group.Add(1)
			go func() {
				defer group.Done()
				h.close()
			}()
		}
		group.Wait()
		if freed.Load() != 1 {
			t.Fatalf("it was freed %d times", freed.Load())
		}
	}
}

func TestWhatNobodyClosesIsFreedByTheCollector(t *testing.T) {
	freed := make(chan struct{})
	newHandle(unsafe.Pointer(new(int)), func(unsafe.Pointer) { close(freed) })
	for {
		runtime.GC()
		select {
		case <-freed:
			return
		default:
			runtime.Gosched()
		}
	}
}

func TestWhatWasNeverOpenedIsRefusedAndNotTakenForNothing(t *testing.T) {
	var ledger Ledger
	if _, err := ledger.Call("head", nil); !errors.Is(err, CodeHandleClosed) {
		t.Fatalf("a ledger that was never opened answers: %v", err)
	}
	if err := ledger.Close(); err != nil {
		t.Fatal(err)
	}
}
