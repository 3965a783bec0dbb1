import { Document } from './document';
/** A document: its JSON text, the bytes of that in UTF-8, or plain data. */
export type Input<T extends object> = T | Document<T> | string | Uint8Array;
/** A text that is no JSON, such as a charter: a string, or its bytes in UTF-8. */
export type Text = string | Uint8Array;
/** No input. */
export declare const NOTHING = "";
/** What the native half takes. */
export declare function handedIn(input: object | string): string | Uint8Array;
/** A text, for a member of an operation's input. */
export declare function textOf(text: Text): string;
/**
 * Data as JSON text. Where `JSON.stringify` would leave something out or write something else, this
 * refuses: a rule must not see less than was handed in.
 */
export declare function json(value: unknown): string;
