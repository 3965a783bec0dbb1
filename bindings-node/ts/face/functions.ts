// What needs nothing but its input.

import type * as documents from '../documents'
import { type Answer, answer } from './document'
import { async, sync } from './errors'
import { type Input, NOTHING, handedIn } from './input'
import { native } from './native'

/**
 * Carries out a free operation of the contract by its name and answers the library's own text, in JSON.
 *
 * @throws {PoundlockError} `input.invalid_value` where there is no such operation, and what it reports itself.
 */
export function call(operation: string, input: Input<object> = NOTHING): string {
  const given = handedIn(input)
  return sync(() => native.call(operation, given))
}

/** As `call`, in another thread. */
export function callAsync(operation: string, input: Input<object> = NOTHING): Promise<string> {
  return async(() => native.callAsync(operation, handedIn(input)))
}

/** The version of the library, and of its engine's semantics. */
export function version(): Answer<documents.VersionAnswer> {
  return answer(call('version'))
}

/** The bounds that hosts meet first. */
export function limits(): Answer<documents.LimitsAnswer> {
  return answer(call('limits'))
}

/** The deterministic CBOR of a document, in hexadecimal digits, and its digest. */
export function canonical(document: Input<object>): Answer<documents.CanonicalAnswer> {
  return answer(call('canonical', document))
}

/** Reads a charter: its name, version and digest, and what it says with every default filled in. */
export function charter(input: Input<documents.CharterInput>): Answer<documents.CharterAnswer> {
  return answer(call('charter', input))
}

/** The text of the lock file that pins packs and overlays. */
export function lock(input: Input<documents.LockInput>): Answer<documents.LockAnswer> {
  return answer(call('lock', input))
}

/** Decides a history and one step more, in memory: the admission, the bytes of its entry, the status after it. */
export function simulate(input: Input<documents.SimulateInput>): Answer<documents.SimulateAnswer> {
  return answer(call('simulate', input))
}

/** As `simulate`, in another thread. */
export async function simulateAsync(
  input: Input<documents.SimulateInput>,
): Promise<Answer<documents.SimulateAnswer>> {
  return answer(await callAsync('simulate', input))
}

/** What a token shows, verified offline by a provider's rules. */
export function verifyToken(input: Input<documents.VerifyTokenInput>): Answer<documents.VerifiedToken> {
  return answer(call('verify_token', input))
}

/** The bytes that an Ed25519 key signs for a DSSE envelope around a text. */
export function signingBytes(input: Input<documents.SigningBytesInput>): Answer<documents.SigningBytesAnswer> {
  return answer(call('signing_bytes', input))
}

/** The DSSE envelope around a text and its signature. */
export function envelope(input: Input<documents.EnvelopeInput>): Answer<documents.EnvelopeAnswer> {
  return answer(call('envelope', input))
}

/** Who signed a statement, by the keys that count. */
export function verifyApproval(input: Input<documents.VerifyApprovalInput>): Answer<documents.VerifiedSignature> {
  return answer(call('verify_approval', input))
}

/** The text of a verifier key. */
export function verifierKey(input: Input<documents.VerifierKeyInput>): Answer<documents.VerifierKeyAnswer> {
  return answer(call('verifier_key', input))
}

/** Verifies a receipt: the entry that it vouches for. */
export function verifyReceipt(
  input: Input<documents.VerifyReceiptInput>,
): Answer<documents.VerifyReceiptAnswer> {
  return answer(call('verify_receipt', input))
}

/** Verifies a signed checkpoint. */
export function verifyCheckpoint(
  input: Input<documents.VerifyCheckpointInput>,
): Answer<documents.CheckpointAnswer> {
  return answer(call('verify_checkpoint', input))
}

/** Verifies a proof that two checkpoints of one ledger cannot both be true. */
export function verifyFork(input: Input<documents.VerifyForkInput>): Answer<documents.VerifyForkAnswer> {
  return answer(call('verify_fork', input))
}
