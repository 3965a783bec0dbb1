package poundlock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// EngineLoad reads a charter from its file and, from beside it, the lock file, which has the same
// name with the ending .lock, and every YAML file in the folders packs and overlays, where those
// are there. The code of a file that cannot be read is "io", and errors.Is finds its reason, such
// as [fs.ErrNotExist].
func EngineLoad(path string) (*Engine, error) {
	charter, err := readFile(path)
	if err != nil {
		return nil, err
	}
	lock, err := readFile(strings.TrimSuffix(path, filepath.Ext(path)) + ".lock")
	if err != nil {
		return nil, err
	}
	var packs [][]byte
	for _, folder := range []string{"packs", "overlays"} {
		texts, err := readFolder(filepath.Join(filepath.Dir(path), folder))
		if err != nil {
			return nil, err
		}
		packs = append(packs, texts...)
	}
	return NewEngine(charter, lock, packs...)
}

// readFolder reads the YAML files of a folder, in the order of their names.
func readFolder(path string) ([][]byte, error) {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(err)
	}
	var texts [][]byte
	for _, entry := range entries {
		ending := filepath.Ext(entry.Name())
		if ending != ".yaml" && ending != ".yml" || ending == entry.Name() {
			continue
		}
		text, err := readFile(filepath.Join(path, entry.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func readFile(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(err)
	}
	return text, nil
}

func unreadable(cause error) error {
	err := failure(CodeIO, cause.Error())
	err.cause = cause
	return err
}
