import type * as documents from '../documents';
import { type Answer } from './document';
import { type Input } from './input';
/**
 * Carries out a free operation of the contract by its name and answers the library's own text, in JSON.
 *
 * @throws {PoundlockError} `input.invalid_value` where there is no such operation, and what it reports itself.
 */
export declare function call(operation: string, input?: Input<object>): string;
/** As `call`, in another thread. */
export declare function callAsync(operation: string, input?: Input<object>): Promise<string>;
/** The version of the library, and of its engine's semantics. */
export declare function version(): Answer<documents.VersionAnswer>;
/** The bounds that hosts meet first. */
export declare function limits(): Answer<documents.LimitsAnswer>;
/** The deterministic CBOR of a document, in hexadecimal digits, and its digest. */
export declare function canonical(document: Input<object>): Answer<documents.CanonicalAnswer>;
/** Reads a charter: its name, version and digest, and what it says with every default filled in. */
export declare function charter(input: Input<documents.CharterInput>): Answer<documents.CharterAnswer>;
/** The text of the lock file that pins packs and overlays. */
export declare function lock(input: Input<documents.LockInput>): Answer<documents.LockAnswer>;
/** Decides a history and one step more, in memory: the admission, the bytes of its entry, the status after it. */
export declare function simulate(input: Input<documents.SimulateInput>): Answer<documents.SimulateAnswer>;
/** As `simulate`, in another thread. */
export declare function simulateAsync(input: Input<documents.SimulateInput>): Promise<Answer<documents.SimulateAnswer>>;
/** What a token shows, verified offline by a provider's rules. */
export declare function verifyToken(input: Input<documents.VerifyTokenInput>): Answer<documents.VerifiedToken>;
/** The bytes that an Ed25519 key signs for a DSSE envelope around a text. */
export declare function signingBytes(input: Input<documents.SigningBytesInput>): Answer<documents.SigningBytesAnswer>;
/** The DSSE envelope around a text and its signature. */
export declare function envelope(input: Input<documents.EnvelopeInput>): Answer<documents.EnvelopeAnswer>;
/** Who signed a statement, by the keys that count. */
export declare function verifyApproval(input: Input<documents.VerifyApprovalInput>): Answer<documents.VerifiedSignature>;
/** The text of a verifier key. */
export declare function verifierKey(input: Input<documents.VerifierKeyInput>): Answer<documents.VerifierKeyAnswer>;
/** Verifies a receipt: the entry that it vouches for. */
export declare function verifyReceipt(input: Input<documents.VerifyReceiptInput>): Answer<documents.VerifyReceiptAnswer>;
/** Verifies a signed checkpoint. */
export declare function verifyCheckpoint(input: Input<documents.VerifyCheckpointInput>): Answer<documents.CheckpointAnswer>;
/** Verifies a proof that two checkpoints of one ledger cannot both be true. */
export declare function verifyFork(input: Input<documents.VerifyForkInput>): Answer<documents.VerifyForkAnswer>;
