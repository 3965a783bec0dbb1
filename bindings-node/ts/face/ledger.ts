// Ledgers.

import type * as documents from '../documents'
import type * as Native from '../native'
import { type Answer, answer, part } from './document'
import { Entry, Status } from './documents'
import { async, sync } from './errors'
import { Handle, nativeOf } from './handle'
import { type Input, NOTHING, handedIn, json } from './input'
import { native } from './native'
import { Receipt } from './receipt'

/**
 * A ledger. It may be used by any number of threads and processes at once. `close` lets its files go, as
 * does the end of a block with `using`.
 */
export class Ledger extends Handle {
  private constructor(ledger: Native.Ledger) {
    super(ledger)
  }

  /** Makes an empty ledger in a directory that is empty or absent. */
  static create(directory: string): Ledger {
    return Ledger.#open({ directory, mode: 'create' })
  }

  /** As `create`, in another thread. */
  static createAsync(directory: string): Promise<Ledger> {
    return Ledger.#openAsync({ directory, mode: 'create' })
  }

  /** Opens the ledger in a directory, to read and to write. */
  static open(directory: string): Ledger {
    return Ledger.#open({ directory, mode: 'open' })
  }

  /** As `open`, in another thread. */
  static openAsync(directory: string): Promise<Ledger> {
    return Ledger.#openAsync({ directory, mode: 'open' })
  }

  /** Opens the ledger in a directory without ever changing a file. */
  static openReadOnly(directory: string): Ledger {
    return Ledger.#open({ directory, mode: 'readOnly' })
  }

  /** As `openReadOnly`, in another thread. */
  static openReadOnlyAsync(directory: string): Promise<Ledger> {
    return Ledger.#openAsync({ directory, mode: 'readOnly' })
  }

  /** Makes an empty ledger in memory, for tests and dry runs. */
  static inMemory(): Ledger {
    return Ledger.#open({ memory: true })
  }

