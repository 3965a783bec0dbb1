// Package poundlock is an embeddable, fail-closed policy engine with a hash-chained audit ledger.
//
// It links the static library of the C bindings, libpoundlock.a; CGO_LDFLAGS says where that lies:
//
//	CGO_LDFLAGS=-L/opt/poundlock/lib go build
//
// Every function may be called from any goroutine.
package poundlock

/*
#cgo CFLAGS: -I${SRCDIR}/../include
#cgo LDFLAGS: -lpoundlock -lm -ldl -lpthread
#include "poundlock.h"
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"unsafe"
)

// Error says why an operation gave no answer. A denial is not an error.
type Error struct {
	// Code is stable, such as "input.syntax"; compare it, never the message.
	Code    string `json:"code"`
	Message string `json:"message"`
	// Help says what to do about it, where that is known.
	Help string `json:"help"`
	// Source, Line, Column, Pointer and Sequence say where it is wrong, as far as that is known.
	Source   string  `json:"source"`
	Line     uint32  `json:"line"`
	Column   uint32  `json:"column"`
	Pointer  string  `json:"pointer"`
	Sequence *uint64 `json:"sequence"`
}

func (e *Error) Error() string {
	return fmt.Sprintf("poundlock: %s [%s]", e.Message, e.Code)
}

// Is makes errors.Is(err, &Error{Code: "input.syntax"}) compare codes.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// Versions names the version of the library and of its engine's semantics.
type Versions struct {
	Version string `json:"version"`
	Engine  uint32 `json:"engine"`
}

// Version returns the version of the library and of its engine's semantics.
func Version() (Versions, error) {
	var versions Versions
	answer, err := Call("version", nil)
	if err == nil {
		err = json.Unmarshal(answer, &versions)
	}
	return versions, err
}

// Decide decides a request: JSON text in, the decision as JSON text out.
func Decide(request []byte) ([]byte, error) {
	return Call("decide", request)
}

// Call carries out any operation of the contract by its name. Its errors are of type *Error.
func Call(operation string, input []byte) ([]byte, error) {
	name := []byte(operation)
	var output *C.poundlock_buffer
	status := C.poundlock_call(
		(*C.uint8_t)(unsafe.SliceData(name)), C.size_t(len(name)),
		(*C.uint8_t)(unsafe.SliceData(input)), C.size_t(len(input)),
		&output,
	)
	defer C.poundlock_buffer_free(output)
	data := (*byte)(unsafe.Pointer(C.poundlock_buffer_data(output)))
	text := append([]byte(nil), unsafe.Slice(data, int(C.poundlock_buffer_size(output)))...)
	if status == C.POUNDLOCK_OK {
		return text, nil
	}
	failure := &Error{}
	if err := json.Unmarshal(text, failure); err != nil {
		return nil, fmt.Errorf("poundlock: the error of status %d is not readable: %w", status, err)
	}
	return nil, failure
}
