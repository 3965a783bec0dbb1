package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

type vector struct {
	Name  string             `json:"name"`
	Files *map[string]string `json:"files"`
	Steps []step             `json:"steps"`
	// A vector of one free operation has these in place of steps.
	Operation *string         `json:"operation"`
	Input     json.RawMessage `json:"input"`
	InputHex  *string         `json:"input_hex"`
	Repeat    *repeat         `json:"repeat"`
}

type step struct {
	Call       string          `json:"call"`
	On         string          `json:"on"`
	As         string          `json:"as"`
	Ledger     string          `json:"ledger"`
	Plan       string          `json:"plan"`
	Law        string          `json:"law"`
	Input      json.RawMessage `json:"input"`
	InputHex   *string         `json:"input_hex"`
	Repeat     *repeat         `json:"repeat"`
	Options    options         `json:"options"`
	Parts      [][2]string     `json:"parts"`
	Credential json.RawMessage `json:"credential"`
}

type repeat struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

type options struct {
	Format string  `json:"format"`
	Nonce  *string `json:"nonce"`
}

// runVectors prints a line for each vector of each file below a directory.
func runVectors(directory string, out *bufio.Writer) error {
	paths, err := files(directory)
	if err != nil {
		return err
	}
	for _, path := range paths {
		text, err := os.ReadFile(filepath.Join(directory, path))
		if err != nil {
			return err
		}
		var vectors []vector
		if err := json.Unmarshal(text, &vectors); err != nil {
			return fmt.Errorf("%s is no list of vectors: %w", path, err)
		}
		for _, vector := range vectors {
			label := strings.TrimSuffix(filepath.ToSlash(path), ".json") + ": " + vector.Name
			results, err := vector.run()
			if err != nil {
				return fmt.Errorf("%s: %w", label, err)
			}
			fmt.Fprintf(out, `{"vector":%s,"results":[%s]}`+"\n", quote(nil, label), bytes.Join(results, []byte(",")))
		}
	}
	return nil
}

// files lists the vector files, in the order of their paths' bytes.
func files(directory string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		path, err = filepath.Rel(directory, path)
		paths = append(paths, filepath.ToSlash(path))
		return err
	})
	slices.Sort(paths)
	return paths, err
}

func (v *vector) run() ([][]byte, error) {
	steps := v.Steps
	if v.Operation != nil {
		steps = []step{{Call: "call." + *v.Operation, Input: v.Input, InputHex: v.InputHex, Repeat: v.Repeat}}
	}
	directory := ""
	if v.Files != nil {
		var err error
		if directory, err = v.lay(); err != nil {
			return nil, err
		}
		defer os.RemoveAll(directory)
	}
	opened := world{}
	defer opened.close()
	results := make([][]byte, len(steps))
	for i, step := range steps {
		input, err := step.input(directory)
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i, err)
		}
		result, err := opened.carryOut(step, input)
		if result, err = printed(result, err); err != nil {
			return nil, fmt.Errorf("step %d: %w", i, err)
		}
		if directory != "" {
			result = bytes.ReplaceAll(result, []byte(directory), []byte("$DIR"))
		}
		results[i] = result
	}
	return results, nil
}

// lay makes the directory that a vector works in, with its files.
func (v *vector) lay() (string, error) {
	directory, err := os.MkdirTemp("", "poundlock-vector-")
	if err != nil {
		return "", err
	}
	for name, digits := range *v.Files {
		content, err := hex.DecodeString(digits)
		if err != nil {
			return "", err
		}
		path := filepath.Join(directory, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, content, 0o666); err != nil {
			return "", err
		}
	}
	return directory, nil
}

// input is the text that a step hands in.
func (s *step) input(directory string) ([]byte, error) {
	if s.InputHex != nil {
		return hex.DecodeString(*s.InputHex)
	}
	if s.Input == nil {
		return nil, nil
	}
	var text string
	input := []byte(nil)
	if json.Unmarshal(s.Input, &text) == nil && s.Input[0] == '"' {
		input = []byte(text)
	} else {
		var err error
		if input, err = compact(s.Input); err != nil {
			return nil, err
		}
	}
	if s.Repeat != nil {
		repeated := strings.Repeat(s.Repeat.Text, s.Repeat.Count)
		input = bytes.ReplaceAll(input, []byte("$REPEAT"), []byte(repeated))
	}
	if directory != "" {
		input = bytes.ReplaceAll(input, []byte("$DIR"), []byte(directory))
	}
	return input, nil
}

// credential is what shows who asks, where there is something.
func (s *step) credential() (poundlock.Document, error) {
	if s.Credential == nil {
		return nil, nil
	}
	return compact(s.Credential)
}

// printed is a result as it is printed: the answer, or the library's own text of the error. Another
// error ends the run.
func printed(answer []byte, err error) ([]byte, error) {
	var failure *poundlock.Error
	switch {
	case err == nil:
		return answer, nil
	case errors.Is(err, errNoHandle):
		return []byte(`{"error":{"code":"runner.no_handle"}}`), nil
	case errors.As(err, &failure):
		return fmt.Appendf(nil, `{"error":%s}`, failure.JSON()), nil
	}
	return nil, err
}

// world is what the steps of a vector have opened, by its name.
type world map[string]io.Closer

func (w world) close() {
	for _, opened := range w {
		opened.Close()
	}
}

var errNoHandle = errors.New("there is no such handle")

// handle finds what was opened under a name; none where there is no name.
func handle[T any](w world, name string) (*T, error) {
	if name == "" {
		return nil, nil
	}
	found, opened := w[name]
	if !opened {
		return nil, errNoHandle
	}
	typed, fits := found.(any).(*T)
	if !fits {
		return nil, fmt.Errorf("%s is a handle of another kind", name)
	}
	return typed, nil
}
