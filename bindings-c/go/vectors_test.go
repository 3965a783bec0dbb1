package poundlock

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// vector is a conformance vector; tests/tests/vectors.rs of the repository describes the format.
type vector struct {
	Name      string          `json:"name"`
	Operation string          `json:"operation"`
	Input     json.RawMessage `json:"input"`
	InputHex  string          `json:"input_hex"`
	Expect    json.RawMessage `json:"expect"`
	Error     string          `json:"error"`
}

func (v vector) bytes(t *testing.T) []byte {
	if v.InputHex != "" {
		input, err := hex.DecodeString(v.InputHex)
		if err != nil {
			t.Fatal(err)
		}
		return input
	}
	var text string
	if len(v.Input) == 0 || json.Unmarshal(v.Input, &text) == nil {
		return []byte(text)
	}
	return v.Input
}

func parse(t *testing.T, text []byte) any {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestEveryVectorHolds(t *testing.T) {
	files, err := filepath.Glob("../../tests/vectors/*/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no vector: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var vectors []vector
		if err := json.Unmarshal(text, &vectors); err != nil || len(vectors) == 0 {
			t.Fatalf("%s holds no vector: %v", file, err)
		}
		for _, vector := range vectors {
			answer, err := Call(vector.Operation, vector.bytes(t))
			switch {
			case vector.Error != "":
				if !errors.Is(err, &Error{Code: vector.Error}) {
					t.Errorf("%s: %s: expected %s, found %v", file, vector.Name, vector.Error, err)
				}
			case err != nil:
				t.Errorf("%s: %s: %v", file, vector.Name, err)
			case !reflect.DeepEqual(parse(t, answer), parse(t, vector.Expect)):
				t.Errorf("%s: %s: found %s", file, vector.Name, answer)
			}
		}
	}
}
