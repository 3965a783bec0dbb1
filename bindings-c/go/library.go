package poundlock

/*
#cgo CFLAGS: -I${SRCDIR}/../include
// The static library, also where the shared one lies beside it.
#cgo linux LDFLAGS: -l:libpoundlock.a -lm -ldl -lpthread
#cgo !linux LDFLAGS: -lpoundlock
#cgo noescape poundlock_call
#cgo nocallback poundlock_call
#cgo noescape poundlock_pack_parse
#cgo nocallback poundlock_pack_parse
#cgo noescape poundlock_pack_call
#cgo nocallback poundlock_pack_call
#cgo noescape poundlock_plan_read
#cgo nocallback poundlock_plan_read
#cgo noescape poundlock_plan_join
#cgo nocallback poundlock_plan_join
#cgo noescape poundlock_plan_call
#cgo nocallback poundlock_plan_call
#cgo noescape poundlock_engine_new
#cgo nocallback poundlock_engine_new
#cgo noescape poundlock_engine_of_ledger
#cgo nocallback poundlock_engine_of_ledger
#cgo noescape decide_into
#cgo nocallback decide_into
#cgo noescape poundlock_engine_admit
#cgo nocallback poundlock_engine_admit
#cgo noescape poundlock_engine_record
#cgo nocallback poundlock_engine_record
#cgo noescape poundlock_engine_call
#cgo nocallback poundlock_engine_call
#cgo noescape poundlock_ledger_open
#cgo nocallback poundlock_ledger_open
#cgo noescape poundlock_ledger_call
#cgo nocallback poundlock_ledger_call
#cgo noescape poundlock_buffer_free
#cgo nocallback poundlock_buffer_free
#include <string.h>
#include "poundlock.h"

// poundlock_engine_decide that copies its answer to where there is room for it and frees it, in one crossing. left is
// a poundlock_buffer, for what did not fit and for errors; as bytes, cgo has nothing to check in it.
static int32_t decide_into(
	const poundlock_engine *engine, const poundlock_ledger *ledger, const poundlock_plan *plan,
	const char *request, size_t request_length, const char *credential, size_t credential_length,
	char *room, size_t capacity, char *left
) {
	poundlock_buffer *output = (poundlock_buffer *)left;
	int32_t status = poundlock_engine_decide(
		engine, ledger, plan, request, request_length, credential, credential_length, output);
	size_t size = output->size;
	if (status == POUNDLOCK_OK && size <= capacity) {
		memcpy(room, output->data, size);
		poundlock_buffer_free(output);
		output->size = size;
	}
	return status;
}
*/
import "C"

import (
	"bytes"
	"fmt"
	"unsafe"
)

// What is in this file alone knows C. The library reads the caller's bytes where they lie and keeps
// no pointer to them; what it answers is copied once, and freed at once.

// unfit says why the library cannot be used: it is another one than the header describes.
var unfit = func() error {
	if found := uint32(C.poundlock_abi_version()); found != C.POUNDLOCK_ABI_VERSION {
		return failure(CodeInternal, fmt.Sprintf(
			"the library that was linked has ABI version %d, and its header %d",
			found, C.POUNDLOCK_ABI_VERSION))
	}
	return nil
}()

func data(text []byte) *C.char {
	return (*C.char)(unsafe.Pointer(unsafe.SliceData(text)))
}

func textData(text string) *C.char {
	return (*C.char)(unsafe.Pointer(unsafe.StringData(text)))
}

// taken copies what a call answered, and frees it: the answer, or the error that it stands for.
func taken(status C.int32_t, output *C.poundlock_buffer) ([]byte, error) {
	return appended(nil, status, output)
}

// appended is taken that appends the answer to what is there already.
func appended(to []byte, status C.int32_t, output *C.poundlock_buffer) ([]byte, error) {
	text := unsafe.Slice((*byte)(output.data), int(output.size))
	defer C.poundlock_buffer_free(output)
	if status != C.POUNDLOCK_OK {
		return nil, readError(bytes.Clone(text))
	}
	return append(to, text...), nil
}

func callFree(operation string, input []byte) ([]byte, error) {
	if unfit != nil {
		return nil, unfit
	}
	var output C.poundlock_buffer
	status := C.poundlock_call(
		textData(operation), C.size_t(len(operation)),
		data(input), C.size_t(len(input)), &output)
	return taken(status, &output)
}

func packParse(input []byte) (unsafe.Pointer, error) {
	if unfit != nil {
		return nil, unfit
	}
	var output C.poundlock_buffer
	var pack *C.poundlock_pack
	status := C.poundlock_pack_parse(data(input), C.size_t(len(input)), &pack, &output)
	_, err := taken(status, &output)
	return unsafe.Pointer(pack), err
}

func packFree(pack unsafe.Pointer) {
	C.poundlock_pack_free((*C.poundlock_pack)(pack))
}

func packCall(pack, plan unsafe.Pointer, operation string, input []byte) ([]byte, error) {
	var output C.poundlock_buffer
	status := C.poundlock_pack_call(
		(*C.poundlock_pack)(pack), (*C.poundlock_plan)(plan),
		textData(operation), C.size_t(len(operation)),
		data(input), C.size_t(len(input)), &output)
	return taken(status, &output)
}

