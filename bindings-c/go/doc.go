// Package poundlock is an embeddable, fail-closed policy engine with a hash-chained audit ledger.
//
// A [PolicyPack] checks a [Plan]. An [Engine], made of a charter and its packs, decides requests,
// and admits them to a [Ledger]: it decides, and records the decision before it answers. A
// [Receipt] proves an entry to those who do not have the ledger. A denial is an answer, and no
// error.
//
// # Documents
//
// What goes in is a [Document]: a struct of this package, or JSON text. What comes out is a struct
// that keeps the library's own text, which is the same to the byte in every language. Where nothing
// of it is read, DecideJSON, AdmitJSON and RecordJSON, and Call for everything else, go from text
// to text.
//
// # Errors
//
// Every error of the library is an *[Error] with a stable [Code]:
//
//	if errors.Is(err, poundlock.Code("ledger.not_found")) { … }
//
// # Handles
//
// Packs, plans, engines and ledgers are closed when they are done with, and by the garbage
// collector where that is forgotten. Any number of goroutines may use one at once, and one may be
// closed while others are at it: calls that are at work end as if it were open, and later ones are
// an error with [CodeHandleClosed].
//
// # Building
//
// The package links the static library of the C bindings, libpoundlock.a, with cgo. Where that and
// poundlock.h are not where the C compiler looks for them, the environment says so:
//
//	export CGO_CFLAGS="$(pkg-config --cflags poundlock)"
//	export CGO_LDFLAGS="$(pkg-config --libs-only-L poundlock)"
//	go build
package poundlock
