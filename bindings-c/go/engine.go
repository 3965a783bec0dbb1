package poundlock

import (
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"unsafe"
)

// Engine is a charter with its packs, ready to decide. Any number of goroutines may use it at once.
type Engine struct {
	handle *handle
}

// NewCredential is what shows who asks: a token, in compact form, and the JSON Web Key Set of its
// issuer, which the host fetched. It is never part of a request, which could otherwise bring along
// the keys that it is believed by.
func NewCredential(token, keySet string) *CredentialInput {
	return &CredentialInput{Token: &token, KeySet: &keySet}
}

// DecideOptions are what a decision may rest on besides the request. nil stands for none of it.
type DecideOptions struct {
	// Ledger is what was decided and recorded before; nothing, where there is none.
	Ledger *Ledger
	// Plan is what the request is about.
	Plan *Plan
	// Credential shows who asks: a *[CredentialInput].
	Credential Document
}

// AdmitOptions are what an admission may rest on besides ledger and request. nil stands for none of
// it.
type AdmitOptions struct {
	// Plan is what the request is about.
	Plan *Plan
	// Credential shows who asks: a *[CredentialInput].
	Credential Document
}

// RecordOptions are what a record may need besides ledger and fact. nil stands for none of it.
type RecordOptions struct {
	// Law is the engine of the new charter, for an amendment.
	Law *Engine
	// Credential shows who records it: a *[CredentialInput].
	Credential Document
}

// NewEngine reads a charter with its lock file and its packs and overlays, all in YAML, and checks
// that each pack is the pinned one.
func NewEngine(charter, lock []byte, packs ...[]byte) (*Engine, error) {
	texts := make([]string, len(packs))
	for i, pack := range packs {
		texts[i] = string(pack)
	}
	return EngineFrom(&EngineInput{Charter: string(charter), Lock: string(lock), Packs: texts})
}

// EngineFrom is NewEngine from a *[EngineInput], which also says in how many threads policies are
// evaluated.
func EngineFrom(texts Document) (*Engine, error) {
	input, err := write(texts)
	if err != nil {
		return nil, err
	}
	engine, err := engineNew(input)
	if err != nil {
		return nil, err
	}
	return &Engine{newHandle(engine, engineFree)}, nil
}

// EngineOfLedger makes the engine of the law that governs a ledger, from the texts kept in it.
func EngineOfLedger(ledger *Ledger) (*Engine, error) {
	opened, err := ledger.owned().hold()
	if err != nil {
		return nil, err
	}
	defer ledger.owned().letGo()
	engine, err := engineOfLedger(opened)
	if err != nil {
		return nil, err
	}
	return &Engine{newHandle(engine, engineFree)}, nil
}

// Decide decides a request, such as a *[Request], and records nothing.
func (e *Engine) Decide(request Document, with *DecideOptions) (*Decision, error) {
	input, err := write(request)
	if err != nil {
		return nil, err
	}
	return read[Decision](e.DecideJSON(input, with))
}

// DecideJSON is Decide from JSON text to JSON text: nothing is read or written on the way.
func (e *Engine) DecideJSON(request []byte, with *DecideOptions) ([]byte, error) {
	return e.AppendDecision(nil, request, with)
}

// AppendDecision is DecideJSON that appends its answer to a slice, so that one that is used again
// spares the garbage collector a kilobyte or more for each decision.
func (e *Engine) AppendDecision(to, request []byte, with *DecideOptions) ([]byte, error) {
	if with == nil {
		with = &DecideOptions{}
	}
	credential, err := write(with.Credential)
	if err != nil {
		return nil, err
	}
	return use(e.owned(), with.Ledger.owned(), with.Plan.owned(),
		func(engine, ledger, plan unsafe.Pointer) ([]byte, error) {
			return engineDecide(to, engine, ledger, plan, request, credential)
		})
}

// Admit decides a request, such as a *[Request], against what the ledger holds, and records the
// decision. When it returns, the entry is durable.
func (e *Engine) Admit(ledger *Ledger, request Document, with *AdmitOptions) (*Admission, error) {
	input, err := write(request)
	if err != nil {
		return nil, err
	}
	return read[Admission](e.AdmitJSON(ledger, input, with))
}

// AdmitJSON is Admit from JSON text to JSON text: nothing is read or written on the way.
func (e *Engine) AdmitJSON(ledger *Ledger, request []byte, with *AdmitOptions) ([]byte, error) {
	if with == nil {
		with = &AdmitOptions{}
	}
	credential, err := write(with.Credential)
	if err != nil {
		return nil, err
	}
	return use(e.owned(), ledger.owned(), with.Plan.owned(),
		func(engine, ledger, plan unsafe.Pointer) ([]byte, error) {
			return engineAdmit(engine, ledger, plan, request, credential)
		})
}

// Record decides whether a fact, such as a *[Fact], may be recorded, and records it or its denial.
// When it returns, the entry is durable.
func (e *Engine) Record(ledger *Ledger, fact Document, with *RecordOptions) (*Admission, error) {
	input, err := write(fact)
	if err != nil {
		return nil, err
	}
	return read[Admission](e.RecordJSON(ledger, input, with))
}