func planRead(options, document []byte) (unsafe.Pointer, error) {
	if unfit != nil {
		return nil, unfit
	}
	var output C.poundlock_buffer
	var plan *C.poundlock_plan
	status := C.poundlock_plan_read(
		data(options), C.size_t(len(options)),
		data(document), C.size_t(len(document)), &plan, &output)
	_, err := taken(status, &output)
	return unsafe.Pointer(plan), err
}

// planJoin hands over a list of the library's own pointers, which may lie in Go's memory.
func planJoin(names []byte, parts []unsafe.Pointer) (unsafe.Pointer, error) {
	if unfit != nil {
		return nil, unfit
	}
	var output C.poundlock_buffer
	var plan *C.poundlock_plan
	status := C.poundlock_plan_join(
		data(names), C.size_t(len(names)),
		(**C.poundlock_plan)(unsafe.Pointer(unsafe.SliceData(parts))), C.size_t(len(parts)),
		&plan, &output)
	_, err := taken(status, &output)
	return unsafe.Pointer(plan), err
}

func planFree(plan unsafe.Pointer) {
	C.poundlock_plan_free((*C.poundlock_plan)(plan))
}

func planCall(plan unsafe.Pointer, operation string, input []byte) ([]byte, error) {
	var output C.poundlock_buffer
	status := C.poundlock_plan_call(
		(*C.poundlock_plan)(plan),
		textData(operation), C.size_t(len(operation)),
		data(input), C.size_t(len(input)), &output)
	return taken(status, &output)
}

func engineNew(input []byte) (unsafe.Pointer, error) {
	if unfit != nil {
		return nil, unfit
	}
	var output C.poundlock_buffer
	var engine *C.poundlock_engine
	status := C.poundlock_engine_new(data(input), C.size_t(len(input)), &engine, &output)
	_, err := taken(status, &output)
	return unsafe.Pointer(engine), err
}

func engineOfLedger(ledger unsafe.Pointer) (unsafe.Pointer, error) {
	var output C.poundlock_buffer
	var engine *C.poundlock_engine
	status := C.poundlock_engine_of_ledger((*C.poundlock_ledger)(ledger), &engine, &output)
	_, err := taken(status, &output)
	return unsafe.Pointer(engine), err
}

func engineFree(engine unsafe.Pointer) {
	C.poundlock_engine_free((*C.poundlock_engine)(engine))
}

func engineDecide(
	to []byte, engine, ledger, plan unsafe.Pointer, request, credential []byte,
) ([]byte, error) {
	var left C.poundlock_buffer
	room := to[len(to):cap(to)]
	status := C.decide_into(
		(*C.poundlock_engine)(engine), (*C.poundlock_ledger)(ledger), (*C.poundlock_plan)(plan),
		data(request), C.size_t(len(request)),
		data(credential), C.size_t(len(credential)),
		data(room), C.size_t(len(room)), (*C.char)(unsafe.Pointer(&left)))
	if status == C.POUNDLOCK_OK && left.data == nil {
		return to[:len(to)+int(left.size)], nil
	}
	return appended(to, status, &left)
}

func engineAdmit(engine, ledger, plan unsafe.Pointer, request, credential []byte) ([]byte, error) {
	var output C.poundlock_buffer
	status := C.poundlock_engine_admit(
		(*C.poundlock_engine)(engine), (*C.poundlock_ledger)(ledger), (*C.poundlock_plan)(plan),
		data(request), C.size_t(len(request)),
		data(credential), C.size_t(len(credential)), &output)
	return taken(status, &output)
}

func engineRecord(engine, ledger, law unsafe.Pointer, fact, credential []byte) ([]byte, error) {
	var output C.poundlock_buffer
	status := C.poundlock_engine_record(
		(*C.poundlock_engine)(engine), (*C.poundlock_ledger)(ledger), (*C.poundlock_engine)(law),
		data(fact), C.size_t(len(fact)),
		data(credential), C.size_t(len(credential)), &output)
	return taken(status, &output)
}

func engineCall(engine, ledger, plan unsafe.Pointer, operation string, input []byte) ([]byte, error) {
	var output C.poundlock_buffer
	status := C.poundlock_engine_call(
		(*C.poundlock_engine)(engine), (*C.poundlock_ledger)(ledger), (*C.poundlock_plan)(plan),
		textData(operation), C.size_t(len(operation)),
		data(input), C.size_t(len(input)), &output)
	return taken(status, &output)
}

func ledgerOpen(input []byte) (unsafe.Pointer, error) {
	if unfit != nil {
		return nil, unfit
	}
	var output C.poundlock_buffer
	var ledger *C.poundlock_ledger
	status := C.poundlock_ledger_open(data(input), C.size_t(len(input)), &ledger, &output)
	_, err := taken(status, &output)
	return unsafe.Pointer(ledger), err
}

func ledgerFree(ledger unsafe.Pointer) {
	C.poundlock_ledger_free((*C.poundlock_ledger)(ledger))
}

func ledgerCall(ledger unsafe.Pointer, operation string, input []byte) ([]byte, error) {
	var output C.poundlock_buffer
	status := C.poundlock_ledger_call(
		(*C.poundlock_ledger)(ledger),
		textData(operation), C.size_t(len(operation)),
		data(input), C.size_t(len(input)), &output)
	return taken(status, &output)
}
