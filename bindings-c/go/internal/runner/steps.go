package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

// carryOut does what a step says, and answers the library's own text.
func (w world) carryOut(s step, input []byte) ([]byte, error) {
	kind, operation, _ := strings.Cut(s.Call, ".")
	if kind == "call" {
		return callFree(operation, input)
	}
	if open, found := openers[s.Call]; found {
		opened, err := open(w, s, input)
		if err != nil {
			return nil, err
		}
		w[cmp.Or(s.As, kind)] = opened
		return []byte("null"), nil
	}
	on := cmp.Or(s.On, kind)
	ledger, err := handle[poundlock.Ledger](w, s.Ledger)
	if err != nil {
		return nil, err
	}
	plan, err := handle[poundlock.Plan](w, s.Plan)
	if err != nil {
		return nil, err
	}
	law, err := handle[poundlock.Engine](w, s.Law)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "pack":
		pack, err := handle[poundlock.PolicyPack](w, on)
		if err != nil {
			return nil, err
		}
		return onPack(pack, operation, plan, input)
	case "plan":
		plan, err := handle[poundlock.Plan](w, on)
		if err != nil {
			return nil, err
		}
		return onPlan(plan, operation)
	case "engine":
		engine, err := handle[poundlock.Engine](w, on)
		if err != nil {
			return nil, err
		}
		credential, err := s.credential()
		if err != nil {
			return nil, err
		}
		return onEngine(engine, operation, handles{ledger, plan, law, credential}, input)
	case "ledger":
		ledger, err := handle[poundlock.Ledger](w, on)
		if err != nil {
			return nil, err
		}
		return onLedger(ledger, operation, input)
	}
	return nil, unknown(s.Call)
}

func unknown(call string) error {
	return fmt.Errorf("there is no call %s", call)
}

// openers are the calls that open a handle.
var openers = map[string]func(w world, s step, input []byte) (io.Closer, error){
	"pack.parse": func(_ world, _ step, input []byte) (io.Closer, error) {
		var parts struct {
			Pack     string   `json:"pack"`
			Overlays []string `json:"overlays"`
		}
		if err := json.Unmarshal(input, &parts); err != nil {
			return nil, err
		}
		overlays := make([][]byte, len(parts.Overlays))
		for i, overlay := range parts.Overlays {
			overlays[i] = []byte(overlay)
		}
		return poundlock.NewPolicyPack([]byte(parts.Pack), overlays...)
	},
	"plan.read": func(_ world, s step, input []byte) (io.Closer, error) {
		if s.Options.Format == "kubernetes" {
			return poundlock.PlanKubernetes(input)
		}
		if s.Options.Format == "resources" {
			return poundlock.PlanResources(input)
		}
		read := poundlock.PlanTerraform
		if s.Options.Format == "pulumi" {
			read = poundlock.PlanPulumi
		}
		if s.Options.Nonce == nil {
			return read(input)
		}
		return read(input, *s.Options.Nonce)
	},
	"plan.join": func(w world, s step, _ []byte) (io.Closer, error) {
		parts := make([]poundlock.Part, len(s.Parts))
		for i, part := range s.Parts {
			plan, err := handle[poundlock.Plan](w, part[1])
			if err != nil {
				return nil, err
			}
			parts[i] = poundlock.Part{Name: part[0], Plan: plan}
		}
		return poundlock.PlanJoin(parts...)
	},
	"engine.new": func(_ world, _ step, input []byte) (io.Closer, error) {
		return poundlock.EngineFrom(input)
	},
	"engine.of_ledger": func(w world, s step, _ []byte) (io.Closer, error) {
		ledger, err := handle[poundlock.Ledger](w, s.Ledger)
		if err != nil {
			return nil, err
		}
		return poundlock.EngineOfLedger(ledger)
	},
	"ledger.open": func(_ world, _ step, input []byte) (io.Closer, error) {
		var place struct {
			Memory    bool   `json:"memory"`
			Directory string `json:"directory"`
			Mode      string `json:"mode"`
		}
		if err := json.Unmarshal(input, &place); err != nil {
			return nil, err
		}
		switch {
		case place.Memory:
			return poundlock.LedgerInMemory()
		case place.Mode == "create":
			return poundlock.LedgerCreate(place.Directory)
		case place.Mode == "readOnly":
			return poundlock.LedgerOpenReadOnly(place.Directory)
		default:
			return poundlock.LedgerOpen(place.Directory)
		}
	},
}

// written is an answer that keeps the library's own text.
type written interface{ JSON() []byte }

