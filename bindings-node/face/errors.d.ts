/** An error as the library writes it. */
interface Report {
    code: string;
    message: string;
    help?: string;
    source?: string;
    line?: number;
    column?: number;
    pointer?: string;
    sequence?: number;
}
/**
 * An error of the library: bad input, a broken ledger, something that the operating system refused.
 * A denial is not an error.
 */
export declare class PoundlockError extends Error {
    /** What went wrong, as a stable name such as `input.syntax`. */
    readonly code: string;
    /** What to do about it, where that is known. */
    readonly help?: string;
    /** The file or part that the place is in. */
    readonly source?: string;
    /** The line, from 1 on. */
    readonly line?: number;
    /** The column in characters, from 1 on. */
    readonly column?: number;
    /** The place in a JSON document, as a JSON Pointer. */
    readonly pointer?: string;
    /** The entry of the ledger. */
    readonly sequence?: number;
    /** The library's own text of this error, in JSON. */
    readonly json: string;
    /** @param json The library's text of an error. */
    constructor(json: string);
}
/** An error that this face itself reports, in the form of the library's. */
export declare function refusal(error: Report): PoundlockError;
/** Calls the native half. */
export declare function sync<T>(call: () => T): T;
/** Calls the native half, which works in a thread of its own; what it refuses at once is a rejection too. */
export declare function async<T>(call: () => Promise<T>): Promise<T>;
export {};
