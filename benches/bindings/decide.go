// The Go part of the benchmark `bindings`, which says what it is asked and answers.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	return value
}

func main() {
	read := func(name string) []byte { return must(os.ReadFile(filepath.Join(os.Args[1], name))) }
	var texts struct {
		Charter string   `json:"charter"`
		Lock    string   `json:"lock"`
		Packs   []string `json:"packs"`
	}
	if err := json.Unmarshal(read("engine.json"), &texts); err != nil {
		os.Exit(3)
	}
	packs := make([][]byte, len(texts.Packs))
	for index, pack := range texts.Packs {
		packs[index] = []byte(pack)
	}
	engine := must(poundlock.NewEngine([]byte(texts.Charter), []byte(texts.Lock), packs...))
	request, document := read("request.json"), read("plan.json")
	nonce := strings.Repeat("07", 32)
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var count int
		start := time.Now()
		if _, err := fmt.Sscanf(lines.Text(), "decide %d", &count); err == nil {
			var answer []byte
			for range count {
				answer = must(engine.AppendDecision(answer[:0], request, nil))
			}
		} else {
			plan := must(poundlock.PlanTerraform(document, nonce))
			must(engine.DecideJSON(request, &poundlock.DecideOptions{Plan: plan}))
			must(0, plan.Close())
		}
		fmt.Println(time.Since(start).Nanoseconds())
	}
}
