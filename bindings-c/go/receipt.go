package poundlock

// Receipt is the proof that an entry is in a ledger, to be verified without that ledger.
type Receipt struct {
	proof string
	text
}

// NewReceipt takes the text of a receipt. Whether it proves anything, Verify says.
func NewReceipt(text string) *Receipt {
	return &Receipt{proof: text}
}

// Text is the receipt's text, to be handed on as it is.
func (r *Receipt) Text() string {
	return r.proof
}

// Verify answers the entry that the receipt proves, and what it rests on. How says which keys are
// trusted, and what else is expected; its receipt is this one, whatever it says.
func (r *Receipt) Verify(how VerifyReceiptInput) (*VerifyReceiptAnswer, error) {
	how.Receipt = r.proof
	return VerifyReceipt(how)
}
