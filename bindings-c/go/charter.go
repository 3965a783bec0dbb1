package poundlock

// Charter is who may do and record what, where: a document that makes sense as a whole.
type Charter struct {
	about *CharterAnswer
}

// NewCharter reads a charter, in YAML.
func NewCharter(text []byte) (*Charter, error) {
	about, err := ask[CharterAnswer](calling("charter"), &CharterInput{string(text)})
	if err != nil {
		return nil, err
	}
	return &Charter{about}, nil
}

// Name is the charter's name.
func (c *Charter) Name() string {
	return c.about.Name
}

// Version is the charter's version, for people.
func (c *Charter) Version() string {
	return c.about.Version
}

// Digest is the digest over the charter's canonical form. The law of a ledger has one of its own,
// over the packs as well.
func (c *Charter) Digest() string {
	return c.about.Digest
}

// Document is what the charter says, with every default filled in.
func (c *Charter) Document() CharterDocument {
	return c.about.Document
}

// JSON is all of that, as the library wrote it.
func (c *Charter) JSON() []byte {
	return c.about.JSON()
}
