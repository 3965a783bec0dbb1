package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// compact writes a JSON document as vectors hand it in: without white space, members in their
// order, characters unescaped where JSON allows it. encoding/json escapes more than that.
func compact(document []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	text, err := compactValue(nil, decoder)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one document")
	}
	return text, nil
}

func compactValue(text []byte, decoder *json.Decoder) ([]byte, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		return compactMembers(append(text, byte(token)), decoder, token == '{')
	case string:
		return quote(text, token), nil
	case json.Number:
		return append(text, token...), nil
	case bool:
		return fmt.Appendf(text, "%t", token), nil
	default:
		return append(text, "null"...), nil
	}
}

func compactMembers(text []byte, decoder *json.Decoder, named bool) ([]byte, error) {
	for first := true; decoder.More(); first = false {
		if !first {
			text = append(text, ',')
		}
		var err error
		if named {
			if text, err = compactValue(text, decoder); err != nil {
				return nil, err
			}
			text = append(text, ':')
		}
		if text, err = compactValue(text, decoder); err != nil {
			return nil, err
		}
	}
	end, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	return append(text, byte(end.(json.Delim))), nil
}

func quote(text []byte, unquoted string) []byte {
	text = append(text, '"')
	for _, char := range unquoted {
		switch char {
		case '"', '\\':
			text = append(text, '\\', byte(char))
		case '\b':
			text = append(text, `\b`...)
		case '\f':
			text = append(text, `\f`...)
		case '\n':
			text = append(text, `\n`...)
		case '\r':
			text = append(text, `\r`...)
		case '\t':
			text = append(text, `\t`...)
		default:
			if char < ' ' {
				text = fmt.Appendf(text, `\u%04x`, char)
			} else {
				text = utf8.AppendRune(text, char)
			}
		}
	}
	return append(text, '"')
}
