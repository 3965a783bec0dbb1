package poundlock

import (
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"
	"unsafe"
)

// Document is what is handed to the library, as JSON. A []byte, a [json.RawMessage] or a string is
// JSON text, and reaches the library as it is, without a copy. Anything else, such as a *[Request],
// is written with [encoding/json]; text in it that is not UTF-8 is an [Error] with the code
// input.encoding, where encoding/json alone would replace it. nil is no input at all.
type Document = any

// JSON text as the library wrote it.
type text struct {
	written []byte
}

// JSON is the text of an answer, byte for byte as the library wrote it: what every language gets.
// It is nil for what the library did not write, and does not follow changes of the fields. Do not
// change it.
func (t text) JSON() []byte {
	return t.written
}

func (t *text) keep(written []byte) {
	t.written = written
}

// shown is what fmt prints of an answer: its text, or that of its fields where it is a part of another.
func shown(answer any, written []byte) string {
	if written == nil {
		written, _ = json.Marshal(answer)
	}
	return string(written)
}

// answer is a type that an answer of the library is read into.
type answer[T any] interface {
	*T
	keep(written []byte)
}

// read reads what a call answered, and keeps its text.
func read[T any, A answer[T]](written []byte, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	value := new(T)
	if err := json.Unmarshal(written, value); err != nil {
		return nil, failure(CodeInternal, fmt.Sprintf("an answer of the library has another form: %v", err))
	}
	A(value).keep(written)
	return value, nil
}

// call is an operation, still without its input.
type call = func(input []byte) ([]byte, error)

// ask calls with a document, and reads the answer.
func ask[T any, A answer[T]](call call, document Document) (*T, error) {
	input, err := write(document)
	if err != nil {
		return nil, err
	}
	return read[T, A](call(input))
}

// write gives the JSON text of a document.
func write(document Document) ([]byte, error) {
	switch document := document.(type) {
	case nil:
		return nil, nil
	case []byte:
		return document, nil
	case json.RawMessage:
		return document, nil
	case string:
		return unsafe.Slice(unsafe.StringData(document), len(document)), nil
	}
	// First, since this ends on a document that contains itself.
	written, err := json.Marshal(document)
	if err != nil {
		return nil, failure(CodeInputInvalidValue, fmt.Sprintf("the document cannot be written as JSON: %v", err))
	}
	if !isText(reflect.ValueOf(document)) {
		return nil, failure(CodeInputEncoding, "a text in the document is not UTF-8")
	}
	return written, nil
}

// isText says whether every string in a value is UTF-8: encoding/json does not refuse what is not.
func isText(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.String:
		return utf8.ValidString(value.String())
	case reflect.Pointer, reflect.Interface:
		return value.IsNil() || isText(value.Elem())
	case reflect.Struct:
		for i := range value.NumField() {
			field := value.Type().Field(i)
			if (field.IsExported() || field.Anonymous) && !isText(value.Field(i)) {
				return false
			}
		}
	case reflect.Map:
		for entries := value.MapRange(); entries.Next(); {
			if !isText(entries.Key()) || !isText(entries.Value()) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return value.Type() != rawMessage || utf8.Valid(value.Bytes())
		}
		for i := range value.Len() {
			if !isText(value.Index(i)) {
				return false
			}
		}
	}
	return true
}

var rawMessage = reflect.TypeFor[json.RawMessage]()
