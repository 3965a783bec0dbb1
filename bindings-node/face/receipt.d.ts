import type * as documents from '../documents';
import { type Answer } from './document';
import { type Text } from './input';
/** Proof that an entry is in a ledger: the entry, an inclusion proof, and a signed checkpoint. */
export declare class Receipt {
    /** The receipt's text. */
    readonly text: string;
    /** The same as an answer of the library, in JSON. */
    readonly json: string;
    /** @param text The text of a receipt. It is looked at when it is verified. */
    constructor(text: Text);
    /**
     * Verifies it offline.
     *
     * @param keys The trusted keys, as verifier keys.
     * @param options How many of them must have signed, which ledger is expected, and what the entry must permit.
     * @throws {PoundlockError} `proof.…` and `checkpoint.…` for whatever is not proven.
     */
    verify(keys: readonly string[], options?: Omit<documents.VerifyReceiptInput, 'receipt' | 'keys'>): Answer<documents.VerifyReceiptAnswer>;
    /** The plain form. */
    toJSON(): {
        receipt: string;
    };
}
