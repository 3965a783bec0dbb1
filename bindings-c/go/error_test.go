package poundlock

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
)

func TestErrorsHaveTheLibrarysCodesPlacesAndText(t *testing.T) {
	_, err := NewPolicyPack([]byte("pack: p\nversion: 1.0.0\npolicies: &anchor []\n"))
	var failure *Error
	if !errors.As(err, &failure) {
		t.Fatalf("not an *Error: %v", err)
	}
	if failure.Code != "input.yaml_feature" || failure.Line != 3 || failure.Column == 0 {
		t.Errorf("incomplete: %+v", failure)
	}
	if len(failure.JSON()) == 0 || failure.JSON()[0] != '{' {
		t.Errorf("the library's text is not kept: %s", failure.JSON())
	}
}

func TestErrorsAreComparedByTheirCodes(t *testing.T) {
	_, err := Call("divine", nil)
	wrapped := fmt.Errorf("while asking: %w", err)
	for _, err := range []error{err, wrapped} {
		if !errors.Is(err, CodeInputInvalidValue) || !errors.Is(err, &Error{Code: CodeInputInvalidValue}) {
			t.Errorf("%v is not its code", err)
		}
		if errors.Is(err, CodeInternal) || errors.Is(err, &Error{Code: CodeInternal}) {
			t.Errorf("%v is another code", err)
		}
		if CodeOf(err) != CodeInputInvalidValue {
			t.Errorf("the code of %v is %s", err, CodeOf(err))
		}
	}
	if CodeOf(errors.New("another")) != "" {
		t.Error("an error of others has a code")
	}
}

func TestAFileThatIsNotThereIsSaidToBe(t *testing.T) {
	_, err := EngineLoad(filepath.Join(t.TempDir(), "charter.yaml"))
	if !errors.Is(err, CodeIO) || !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("found %v", err)
	}
}
