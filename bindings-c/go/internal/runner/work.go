package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

// work admits and records what a file asks for, once its standard input has ended.
func work(directory, file string, out *bufio.Writer) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var asked struct {
		Engine poundlock.EngineInput `json:"engine"`
		Asks   []struct {
			Request json.RawMessage `json:"request"`
			Fact    json.RawMessage `json:"fact"`
		} `json:"asks"`
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	engine, err := poundlock.EngineFrom(&asked.Engine)
	if err != nil {
		return err
	}
	defer engine.Close()
	ledger, err := poundlock.LedgerOpen(directory)
	if err != nil {
		return err
	}
	defer ledger.Close()

	fmt.Fprintln(out, "ready")
	if err := out.Flush(); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	for _, ask := range asked.Asks {
		answer, err := admit(engine, ledger, ask.Request, ask.Fact)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n", answer.JSON())
	}
	return nil
}

func admit(
	engine *poundlock.Engine, ledger *poundlock.Ledger, request, fact json.RawMessage,
) (*poundlock.Admission, error) {
	if request != nil {
		return engine.Admit(ledger, request, nil)
	}
	return engine.Record(ledger, fact, nil)
}
