// The runner carries out the conformance vectors through the module's public functions and methods,
// and prints what the library answered; tests/vectors/README.md of the repository describes both.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	err := run(os.Args[1:], out)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string, out *bufio.Writer) error {
	switch {
	case len(arguments) == 1:
		return runVectors(arguments[0], out)
	case len(arguments) == 3 && arguments[0] == "work":
		return work(arguments[1], arguments[2], out)
	default:
		return fmt.Errorf("usage: runner DIRECTORY | work LEDGER FILE")
	}
}
