package poundlock

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

func TestJSONTextReachesTheLibraryAsItIs(t *testing.T) {
	const text = `{ "b": 1.0, "a": "<é>" }`
	for _, document := range []Document{text, []byte(text), json.RawMessage(text)} {
		written, err := write(document)
		if err != nil || string(written) != text {
			t.Errorf("%T became %s: %v", document, written, err)
		}
	}
}

func TestAnAnswerPrintsAsItsText(t *testing.T) {
	version, err := Version()
	if err != nil || fmt.Sprint(version) != string(version.JSON()) {
		t.Errorf("found %v, %v", version, err)
	}
	part := Decision{Verdict: "deny", Engine: 3}
	var read Decision
	if err := json.Unmarshal([]byte(fmt.Sprintf("%v", part)), &read); err != nil {
		t.Errorf("a part of an answer prints %v: %v", part, err)
	}
	if read.Verdict != part.Verdict || read.Engine != part.Engine {
		t.Errorf("found %v", read)
	}
}

func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	const broken = "a\xff"
	type inner struct{ Text string }
	pointed := broken
	for _, document := range []Document{
		inner{broken},
		&inner{broken},
		struct{ inner }{inner{broken}},
		[]string{"a", broken},
		map[string]any{"a": []any{broken}},
		map[string]int{broken: 1},
		struct{ Text *string }{&pointed},
		struct{ Raw json.RawMessage }{json.RawMessage(`"` + broken + `"`)},
	} {
		if written, err := write(document); !errors.Is(err, CodeInputEncoding) {
			t.Errorf("%#v became %s: %v", document, written, err)
		}
	}
	if _, err := write(struct{ Bytes []byte }{[]byte(broken)}); err != nil {
		t.Errorf("bytes are no text: %v", err)
	}
}

func TestWhatHasNoJSONFormIsRefused(t *testing.T) {
	type ring struct{ Next *ring }
	circle := &ring{}
	circle.Next = circle
	for _, document := range []Document{circle, func() {}, map[bool]int{true: 1}} {
		if _, err := write(document); !errors.Is(err, CodeInputInvalidValue) {
			t.Errorf("%T: %v", document, err)
		}
	}
}
