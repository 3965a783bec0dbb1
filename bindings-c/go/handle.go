package poundlock

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// closed is set in the state of a handle that was closed; the rest counts the calls at work.
const closed = 1 << 62

// handle owns something of the library's. A call takes hold of it and lets go of it when it ends;
// what was closed is freed when the last call has let go, so that Close never waits, and no call
// finds what it works on gone.
type handle struct {
	state   atomic.Int64
	pointer unsafe.Pointer
	free    func(unsafe.Pointer)
	cleanup runtime.Cleanup
}

// newHandle owns the pointer from now on: it is freed by close or, where nobody closes it, once
// nothing refers to the handle any more.
func newHandle(pointer unsafe.Pointer, free func(unsafe.Pointer)) *handle {
	h := &handle{pointer: pointer, free: free}
	h.cleanup = runtime.AddCleanup(h, free, pointer)
	return h
}

// unopened is the handle of a Plan{} and its like, which no function of this package made.
var unopened = func() *handle {
	h := new(handle)
	h.state.Store(closed)
	return h
}()

func (h *handle) orUnopened() *handle {
	if h == nil {
		return unopened
	}
	return h
}

// hold returns what the handle owns, which is there until letGo is called. No handle holds nothing.
func (h *handle) hold() (unsafe.Pointer, error) {
	if h == nil {
		return nil, nil
	}
	for {
		state := h.state.Load()
		if state&closed != 0 {
			return nil, failure(CodeHandleClosed, "this was closed, or never opened")
		}
		if h.state.CompareAndSwap(state, state+1) {
			return h.pointer, nil
		}
	}
}

func (h *handle) letGo() {
	if h == nil {
		return
	}
	if h.state.Add(-1) == closed {
		h.free(h.pointer)
	}
	// What is being called must not be cleaned up under the call.
	runtime.KeepAlive(h)
}

func (h *handle) close() {
	if h == nil {
		return
	}
	before := h.state.Or(closed)
	if before&closed == 0 {
		h.cleanup.Stop()
	}
	if before == 0 {
		h.free(h.pointer)
	}
	runtime.KeepAlive(h)
}

// use lends a call what up to three handles own, until it returns.
func use(a, b, c *handle, call func(a, b, c unsafe.Pointer) ([]byte, error)) ([]byte, error) {
	first, err := a.hold()
	if err != nil {
		return nil, err
	}
	defer a.letGo()
	second, err := b.hold()
	if err != nil {
		return nil, err
	}
	defer b.letGo()
	third, err := c.hold()
	if err != nil {
		return nil, err
	}
	defer c.letGo()
	return call(first, second, third)
}