// RecordJSON is Record from JSON text to JSON text: nothing is read or written on the way.
func (e *Engine) RecordJSON(ledger *Ledger, fact []byte, with *RecordOptions) ([]byte, error) {
	if with == nil {
		with = &RecordOptions{}
	}
	credential, err := write(with.Credential)
	if err != nil {
		return nil, err
	}
	return use(e.owned(), ledger.owned(), with.Law.owned(),
		func(engine, ledger, law unsafe.Pointer) ([]byte, error) {
			return engineRecord(engine, ledger, law, fact, credential)
		})
}

// Check judges a plan by the charter's packs, or by those of a stage, and records nothing. How is a
// *[CheckInput], or nil for its defaults. No actor and no request are known: a policy that reads
// them fails.
func (e *Engine) Check(plan *Plan, how Document) (*PlanReport, error) {
	return ask[PlanReport](e.calling("check", nil, plan), how)
}

// Describe answers what the engine goes by: the charter's name and version, and its law.
func (e *Engine) Describe() (*EngineAnswer, error) {
	return ask[EngineAnswer](e.calling("describe", nil, nil), nil)
}

// Begin writes the first entry of an empty ledger: its origin, its law and its keys. With is a
// *[BeginInput].
func (e *Engine) Begin(ledger *Ledger, with Document) (*AppendedAnswer, error) {
	return ask[AppendedAnswer](e.calling("begin", ledger, nil), with)
}

// RequestText answers the text that a person signs who asks in their own name. Asked is a
// *[RequestTextInput]; the plan is nil where the request is about none.
func (e *Engine) RequestText(ledger *Ledger, plan *Plan, asked Document) (*TextAnswer, error) {
	return ask[TextAnswer](e.calling("request_text", ledger, plan), asked)
}

// FactText answers the text that a person signs who records a fact. Recorded is a *[FactTextInput].
func (e *Engine) FactText(ledger *Ledger, recorded Document) (*TextAnswer, error) {
	return ask[TextAnswer](e.calling("fact_text", ledger, nil), recorded)
}

// Credential answers what the charter makes of a token. Question is a *[CredentialQuestion].
func (e *Engine) Credential(question Document) (*CredentialAnswer, error) {
	return ask[CredentialAnswer](e.calling("credential", nil, nil), question)
}

// Review gathers what a person has to see before they approve. Asked is a *[ReviewInput].
func (e *Engine) Review(ledger *Ledger, asked Document) (*ReviewAnswer, error) {
	return ask[ReviewAnswer](e.calling("review", ledger, nil), asked)
}

// CheckpointText decides again what nobody signed yet, and answers the text that keys are to sign
// with Ed25519. Keys is a *[CheckpointTextInput].
func (e *Engine) CheckpointText(ledger *Ledger, keys Document) (*TextAnswer, error) {
	return ask[TextAnswer](e.calling("checkpoint_text", ledger, nil), keys)
}

// Sign keeps a checkpoint with the signatures over it, or makes both with secret keys, and answers
// the signed checkpoint. With is a *[SignInput].
func (e *Engine) Sign(ledger *Ledger, with Document) (*SignedCheckpointAnswer, error) {
	return ask[SignedCheckpointAnswer](e.calling("sign", ledger, nil), with)
}

// Checkpoint decides again what nobody signed yet, has the host sign over it, and keeps the signed
// checkpoint. The key is the verifier key of the signer, which is an [crypto/ed25519.PrivateKey],
// or stands for one that never leaves its place.
func (e *Engine) Checkpoint(ledger *Ledger, key string, signer crypto.Signer) (*SignedCheckpointAnswer, error) {
	checkpoint, err := e.CheckpointText(ledger, &CheckpointTextInput{Keys: []string{key}})
	if err != nil {
		return nil, err
	}
	signature, err := signer.Sign(rand.Reader, []byte(checkpoint.Text), crypto.Hash(0))
	if err != nil {
		return nil, err
	}
	encoded := base64.StdEncoding.EncodeToString(signature)
	return e.Sign(ledger, &SignInput{
		Checkpoint: &checkpoint.Text,
		Signatures: []SignatureInput{{Key: key, Signature: encoded}},
	})
}

// Snapshot records what the entries add up to, so that the ledger is opened from there.
func (e *Engine) Snapshot(ledger *Ledger) (*AppendedAnswer, error) {
	return ask[AppendedAnswer](e.calling("snapshot", ledger, nil), nil)
}

// Call carries out an operation of the engine by its name: JSON text in, JSON text out. Ledger and
// plan are nil where the operation needs none.
func (e *Engine) Call(operation string, ledger *Ledger, plan *Plan, input []byte) ([]byte, error) {
	return e.calling(operation, ledger, plan)(input)
}

func (e *Engine) calling(operation string, ledger *Ledger, plan *Plan) call {
	return func(input []byte) ([]byte, error) {
		return use(e.owned(), ledger.owned(), plan.owned(),
			func(engine, ledger, plan unsafe.Pointer) ([]byte, error) {
				return engineCall(engine, ledger, plan, operation, input)
			})
	}
}

// Close frees the engine once no call is at work on it. To close it again does nothing.
func (e *Engine) Close() error {
	e.owned().close()
	return nil
}

func (e *Engine) owned() *handle {
	if e == nil {
		return nil
	}
	return e.handle.orUnopened()
}
