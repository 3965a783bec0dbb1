// Answers, with Go's own implementation of signed notes and transparency logs, whether it accepts what
// Poundlock wrote. Each line of input is a case in JSON, and each line of output its answer:
// {"accepted":true,"claims":…} or {"accepted":false,"why":…}.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type testCase struct {
	Kind string `json:"kind"`
	// checkpoint, receipt: the text and who is trusted.
	Text   []byte   `json:"text"`
	Keys   []string `json:"keys"`
	Origin string   `json:"origin"`
	// inclusion, consistency: hashes are base64.
	Entry    []byte   `json:"entry"`
	Index    uint64   `json:"index"`
	From     uint64   `json:"from"`
	FromRoot []byte   `json:"fromRoot"`
	Size     uint64   `json:"size"`
	Root     []byte   `json:"root"`
	Hashes   [][]byte `json:"hashes"`
	// tiles: a directory with a file of hashes for each level, named in two decimal digits.
	Directory string `json:"directory"`
}

type answer struct {
	Accepted bool   `json:"accepted"`
	Claims   string `json:"claims,omitempty"`
	Why      string `json:"why,omitempty"`
}

const tileHeight = 8

func main() {
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := json.NewEncoder(os.Stdout)
	lines := json.NewDecoder(input)
	for lines.More() {
		var c testCase
		if err := lines.Decode(&c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		claims, err := c.check()
		if err != nil {
			output.Encode(answer{Why: err.Error()})
		} else {
			output.Encode(answer{Accepted: true, Claims: claims})
		}
	}
}

func (c testCase) check() (string, error) {
	switch c.Kind {
	case "checkpoint":
		tree, err := c.checkpoint(c.Text)
		return fmt.Sprintf("%d %v", tree.N, tree.Hash), err
	case "receipt":
		return c.receipt()
	case "inclusion", "consistency":
		return "", c.proof()
	case "tiles":
		return c.tiles()
	}
	return "", errors.New("no such kind of case")
}

// checkpoint opens a note and reads its three lines: tlog.ParseTree wants the first line of Go's module log.
func (c testCase) checkpoint(text []byte) (tree tlog.Tree, err error) {
	var verifiers []note.Verifier
	for _, key := range c.Keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return tree, err
		}
		verifiers = append(verifiers, verifier)
	}
	opened, err := note.Open(text, note.VerifierList(verifiers...))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tree, errors.New("the checkpoint has not three lines")
	}
	if lines[0] != c.Origin {
		return tree, errors.New("the checkpoint is another log's")
	}
	if tree.N, err = number(lines[1]); err != nil {
		return tree, err
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil {
		return tree, err
	}
	tree.Hash, err = hash(root)
	return tree, err
}

// receipt reads a C2SP tlog-proof whose extra data are the leaf.
func (c testCase) receipt() (string, error) {
	proof, signed, found := strings.Cut(string(c.Text), "\n\n")
	lines := strings.Split(proof, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("the text is no proof")
	}
	tree, err := c.checkpoint([]byte(signed))
	if err != nil {
		return "", err
	}
	extra, found := strings.CutPrefix(lines[1], "extra ")
	if !found {
		return "", errors.New("the proof has no extra data")
	}
	entry, err := base64.StdEncoding.Strict().DecodeString(extra)
	if err != nil {
		return "", err
	}
	text, found := strings.CutPrefix(lines[2], "index ")
	if !found {
		return "", errors.New("the proof has no index")
	}
	index, err := number(text)
	if err != nil {
		return "", err
	}
	var path tlog.RecordProof
	for _, line := range lines[3:] {
		decoded, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil {
			return "", err
		}
		sibling, err := hash(decoded)
		if err != nil {
			return "", err
		}
		path = append(path, sibling)
	}
	claims := fmt.Sprintf("%d %v %d %x", tree.N, tree.Hash, index, entry)
	return claims, tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

// proof checks a proof by itself, after bringing numbers into the range that Go's functions demand.
func (c testCase) proof() error {
	size, index, from := int64(c.Size), int64(c.Index), int64(c.From)
	if size < 0 || index < 0 || from < 0 {
		return errors.New("a number is above 2^63 - 1")
	}
	root, err := hash(c.Root)
	if err != nil {
		return err
	}
	path, err := hashes(c.Hashes)
	if err != nil {
		return err
	}
	if c.Kind == "inclusion" {
		return tlog.CheckRecord(path, size, root, index, tlog.RecordHash(c.Entry))
	}
	fromRoot, err := hash(c.FromRoot)
	if err != nil {
		return err
	}
	return tlog.CheckTree(path, size, root, from, fromRoot)
}

// tiles computes the root from the stored nodes, and then verifies each leaf against that root as a
// client of a log would.
func (c testCase) tiles() (string, error) {
	size := int64(c.Size)
	files := levelFiles(c.Directory)
	unverified := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			tile := tlog.TileForIndex(tileHeight, index)
			data, err := files.read(tile)
			if err != nil {
				return nil, err
			}
			node, err := tlog.HashFromTile(tile, data, index)
			if err != nil {
				return nil, err
			}
			found = append(found, node)
		}
		return found, nil
	})
	root, err := tlog.TreeHash(size, unverified)
	if err != nil {
		return "", err
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, files)
	for index := int64(0); index < size; index += 1 + size/100 {
		if _, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)}); err != nil {
			return "", err
		}
	}
	return root.String(), nil
}

// levelFiles is a directory in which file 00 holds the leaf hashes, 08 the roots of each 256 of them, and so
// on: the tiles of height 8, one after the other.
type levelFiles string

func (directory levelFiles) Height() int { return tileHeight }

func (directory levelFiles) read(tile tlog.Tile) ([]byte, error) {
	file, err := os.Open(filepath.Join(string(directory), fmt.Sprintf("%02d", tileHeight*tile.L)))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data := make([]byte, tile.W*tlog.HashSize)
	_, err = file.ReadAt(data, tile.N<<tileHeight*tlog.HashSize)
	return data, err
}

func (directory levelFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := directory.read(tile)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (directory levelFiles) SaveTiles([]tlog.Tile, [][]byte) {}

func number(text string) (int64, error) {
	value, err := strconv.ParseInt(text, 10, 64)
	if err == nil && (value < 0 || strconv.FormatInt(value, 10) != text) {
		err = errors.New("the number is not written as it should be")
	}
	return value, err
}

func hash(bytes []byte) (hash tlog.Hash, err error) {
	if len(bytes) != tlog.HashSize {
		return hash, errors.New("the hash has not 32 bytes")
	}
	copy(hash[:], bytes)
	return hash, nil
}

func hashes(list [][]byte) ([]tlog.Hash, error) {
	all := make([]tlog.Hash, 0, len(list))
	for _, bytes := range list {
		decoded, err := hash(bytes)
		if err != nil {
			return nil, err
		}
		all = append(all, decoded)
	}
	return all, nil
}
