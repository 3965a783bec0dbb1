package poundlock

import (
	"iter"
	"unsafe"
)

// Ledger is the append-only chain of what was decided and recorded. Any number of goroutines may
// use it at once.
type Ledger struct {
	handle *handle
}

// LedgerCreate makes a new ledger in a directory, which must not hold one yet.
func LedgerCreate(directory string) (*Ledger, error) {
	return inDirectory(directory, LedgerModeCreate)
}

// LedgerOpen opens the ledger in a directory, to read it and to append to it.
func LedgerOpen(directory string) (*Ledger, error) {
	return inDirectory(directory, LedgerModeOpen)
}

// LedgerOpenReadOnly opens the ledger in a directory, and never writes to it.
func LedgerOpenReadOnly(directory string) (*Ledger, error) {
	return inDirectory(directory, LedgerModeReadOnly)
}

// LedgerInMemory makes a ledger that is gone when it is closed.
func LedgerInMemory() (*Ledger, error) {
	memory := true
	return openLedger(LedgerInput{Memory: &memory})
}

func inDirectory(directory string, mode LedgerMode) (*Ledger, error) {
	return openLedger(LedgerInput{Directory: &directory, Mode: &mode})
}

func openLedger(how LedgerInput) (*Ledger, error) {
	input, err := write(how)
	if err != nil {
		return nil, err
	}
	ledger, err := ledgerOpen(input)
	if err != nil {
		return nil, err
	}
	return &Ledger{newHandle(ledger, ledgerFree)}, nil
}

// Head answers the size of the ledger and what its entries add up to.
func (l *Ledger) Head() (*HeadAnswer, error) {
	return read[HeadAnswer](l.Call("head", nil))
}

// Status answers what the entries add up to.
func (l *Ledger) Status() (*Status, error) {
	return read[Status](l.Call("status", nil))
}

// Notices answers what opening and appending found and did, for people.
func (l *Ledger) Notices() (*NoticesAnswer, error) {
	return read[NoticesAnswer](l.Call("notices", nil))
}

// Entries are the entries that are wanted, or all of them where that is nil. They are read page by
// page, as they are asked for; the limit is that of a page. After an error there are no more.
func (l *Ledger) Entries(wanted *EntriesInput) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		var next EntriesInput
		if wanted != nil {
			next = *wanted
		}
		for {
			page, err := l.Page(next)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Entries {
				if !yield(&page.Entries[i], nil) {
					return
				}
			}
			if page.Next == nil {
				return
			}
			next.From = page.Next
		}
	}
}

// Page answers some of the entries that are wanted, and where to go on. Wanted is an
// *[EntriesInput], or nil for all of them.
func (l *Ledger) Page(wanted Document) (*EntriesAnswer, error) {
	return ask[EntriesAnswer](l.calling("entries"), wanted)
}

// Attachment answers the bytes of an attachment by its digest, in hexadecimal digits; none where it
// was erased, or never was.
func (l *Ledger) Attachment(digest string) (*AttachmentAnswer, error) {
	return ask[AttachmentAnswer](l.calling("attachment"), &AttachmentInput{digest})
}

// Verify verifies every byte of the ledger. How is a *[VerifyInput], or nil for its defaults.
func (l *Ledger) Verify(how Document) (*VerifiedAnswer, error) {
	return ask[VerifiedAnswer](l.calling("verify"), how)
}

// Checkpoint answers the signed checkpoint that is kept, if there is one.
func (l *Ledger) Checkpoint() (*SignedCheckpointAnswer, error) {
	return read[SignedCheckpointAnswer](l.Call("checkpoint", nil))
}

// PutCheckpoint keeps a signed checkpoint of this ledger, and answers the one that is kept then.
func (l *Ledger) PutCheckpoint(checkpoint string) (*SignedCheckpointAnswer, error) {
	input := &CheckpointInput{checkpoint}
	return ask[SignedCheckpointAnswer](l.calling("put_checkpoint"), input)
}

// Report verifies the whole ledger, and counts what lies in a period: from one instant on, until before another.
func (l *Ledger) Report(period Document) (*ReportAnswer, error) {
	return ask[ReportAnswer](l.calling("report"), period)
}

// ForkProof answers a proof that a signed checkpoint and the one that is kept cannot both be true,
// if there is one.
func (l *Ledger) ForkProof(checkpoint string) (*ForkAnswer, error) {
	return ask[ForkAnswer](l.calling("fork_proof"), &CheckpointInput{checkpoint})
}

// Receipt proves an entry, by its sequence number, under the signed checkpoint that is kept.
func (l *Ledger) Receipt(sequence uint64) (*Receipt, error) {
	answer, err := ask[ReceiptAnswer](l.calling("receipt"), &ReceiptInput{sequence})
	if err != nil {
		return nil, err
	}
	return &Receipt{proof: answer.Receipt, text: answer.text}, nil
}

// Call carries out an operation on the ledger by its name: JSON text in, JSON text out.
func (l *Ledger) Call(operation string, input []byte) ([]byte, error) {
	return l.calling(operation)(input)
}

func (l *Ledger) calling(operation string) call {
	return func(input []byte) ([]byte, error) {
		return use(l.owned(), nil, nil, func(ledger, _, _ unsafe.Pointer) ([]byte, error) {
			return ledgerCall(ledger, operation, input)
		})
	}
}

// Close lets go of the ledger once no call is at work on it. To close it again does nothing.
func (l *Ledger) Close() error {
	l.owned().close()
	return nil
}

func (l *Ledger) owned() *handle {
	if l == nil {
		return nil
	}
	return l.handle.orUnopened()
}
