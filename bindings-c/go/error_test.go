package poundlock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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

func TestWhatToDoIsPartOfAnErrorsText(t *testing.T) {
	_, err := Call("divine", nil)
	var failure *Error
	if !errors.As(err, &failure) || failure.Help == "" || !strings.Contains(err.Error(), failure.Help) {
		t.Fatalf("found %v", err)
	}
}

func TestOnlyFilesWithANameAreRead(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{".yaml", ".yml", "notes.txt", "pack.yaml"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	texts, err := readFolder(folder)
	if err != nil || len(texts) != 1 || string(texts[0]) != "pack.yaml" {
		t.Fatalf("found %q, %v", texts, err)
	}
}

func TestAFileThatIsNotThereIsSaidToBe(t *testing.T) {
	_, err := EngineLoad(filepath.Join(t.TempDir(), "charter.yaml"))
	if !errors.Is(err, CodeIO) || !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("found %v", err)
	}
}
