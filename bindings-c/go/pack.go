package poundlock

import (
	"slices"
	"unsafe"
)

// PolicyPack is a versioned set of policies. Any number of goroutines may use it at once.
type PolicyPack struct {
	handle *handle
	about  *PackAnswer
}

// NewPolicyPack reads a pack, in YAML, and lays the overlays over it in turn.
func NewPolicyPack(text []byte, overlays ...[]byte) (*PolicyPack, error) {
	layers := make([]string, len(overlays))
	for i, overlay := range overlays {
		layers[i] = string(overlay)
	}
	input, err := write(&PackInput{Pack: string(text), Overlays: layers})
	if err != nil {
		return nil, err
	}
	pack, err := packParse(input)
	if err != nil {
		return nil, err
	}
	read := &PolicyPack{handle: newHandle(pack, packFree)}
	if read.about, err = read.Describe(); err != nil {
		read.handle.close()
		return nil, err
	}
	return read, nil
}

// Name is the pack's name.
func (p *PolicyPack) Name() string {
	return p.about.Name
}

// Version is the pack's version.
func (p *PolicyPack) Version() string {
	return p.about.Version
}

// Digest is the digest over the pack's canonical form, which a lock file pins.
func (p *PolicyPack) Digest() string {
	return p.about.Digest
}

// Policies are the pack's policies, in the order of the document.
func (p *PolicyPack) Policies() []PolicyAnswer {
	return slices.Clone(p.about.Policies)
}

// Describe answers what the pack is.
func (p *PolicyPack) Describe() (*PackAnswer, error) {
	return read[PackAnswer](p.Call("describe", nil, nil))
}

// Lint answers what is allowed in a pack but unwise.
func (p *PolicyPack) Lint() (*LintAnswer, error) {
	return read[LintAnswer](p.Call("lint", nil, nil))
}

// Test runs the pack's own tests.
func (p *PolicyPack) Test() (*TestAnswer, error) {
	return read[TestAnswer](p.Call("test", nil, nil))
}

// Check judges a plan by the pack, and records nothing. How is a *[CheckInput], or nil for its
// defaults. No actor and no request are known: a policy that reads them fails.
func (p *PolicyPack) Check(plan *Plan, how Document) (*PlanReport, error) {
	return ask[PlanReport](func(input []byte) ([]byte, error) {
		return p.Call("check", plan, input)
	}, how)
}

// Call carries out an operation on the pack by its name: JSON text in, JSON text out. The plan is
// nil where the operation needs none.
func (p *PolicyPack) Call(operation string, plan *Plan, input []byte) ([]byte, error) {
	return use(p.owned(), plan.owned(), nil,
		func(pack, plan, _ unsafe.Pointer) ([]byte, error) {
			return packCall(pack, plan, operation, input)
		})
}

// Close frees the pack once no call is at work on it. To close it again does nothing.
func (p *PolicyPack) Close() error {
	p.owned().close()
	return nil
}

func (p *PolicyPack) owned() *handle {
	if p == nil {
		return nil
	}
	return p.handle.orUnopened()
}
