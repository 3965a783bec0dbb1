package poundlock

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Code is the stable code of an [Error], such as "input.syntax". Codes are errors themselves, so
// that errors.Is(err, poundlock.Code("input.syntax")) asks for one.
type Code string

// The codes of errors that this package itself returns. Those of the library are in its
// documentation.
const (
	// CodeHandleClosed is that of a call on something that was closed.
	CodeHandleClosed Code = "handle.closed"
	// CodeInputEncoding is that of a text which is not UTF-8.
	CodeInputEncoding Code = "input.encoding"
	// CodeInputInvalidValue is that of a value which cannot be written as JSON.
	CodeInputInvalidValue Code = "input.invalid_value"
	// CodeIO is that of a file that cannot be read.
	CodeIO Code = "io"
	// CodeInternal is that of a defect: of the library, or of how it was built.
	CodeInternal Code = "internal"
)

// Error makes a code the target of [errors.Is].
func (c Code) Error() string {
	return string(c)
}

// Error says why there is no answer. A denial is not an error. [errors.As] finds it in an error,
// and [errors.Is] compares its [Code].
type Error struct {
	// Code is stable: compare it, never the message.
	Code Code `json:"code"`
	// Message says what is wrong.
	Message string `json:"message"`
	// Help says what to do about it, where that is known.
	Help string `json:"help,omitempty"`
	// Source names the document that is wrong, where there are several.
	Source string `json:"source,omitempty"`
	// Line and Column say where in a text, counted from 1; 0 where that is not known.
	Line   uint32 `json:"line,omitempty"`
	Column uint32 `json:"column,omitempty"`
	// Pointer is a JSON pointer to what is wrong.
	Pointer string `json:"pointer,omitempty"`
	// Sequence is the number of the ledger's entry that is wrong.
	Sequence *uint64 `json:"sequence,omitempty"`

	text
	cause error
}

// Error is the message, where it applies, the code, and the help.
func (e *Error) Error() string {
	var place strings.Builder
	if e.Source != "" {
		fmt.Fprintf(&place, " in %s", e.Source)
	}
	if e.Line != 0 {
		fmt.Fprintf(&place, " at line %d, column %d", e.Line, e.Column)
	}
	if e.Pointer != "" {
		fmt.Fprintf(&place, " at %s", e.Pointer)
	}
	if e.Sequence != nil {
		fmt.Fprintf(&place, " at entry %d", *e.Sequence)
	}
	shown := fmt.Sprintf("poundlock: %s%s [%s]", e.Message, place.String(), e.Code)
	if e.Help != "" {
		shown += "; " + e.Help
	}
	return shown
}

// Is tells [errors.Is] that an error is its code, and every error with the same code.
func (e *Error) Is(target error) bool {
	switch target := target.(type) {
	case Code:
		return target == e.Code
	case *Error:
		return target.Code == e.Code
	}
	return false
}

// Unwrap is what the operating system reported, where that is why.
func (e *Error) Unwrap() error {
	return e.cause
}

// CodeOf is the code of the first [Error] in err's chain, and empty where there is none.
func CodeOf(err error) Code {
	var failure *Error
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}

// readError reads an error as the library wrote it.
func readError(written []byte) error {
	err := &Error{text: text{written}}
	if json.Unmarshal(written, err) != nil || err.Code == "" {
		return failure(CodeInternal, "the library failed without a readable error")
	}
	return err
}

// failure is an error of this package's own, in the form of the library's.
func failure(code Code, message string) *Error {
	err := &Error{Code: code, Message: message}
	err.written, _ = json.Marshal(err)
	return err
}
