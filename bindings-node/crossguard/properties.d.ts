import type { Struct } from './host';
/** A value as the engine sends it. */
export type Sent = null | boolean | number | string | Sent[] | {
    [key: string]: Sent;
};
/** A resource's values, as JSON text, with JSON Pointers to what is not plain. */
export interface Values {
    readonly object: string;
    readonly unknown: readonly string[];
    readonly sensitive: readonly string[];
}
/** The values of a struct. An object has no prototype, so that no key is special. */
export declare function sentBy(struct: Struct): {
    [key: string]: Sent;
};
/** Writes what was sent. */
export declare function valuesOf(sent: {
    [key: string]: Sent;
}): Values;
/** What a value is to whoever would change it. */
export declare function kindOf(sent: Sent | undefined): 'absent' | 'plain' | 'opaque';
/** Whether anything in a value is secret, or not known yet. */
export declare function holdsOpaque(sent: Sent | undefined): boolean;