  static #open(input: object): Ledger {
    return new Ledger(sync(() => native.Ledger.open(json(input))))
  }

  static async #openAsync(input: object): Promise<Ledger> {
    return new Ledger(await async(() => native.Ledger.openAsync(json(input))))
  }

  /** How many entries there are, and what they add up to. */
  head(): Answer<documents.HeadAnswer> {
    return answer(this.#call('head', NOTHING))
  }

  /** As `head`, in another thread. */
  async headAsync(): Promise<Answer<documents.HeadAnswer>> {
    return answer(await this.#callAsync('head', NOTHING))
  }

  /** A page of entries; its `next` says where to go on. */
  entries(options: Input<documents.EntriesInput> = NOTHING): Answer<documents.EntriesAnswer> {
    return answer(this.#call('entries', options))
  }

  /** As `entries`, in another thread. */
  async entriesAsync(options: Input<documents.EntriesInput> = NOTHING): Promise<Answer<documents.EntriesAnswer>> {
    return answer(await this.#callAsync('entries', options))
  }

  /** All entries, from the first to the last that there is when they are reached. */
  *[Symbol.iterator](): IterableIterator<Entry> {
    let from: number | undefined = 0
    while (from !== undefined) {
      const page: Answer<documents.EntriesAnswer> = this.entries({ from })
      yield* page.entries.map(part(Entry))
      from = page.next
    }
  }

  /** All entries, read page by page in another thread. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Entry> {
    let from: number | undefined = 0
    while (from !== undefined) {
      const page: Answer<documents.EntriesAnswer> = await this.entriesAsync({ from })
      yield* page.entries.map(part(Entry))
      from = page.next
    }
  }

  /** The attachment of a digest, in hexadecimal digits; null where it is not there. */
  attachment(digest: string): Answer<documents.AttachmentAnswer> {
    return answer(this.#call('attachment', { digest }))
  }

  /** As `attachment`, in another thread. */
  async attachmentAsync(digest: string): Promise<Answer<documents.AttachmentAnswer>> {
    return answer(await this.#callAsync('attachment', { digest }))
  }

  /** What the entries add up to: what is deployed, approved, owed and open. */
  status(): Status {
    return new Status(this.#call('status', NOTHING))
  }

  /** As `status`, in another thread. */
  async statusAsync(): Promise<Status> {
    return new Status(await this.#callAsync('status', NOTHING))
  }

  /** Verifies every byte. What is not sound is an error; a rolled back ledger is found by `since` alone. */
  verify(options: Input<documents.VerifyInput> = NOTHING): Answer<documents.VerifiedAnswer> {
    return answer(this.#call('verify', options))
  }

  /** As `verify`, in another thread. */
  async verifyAsync(options: Input<documents.VerifyInput> = NOTHING): Promise<Answer<documents.VerifiedAnswer>> {
    return answer(await this.#callAsync('verify', options))
  }

  /** The signed checkpoint that is kept beside the ledger; null where nothing was signed yet. */
  checkpoint(): Answer<documents.SignedCheckpointAnswer> {
    return answer(this.#call('checkpoint', NOTHING))
  }

  /** As `checkpoint`, in another thread. */
  async checkpointAsync(): Promise<Answer<documents.SignedCheckpointAnswer>> {
    return answer(await this.#callAsync('checkpoint', NOTHING))
  }

  /** Keeps a signed checkpoint of this ledger, such as one with witnesses' signatures. */
  putCheckpoint(checkpoint: string): Answer<documents.SignedCheckpointAnswer> {
    return answer(this.#call('put_checkpoint', { checkpoint }))
  }

  /** As `putCheckpoint`, in another thread. */
  async putCheckpointAsync(checkpoint: string): Promise<Answer<documents.SignedCheckpointAnswer>> {
    return answer(await this.#callAsync('put_checkpoint', { checkpoint }))
  }

  /** Proves that an entry is in the ledger, under the checkpoint that is kept. */
  receipt(sequence: number): Receipt {
    return receiptOf(this.#call('receipt', { sequence }))
  }

  /** As `receipt`, in another thread. */
  async receiptAsync(sequence: number): Promise<Receipt> {
    return receiptOf(await this.#callAsync('receipt', { sequence }))
  }

  /** Verifies every byte, and counts what lies in a period: from one instant on, until before another. */
  report(period: Input<documents.ReportInput>): Answer<documents.ReportAnswer> {
    return answer(this.#call('report', period))
  }

  /** As `report`, in another thread. */
  async reportAsync(period: Input<documents.ReportInput>): Promise<Answer<documents.ReportAnswer>> {
    return answer(await this.#callAsync('report', period))
  }

  /** Proves that a signed checkpoint and the kept one cannot both be true; null where they can. */
  forkProof(checkpoint: string): Answer<documents.ForkAnswer> {
    return answer(this.#call('fork_proof', { checkpoint }))
  }

  /** As `forkProof`, in another thread. */
  async forkProofAsync(checkpoint: string): Promise<Answer<documents.ForkAnswer>> {
    return answer(await this.#callAsync('fork_proof', { checkpoint }))
  }

  /** What opening and appending found and did, for people. */
  notices(): Answer<documents.NoticesAnswer> {
    return answer(this.#call('notices', NOTHING))
  }

  /** Lets the files go; what still runs in another thread ends first. To close twice is no error. */
  close(): void {
    Handle.release(this)
  }

  #call(operation: string, input: object | string): string {
    const [ledger, given] = [nativeOf(native.Ledger, this), handedIn(input)]
    return sync(() => ledger.call(operation, given))
  }

  #callAsync(operation: string, input: object | string): Promise<string> {
    return async(() => nativeOf(native.Ledger, this).callAsync(operation, handedIn(input)))
  }
}

function receiptOf(text: string): Receipt {
  const found: Answer<documents.ReceiptAnswer> = answer(text)
  return new Receipt(found.receipt)
}
