package poundlock

// Call carries out an operation that needs no handle by its name: JSON text in, JSON text out. The
// other functions of this package do the same with types of their own.
func Call(operation string, input []byte) ([]byte, error) {
	return callFree(operation, input)
}

func calling(operation string) call {
	return func(input []byte) ([]byte, error) {
		return callFree(operation, input)
	}
}

// Version answers the version of the library and of its engine's semantics.
func Version() (*VersionAnswer, error) {
	return read[VersionAnswer](Call("version", nil))
}

// Limits answers the bounds that hosts meet first.
func Limits() (*LimitsAnswer, error) {
	return read[LimitsAnswer](Call("limits", nil))
}

// Canonical answers the deterministic CBOR of a JSON document, and its digest.
func Canonical(document Document) (*CanonicalAnswer, error) {
	return ask[CanonicalAnswer](calling("canonical"), document)
}

// Lock answers the text of the lock file that pins packs and overlays. Packs is a *[LockInput].
func Lock(packs Document) (*LockAnswer, error) {
	return ask[LockAnswer](calling("lock"), packs)
}

// Simulate decides one step after a history of others, all in memory. Steps is a *[SimulateInput].
func Simulate(steps Document) (*SimulateAnswer, error) {
	return ask[SimulateAnswer](calling("simulate"), steps)
}

// SigningBytes answers the bytes that a person's Ed25519 key signs for an envelope. Text is a
// *[SigningBytesInput].
func SigningBytes(text Document) (*SigningBytesAnswer, error) {
	return ask[SigningBytesAnswer](calling("signing_bytes"), text)
}

// Envelope answers the DSSE envelope of a text and the signature over it. Signed is an
// *[EnvelopeInput].
func Envelope(signed Document) (*EnvelopeAnswer, error) {
	return ask[EnvelopeAnswer](calling("envelope"), signed)
}

// VerifierKey answers a public key as a ledger names it. Key is a *[VerifierKeyInput].
func VerifierKey(key Document) (*VerifierKeyAnswer, error) {
	return ask[VerifierKeyAnswer](calling("verifier_key"), key)
}

// VerifyToken answers what a token shows by a provider's rules. Token is a *[VerifyTokenInput].
func VerifyToken(token Document) (*VerifiedToken, error) {
	return ask[VerifiedToken](calling("verify_token"), token)
}

// VerifyApproval answers who signed a statement. Approval is a *[VerifyApprovalInput].
func VerifyApproval(approval Document) (*VerifiedSignature, error) {
	return ask[VerifiedSignature](calling("verify_approval"), approval)
}

// VerifyReceipt answers the entry that a receipt proves, and what it rests on. Receipt is a
// *[VerifyReceiptInput].
func VerifyReceipt(receipt Document) (*VerifyReceiptAnswer, error) {
	return ask[VerifyReceiptAnswer](calling("verify_receipt"), receipt)
}

// VerifyCheckpoint answers what a signed checkpoint says. Checkpoint is a *[VerifyCheckpointInput].
func VerifyCheckpoint(checkpoint Document) (*CheckpointAnswer, error) {
	return ask[CheckpointAnswer](calling("verify_checkpoint"), checkpoint)
}

// VerifyFork answers the two checkpoints that a proof shows to contradict each other. Proof is a
// *[VerifyForkInput].
func VerifyFork(proof Document) (*VerifyForkAnswer, error) {
	return ask[VerifyForkAnswer](calling("verify_fork"), proof)
}
