import { type Input } from './input';
/** A JSON document: its members, and its text byte for byte. */
export declare class Document<T extends object> {
    #private;
    /** The document's own text, in JSON. */
    readonly json: string;
    constructor(document: Input<T>);
    /** The document as plain data, a new copy each time. */
    toJSON(): T;
}
/** An answer of the library: its members as properties, and its text as `json`. */
export type Answer<T extends object> = Document<T> & Readonly<T>;
/** Reads an answer. */
export declare function answer<T extends object>(text: string): Answer<T>;
/** An object of a class for a part of an answer. */
export declare function part<D>(of: new (document: string) => D): (value: object) => D;
/** The same for a list of them. */
export declare function parts<D>(of: new (document: string) => D): (values: readonly object[]) => readonly D[];
