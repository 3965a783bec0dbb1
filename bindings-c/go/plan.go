package poundlock

import "unsafe"

// Plan is what a tool means to change: resource by resource, as policies see it. Any number of
// goroutines may use it at once.
type Plan struct {
	handle *handle
}

// Part is a plan with the name that its resources get when it is joined with others.
type Part struct {
	Name string
	Plan *Plan
}

// PlanTerraform reads what `terraform show -json` prints. The nonce, 64 hexadecimal digits, blinds
// the plan's digest, and stays beside the plan. There is one, or none: then the plan can be
// checked, and not be decided on.
func PlanTerraform(document []byte, nonce ...string) (*Plan, error) {
	return planOf(PlanFormatTerraform, document, nonce)
}

// PlanPulumi reads what `pulumi preview --json` prints, or `pulumi stack export`, which can be
// checked only. The nonce is that of PlanTerraform.
func PlanPulumi(document []byte, nonce ...string) (*Plan, error) {
	return planOf(PlanFormatPulumi, document, nonce)
}

func planOf(format PlanFormat, document []byte, nonce []string) (*Plan, error) {
	if len(nonce) > 1 {
		return nil, failure(CodeInputInvalidValue, "a plan has one nonce at most")
	}
	options := PlanOptions{Format: format}
	for _, digits := range nonce {
		options.Nonce = &digits
	}
	return readPlan(options, document)
}

// PlanKubernetes reads manifests, YAML of any number of documents or JSON, or what an admission
// webhook is asked. Their types are those of Pulumi's objects, such as
// `kubernetes:apps/v1:Deployment`. They can be checked, and not be decided on.
func PlanKubernetes(document []byte) (*Plan, error) {
	return readPlan(PlanOptions{Format: PlanFormatKubernetes}, document)
}

// PlanResources reads a list of resources, as JSON: each with its type, and what is to become of
// it.
func PlanResources(document Document) (*Plan, error) {
	resources, err := write(document)
	if err != nil {
		return nil, err
	}
	return readPlan(PlanOptions{Format: PlanFormatResources}, resources)
}

func readPlan(options PlanOptions, document []byte) (*Plan, error) {
	written, err := write(options)
	if err != nil {
		return nil, err
	}
	plan, err := planRead(written, document)
	if err != nil {
		return nil, err
	}
	return newPlan(plan), nil
}

func newPlan(plan unsafe.Pointer) *Plan {
	return &Plan{newHandle(plan, planFree)}
}

// PlanJoin makes one plan of several, so that they are decided on together. Their names are
// different ones.
func PlanJoin(parts ...Part) (*Plan, error) {
	names := make([]string, len(parts))
	plans := make([]unsafe.Pointer, len(parts))
	for i, part := range parts {
		plan, err := part.Plan.owned().hold()
		if err != nil {
			return nil, err
		}
		defer part.Plan.owned().letGo()
		names[i], plans[i] = part.Name, plan
	}
	list, err := write(names)
	if err != nil {
		return nil, err
	}
	plan, err := planJoin(list, plans)
	if err != nil {
		return nil, err
	}
	return newPlan(plan), nil
}

// Describe answers digest, tool, counts, and what is to be done to each resource.
func (p *Plan) Describe() (*PlanAnswer, error) {
	return read[PlanAnswer](p.Call("describe", nil))
}

// Digest is the digest that approvals and permits bind.
func (p *Plan) Digest() (string, error) {
	plan, err := p.Describe()
	if err != nil {
		return "", err
	}
	return plan.Digest, nil
}

// Counts says how many resources the plan touches, and how.
func (p *Plan) Counts() (PlanCounts, error) {
	plan, err := p.Describe()
	if err != nil {
		return PlanCounts{}, err
	}
	return plan.Counts, nil
}

// Call carries out an operation on the plan by its name: JSON text in, JSON text out.
func (p *Plan) Call(operation string, input []byte) ([]byte, error) {
	return use(p.owned(), nil, nil, func(plan, _, _ unsafe.Pointer) ([]byte, error) {
		return planCall(plan, operation, input)
	})
}

// Close frees the plan once no call is at work on it. To close it again does nothing.
func (p *Plan) Close() error {
	p.owned().close()
	return nil
}

func (p *Plan) owned() *handle {
	if p == nil {
		return nil
	}
	return p.handle.orUnopened()
}
