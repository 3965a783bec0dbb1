import type * as documents from '../documents';
import { type Answer } from './document';
import { Admission, Decision } from './documents';
import { Handle } from './handle';
import { type Input, type Text } from './input';
import type { Ledger } from './ledger';
import type { Plan } from './plan';
/** How an engine works. */
export interface EngineOptions {
    /** In how many threads policies are evaluated; one unless this says otherwise. What is decided does not depend on it. */
    threads?: number;
}
/** What may be handed in beside a request or fact. */
export interface Credentials {
    /**
     * The token of whoever asks, and the keys of its issuer. The host chooses the keys: they are never part of
     * the request.
     */
    credential?: Input<documents.CredentialInput>;
}
/** What may be handed in beside a request. */
export interface RequestOptions extends Credentials {
    /** The plan that it is about. */
    plan?: Plan;
}
/** What may be handed in beside a request that is only decided. */
export interface DecideOptions extends RequestOptions {
    /** The ledger against which it is decided; none means that nothing was recorded before. */
    ledger?: Ledger;
}
/** What may be handed in beside a fact. */
export interface FactOptions extends Credentials {
    /** For an amendment that replaces the charter: the engine of the new one. */
    law?: Engine;
}
/** Signs bytes with an Ed25519 key and answers the 64 bytes of the signature. */
export type Signer = (bytes: Uint8Array) => Uint8Array;
/** The same, when the key is elsewhere. */
export type AsyncSigner = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
/** A charter with its packs, ready to decide. It may be used for any number of calls at once. */
export declare class Engine extends Handle {
    #private;
    /**
     * @param charter The charter, in YAML.
     * @param lock The lock file, in YAML.
     * @param packs The packs and overlays, in YAML, in any order.
     * @throws {PoundlockError} `input.…`, `charter.…` and `policy.…`.
     */
    constructor(charter: Text, lock: Text, packs: Iterable<Text>, options?: EngineOptions);
    /**
     * Reads a charter with what lies beside it: its lock file (`charter.lock` for `charter.yaml`), `packs/*.yaml` and
     * `overlays/*.yaml`.
     *
     * @throws {PoundlockError} `io` for a file that cannot be read, and as the constructor.
     */
    static load(path: string, options?: EngineOptions): Engine;
    /** As `load`, in other threads. */
    static loadAsync(path: string, options?: EngineOptions): Promise<Engine>;
    /** The engine of the charter that governs a ledger, from the texts that are kept beside it. */
    static ofLedger(ledger: Ledger): Engine;
    /** As `ofLedger`, in another thread. */
    static ofLedgerAsync(ledger: Ledger): Promise<Engine>;
    /**
     * Decides a request and records nothing. A denial is an answer.
     *
     * @throws {PoundlockError} `input.…` for a request that is malformed, `charter.mismatch` for a ledger that another
     *   charter governs.
     */
    decide(request: Input<documents.Request>, options?: DecideOptions): Decision;
    /** As `decide`, in another thread. */
    decideAsync(request: Input<documents.Request>, options?: DecideOptions): Promise<Decision>;
    /**
     * Decides a request and records the decision. The answer exists only once its entry is durable; after an error
     * nothing may be acted upon.
     *
     * @throws {PoundlockError} as `decide`; `ledger.…` and `io`.
     */
    admit(ledger: Ledger, request: Input<documents.Request>, options?: RequestOptions): Admission;
    /** As `admit`, in another thread. Requests that wait together share one sync to the disk. */
    admitAsync(ledger: Ledger, request: Input<documents.Request>, options?: RequestOptions): Promise<Admission>;
    /**
     * Records a fact, or the refusal to record it.
     *
     * @throws {PoundlockError} as `admit`.
     */
    record(ledger: Ledger, fact: Input<documents.Fact>, options?: FactOptions): Admission;
    /** As `record`, in another thread. */
    recordAsync(ledger: Ledger, fact: Input<documents.Fact>, options?: FactOptions): Promise<Admission>;
    /** The charter's name and version, and its law. */
    describe(): Answer<documents.EngineAnswer>;
    /** Judges a plan by the charter's packs, or by those of a stage; nothing is recorded. */
    check(plan: Plan, options?: Input<documents.CheckInput>): Answer<documents.PlanReport>;
    /** As `check`, in another thread. */
    checkAsync(plan: Plan, options?: Input<documents.CheckInput>): Promise<Answer<documents.PlanReport>>;
    /** Writes the first entry of a ledger: its origin, its keys and its law. */
    begin(ledger: Ledger, input: Input<documents.BeginInput>): Answer<documents.AppendedAnswer>;
    /** As `begin`, in another thread. */
    beginAsync(ledger: Ledger, input: Input<documents.BeginInput>): Promise<Answer<documents.AppendedAnswer>>;
    /** The text that a person signs to ask for something. */
    requestText(ledger: Ledger, input: Input<documents.RequestTextInput>, options?: {
        plan?: Plan;
    }): Answer<documents.TextAnswer>;
    /** The text that a person signs to record a fact. */
    factText(ledger: Ledger, input: Input<documents.FactTextInput>): Answer<documents.TextAnswer>;
    /** What a token shows under this charter. */
    credential(input: Input<documents.CredentialQuestion>): Answer<documents.CredentialAnswer>;
    /** What a person has to see before they approve. */
    review(ledger: Ledger, input: Input<documents.ReviewInput>): Answer<documents.ReviewAnswer>;
    /** As `review`, in another thread. */
    reviewAsync(ledger: Ledger, input: Input<documents.ReviewInput>): Promise<Answer<documents.ReviewAnswer>>;
    /** Decides again what nobody signed yet, and answers the text that keys are to sign. */
    checkpointText(ledger: Ledger, input: Input<documents.CheckpointTextInput>): Answer<documents.TextAnswer>;
    /** As `checkpointText`, in another thread. */
    checkpointTextAsync(ledger: Ledger, input: Input<documents.CheckpointTextInput>): Promise<Answer<documents.TextAnswer>>;
    /** Takes the text and its signatures, or secret keys to do both, and keeps the signed checkpoint. */
    sign(ledger: Ledger, input: Input<documents.SignInput>): Answer<documents.SignedCheckpointAnswer>;
    /** As `sign`, in another thread. */
    signAsync(ledger: Ledger, input: Input<documents.SignInput>): Promise<Answer<documents.SignedCheckpointAnswer>>;
    /**
     * Signs what the ledger holds now with a key of the host's own: decides again what nobody signed yet, has the
     * checkpoint's bytes signed, and keeps it.
     *
     * @param key The verifier key.
     * @param signer Answers the Ed25519 signature.
     * @throws {PoundlockError} `entry.undecided` for an entry that is not what is decided now; and whatever the signer throws.
     */
    checkpoint(ledger: Ledger, key: string, signer: Signer): Answer<documents.SignedCheckpointAnswer>;
    /** As `checkpoint`, in another thread but for the signer, which may answer a promise. */
    checkpointAsync(ledger: Ledger, key: string, signer: AsyncSigner): Promise<Answer<documents.SignedCheckpointAnswer>>;
    /** Records what the entries add up to, so that the ledger is opened from there. */
    snapshot(ledger: Ledger): Answer<documents.AppendedAnswer>;
    /** As `snapshot`, in another thread. */
    snapshotAsync(ledger: Ledger): Promise<Answer<documents.AppendedAnswer>>;
}
