import type * as documents from '../documents';
import { type Answer } from './document';
import { Entry, Status } from './documents';
import { Handle } from './handle';
import { type Input } from './input';
import { Receipt } from './receipt';
/**
 * A ledger. It may be used by any number of threads and processes at once. `close` lets its files go, as
 * does the end of a block with `using`.
 */
export declare class Ledger extends Handle {
    #private;
    private constructor();
    /** Makes an empty ledger in a directory that is empty or absent. */
    static create(directory: string): Ledger;
    /** As `create`, in another thread. */
    static createAsync(directory: string): Promise<Ledger>;
    /** Opens the ledger in a directory, to read and to write. */
    static open(directory: string): Ledger;
    /** As `open`, in another thread. */
    static openAsync(directory: string): Promise<Ledger>;
    /** Opens the ledger in a directory without ever changing a file. */
    static openReadOnly(directory: string): Ledger;
    /** As `openReadOnly`, in another thread. */
    static openReadOnlyAsync(directory: string): Promise<Ledger>;
    /** Makes an empty ledger in memory, for tests and dry runs. */
    static inMemory(): Ledger;
    /** How many entries there are, and what they add up to. */
    head(): Answer<documents.HeadAnswer>;
    /** As `head`, in another thread. */
    headAsync(): Promise<Answer<documents.HeadAnswer>>;
    /** A page of entries; its `next` says where to go on. */
    entries(options?: Input<documents.EntriesInput>): Answer<documents.EntriesAnswer>;
    /** As `entries`, in another thread. */
    entriesAsync(options?: Input<documents.EntriesInput>): Promise<Answer<documents.EntriesAnswer>>;
    /** All entries, from the first to the last that there is when they are reached. */
    [Symbol.iterator](): IterableIterator<Entry>;
    /** All entries, read page by page in another thread. */
    [Symbol.asyncIterator](): AsyncIterableIterator<Entry>;
    /** The attachment of a digest, in hexadecimal digits; null where it is not there. */
    attachment(digest: string): Answer<documents.AttachmentAnswer>;
    /** As `attachment`, in another thread. */
    attachmentAsync(digest: string): Promise<Answer<documents.AttachmentAnswer>>;
    /** What the entries add up to: what is deployed, approved, owed and open. */
    status(): Status;
    /** As `status`, in another thread. */
    statusAsync(): Promise<Status>;
    /** Verifies every byte. What is not sound is an error; a rolled back ledger is found by `since` alone. */
    verify(options?: Input<documents.VerifyInput>): Answer<documents.VerifiedAnswer>;
    /** As `verify`, in another thread. */
    verifyAsync(options?: Input<documents.VerifyInput>): Promise<Answer<documents.VerifiedAnswer>>;
    /** The signed checkpoint that is kept beside the ledger; null where nothing was signed yet. */
    checkpoint(): Answer<documents.SignedCheckpointAnswer>;
    /** As `checkpoint`, in another thread. */
    checkpointAsync(): Promise<Answer<documents.SignedCheckpointAnswer>>;
    /** Keeps a signed checkpoint of this ledger, such as one with witnesses' signatures. */
    putCheckpoint(checkpoint: string): Answer<documents.SignedCheckpointAnswer>;
    /** As `putCheckpoint`, in another thread. */
    putCheckpointAsync(checkpoint: string): Promise<Answer<documents.SignedCheckpointAnswer>>;
    /** Proves that an entry is in the ledger, under the checkpoint that is kept. */
    receipt(sequence: number): Receipt;
    /** As `receipt`, in another thread. */
    receiptAsync(sequence: number): Promise<Receipt>;
    /** Verifies every byte, and counts what lies in a period: from one instant on, until before another. */
    report(period: Input<documents.ReportInput>): Answer<documents.ReportAnswer>;
    /** As `report`, in another thread. */
    reportAsync(period: Input<documents.ReportInput>): Promise<Answer<documents.ReportAnswer>>;
    /** Proves that a signed checkpoint and the kept one cannot both be true; null where they can. */
    forkProof(checkpoint: string): Answer<documents.ForkAnswer>;
    /** As `forkProof`, in another thread. */
    forkProofAsync(checkpoint: string): Promise<Answer<documents.ForkAnswer>>;
    /** What opening and appending found and did, for people. */
    notices(): Answer<documents.NoticesAnswer>;
    /** Lets the files go; what still runs in another thread ends first. To close twice is no error. */
    close(): void;
}
