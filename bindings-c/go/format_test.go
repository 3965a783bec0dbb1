package poundlock_test

import (
	"bytes"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestEveryFileIsAsGofmtWritesIt(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		formatted, err := format.Source(text)
		if err == nil && !bytes.Equal(formatted, text) {
			t.Errorf("%s is not", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
