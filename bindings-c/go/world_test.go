package poundlock_test

import (
	"testing"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

const storage = `
pack: storage
version: 1.0.0
policies:
  - name: buckets-are-named
    description: A bucket needs a name of its own.
    match: { resources: [aws_s3_bucket] }
    validations: [{ expression: object.bucket.startsWith('acme-') }]
`

const buckets = `{"resources":[
	{"type":"aws_s3_bucket","address":"aws_s3_bucket.logs","object":{"bucket":"logs"}},
	{"type":"aws_s3_bucket","address":"aws_s3_bucket.data","object":{"bucket":"acme-data"}}
]}`

const models = `
charter: models
version: 1.0.0
unmatched: deny
identity: asserted
actors:
  - { actor: scanner, kind: workload }
  - { actor: deployer, kind: workload }
gates: [{ gate: card, about: artifact, producers: [scanner], maxAge: 24h }]
tracks:
  - track: models
    moves: artifact
    stages: [{ stage: registry, grants: { promote: [deployer] } }]
    boundaries: [{ into: registry, gates: [card] }]
`

const (
	noPacks = "lock: 1\npacks: []\n"
	model   = "sha256:9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4"
	origin  = "acme.example/models"
)

func evidence(id string) *poundlock.Fact {
	artifact := model
	return &poundlock.Fact{
		ID:      id,
		At:      "2026-03-02T09:00:00Z",
		Actor:   poundlock.Actor{Kind: poundlock.ActorKindWorkload, ID: "scanner"},
		Channel: poundlock.ChannelCi,
		Fact: poundlock.FactKind{Evidence: &poundlock.Evidence{
			Gate:     "card",
			About:    poundlock.About{Artifact: &artifact},
			Result:   poundlock.EvidenceResultPass,
			Produced: "2026-03-02T09:00:00Z",
		}},
	}
}

func promotion(id string) *poundlock.Request {
	return &poundlock.Request{
		ID:      id,
		At:      "2026-03-02T09:01:00Z",
		Action:  poundlock.ActionPromote,
		Actor:   poundlock.Actor{Kind: poundlock.ActorKindWorkload, ID: "deployer"},
		Channel: poundlock.ChannelCi,
		Stage:   "registry",
		Asset:   "model",
		Subject: poundlock.Subject{Artifact: &poundlock.Artifact{Digest: model, Author: "alice"}},
		Reason:  "a new model",
	}
}

// must returns what a call answers, and fails where it answers nothing.
func must[T any](answer T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

// closing closes what a test opened.
func closing[T interface{ Close() error }](t testing.TB, opened T) T {
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened
}

// begun is an engine with a ledger in memory that its law governs.
func begun(t testing.TB, keys ...string) (*poundlock.Engine, *poundlock.Ledger) {
	t.Helper()
	engine := closing(t, must(poundlock.NewEngine([]byte(models), []byte(noPacks)))(t))
	ledger := closing(t, must(poundlock.LedgerInMemory())(t))
	must(engine.Begin(ledger, &poundlock.BeginInput{
		Origin: origin, Keys: keys, At: "2026-03-02T08:00:00Z",
	}))(t)
	return engine, ledger
}

// some is a value that may be absent, and is there.
func some[T any](value T) *T {
	return &value
}
