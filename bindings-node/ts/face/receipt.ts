// Receipts.

import type * as documents from '../documents'
import { type Answer, answer } from './document'
import { sync } from './errors'
import { type Text, json, textOf } from './input'
import { native } from './native'

/** Proof that an entry is in a ledger: the entry, an inclusion proof, and a signed checkpoint. */
export class Receipt {
  /** The receipt's text. */
  readonly text: string
  /** The same as an answer of the library, in JSON. */
  readonly json: string

  /** @param text The text of a receipt. It is looked at when it is verified. */
  constructor(text: Text) {
    this.text = textOf(text)
    this.json = json({ receipt: this.text })
  }

  /**
   * Verifies it offline.
   *
   * @param keys The trusted keys, as verifier keys.
   * @param options How many of them must have signed, which ledger is expected, and what the entry must permit.
   * @throws {PoundlockError} `proof.…` and `checkpoint.…` for whatever is not proven.
   */
  verify(
    keys: readonly string[],
    options: Omit<documents.VerifyReceiptInput, 'receipt' | 'keys'> = {},
  ): Answer<documents.VerifyReceiptAnswer> {
    const input = json({ ...options, receipt: this.text, keys })
    return answer(sync(() => native.call('verify_receipt', input)))
  }

  /** The plain form. */
  toJSON(): { receipt: string } {
    return { receipt: this.text }
  }
}