// text is the library's own text of an answer.
func text[T written](answer T, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return answer.JSON(), nil
}

func callFree(operation string, input []byte) ([]byte, error) {
	switch operation {
	case "canonical":
		return text(poundlock.Canonical(input))
	case "envelope":
		return text(poundlock.Envelope(input))
	case "lock":
		return text(poundlock.Lock(input))
	case "signing_bytes":
		return text(poundlock.SigningBytes(input))
	case "simulate":
		return text(poundlock.Simulate(input))
	case "verifier_key":
		return text(poundlock.VerifierKey(input))
	case "verify_approval":
		return text(poundlock.VerifyApproval(input))
	case "verify_checkpoint":
		return text(poundlock.VerifyCheckpoint(input))
	case "verify_fork":
		return text(poundlock.VerifyFork(input))
	case "verify_receipt":
		return text(poundlock.VerifyReceipt(input))
	case "verify_token":
		return text(poundlock.VerifyToken(input))
	}
	if len(input) == 0 {
		switch operation {
		case "limits":
			return text(poundlock.Limits())
		case "version":
			return text(poundlock.Version())
		}
	}
	return poundlock.Call(operation, input)
}

func onPack(pack *poundlock.PolicyPack, operation string, plan *poundlock.Plan, input []byte) ([]byte, error) {
	switch operation {
	case "check":
		return text(pack.Check(plan, input))
	case "describe":
		return text(pack.Describe())
	case "lint":
		return text(pack.Lint())
	case "test":
		return text(pack.Test())
	}
	return nil, unknown("pack." + operation)
}

func onPlan(plan *poundlock.Plan, operation string) ([]byte, error) {
	if operation == "describe" {
		return text(plan.Describe())
	}
	return nil, unknown("plan." + operation)
}

// handles are what is handed along with a call of an engine.
type handles struct {
	ledger     *poundlock.Ledger
	plan       *poundlock.Plan
	law        *poundlock.Engine
	credential poundlock.Document
}

func onEngine(engine *poundlock.Engine, operation string, with handles, input []byte) ([]byte, error) {
	switch operation {
	case "admit":
		return text(engine.Admit(with.ledger, input, &poundlock.AdmitOptions{
			Plan: with.plan, Credential: with.credential,
		}))
	case "decide":
		return text(engine.Decide(input, &poundlock.DecideOptions{
			Ledger: with.ledger, Plan: with.plan, Credential: with.credential,
		}))
	case "record":
		return text(engine.Record(with.ledger, input, &poundlock.RecordOptions{
			Law: with.law, Credential: with.credential,
		}))
	case "begin":
		return text(engine.Begin(with.ledger, input))
	case "check":
		return text(engine.Check(with.plan, input))
	case "checkpoint_text":
		return text(engine.CheckpointText(with.ledger, input))
	case "credential":
		return text(engine.Credential(input))
	case "describe":
		return text(engine.Describe())
	case "fact_text":
		return text(engine.FactText(with.ledger, input))
	case "request_text":
		return text(engine.RequestText(with.ledger, with.plan, input))
	case "review":
		return text(engine.Review(with.ledger, input))
	case "sign":
		return text(engine.Sign(with.ledger, input))
	case "snapshot":
		return text(engine.Snapshot(with.ledger))
	}
	return nil, unknown("engine." + operation)
}

func onLedger(ledger *poundlock.Ledger, operation string, input []byte) ([]byte, error) {
	var arguments struct {
		Checkpoint string `json:"checkpoint"`
		Digest     string `json:"digest"`
		Sequence   uint64 `json:"sequence"`
	}
	switch operation {
	case "attachment", "fork_proof", "put_checkpoint", "receipt":
		if err := json.Unmarshal(input, &arguments); err != nil {
			return nil, err
		}
	}
	switch operation {
	case "attachment":
		return text(ledger.Attachment(arguments.Digest))
	case "checkpoint":
		return text(ledger.Checkpoint())
	case "entries":
		return text(ledger.Page(input))
	case "fork_proof":
		return text(ledger.ForkProof(arguments.Checkpoint))
	case "head":
		return text(ledger.Head())
	case "notices":
		return text(ledger.Notices())
	case "put_checkpoint":
		return text(ledger.PutCheckpoint(arguments.Checkpoint))
	case "receipt":
		return text(ledger.Receipt(arguments.Sequence))
	case "report":
		return text(ledger.Report(input))
	case "status":
		return text(ledger.Status())
	case "verify":
		return text(ledger.Verify(input))
	}
	return nil, unknown("ledger." + operation)
}
